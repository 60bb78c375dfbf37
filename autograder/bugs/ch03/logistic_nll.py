"""Wrong and right answers to logistic_nll."""

import numpy as np
import torch
import torch.nn.functional as F

from autograder.bugs import right, wrong

EQUIVALENT = {
    "loss = (torch.logaddexp(torch.zeros_like(z), z) - y * z).mean()": "logaddexp is symmetric in its two arguments",
}


@wrong("Loss and gradient are sums. Divide both by the number of examples, N.")
def sums(theta, X, y):
    z, y = X @ theta, y.to(theta.dtype)
    return (F.softplus(z) - y * z).sum(), X.T @ (torch.sigmoid(z) - y)


@wrong("The loss is a mean, but the gradient is a sum. Divide the gradient by the number of examples too.")
def gradient_is_a_sum(theta, X, y):
    z, y = X @ theta, y.to(theta.dtype)
    return (F.softplus(z) - y * z).mean(), X.T @ (torch.sigmoid(z) - y)


@wrong("The gradient is divided by d. Divide it by the number of examples, N.")
def divides_by_d(theta, X, y):
    z, y = X @ theta, y.to(theta.dtype)
    return (F.softplus(z) - y * z).mean(), X.T @ (torch.sigmoid(z) - y) / len(theta)


@wrong("The gradient points downhill: the error is σ(z) − y, not y − σ(z).")
def gradient_downhill(theta, X, y):
    z, y = X @ theta, y.to(theta.dtype)
    return (F.softplus(z) - y * z).mean(), X.T @ (y - torch.sigmoid(z)) / len(y)


@wrong("The sigmoid is missing from the gradient: the error is σ(z) − y, not z − y.")
def sigmoid_missing(theta, X, y):
    z, y = X @ theta, y.to(theta.dtype)
    return (F.softplus(z) - y * z).mean(), X.T @ (z - y) / len(y)


@wrong("The gradient is that of a squared error, with a factor σ(1 − σ). For the NLL the error is σ(z) − y alone.")
def gradient_of_squared_error(theta, X, y):
    z, y = X @ theta, y.to(theta.dtype)
    p = torch.sigmoid(z)
    return (F.softplus(z) - y * z).mean(), X.T @ ((p - y) * p * (1 - p)) / len(y)


@wrong("A probability is rounded to 0 or 1 before its logarithm, which gives −∞ or NaN. Work with the logits.")
def logarithm_of_probabilities(theta, X, y):
    y = y.to(theta.dtype)
    p = torch.sigmoid(X @ theta)
    loss = -(y * torch.log(p) + (1 - y) * torch.log(1 - p)).mean()
    return loss, X.T @ (p - y) / len(y)


@wrong("exp(z) overflows for large logits. Use max(z, 0) + log(1 + exp(−|z|)), or torch.logaddexp.")
def exponential_overflows(theta, X, y):
    z, y = X @ theta, y.to(theta.dtype)
    return (torch.log(1 + torch.exp(z)) - y * z).mean(), X.T @ (torch.sigmoid(z) - y) / len(y)


@wrong("The sigmoid is written exp(z)/(1 + exp(z)), which is ∞/∞ for large logits. Use torch.sigmoid.")
def sigmoid_overflows(theta, X, y):
    z, y = X @ theta, y.to(theta.dtype)
    p = torch.exp(z) / (1 + torch.exp(z))
    return (F.softplus(z) - y * z).mean(), X.T @ (p - y) / len(y)


@wrong("Probabilities are clipped away from 0 and 1, so a large loss comes out too small. Work with the logits.")
def clips_probabilities(theta, X, y):
    y = y.to(theta.dtype)
    p = torch.sigmoid(X @ theta)
    safe = p.clamp(1e-7, 1 - 1e-7)
    loss = -(y * torch.log(safe) + (1 - y) * torch.log(1 - safe)).mean()
    return loss, X.T @ (p - y) / len(y)


@wrong("torch's binary_cross_entropy cuts its logarithms at −100. Use the one that takes logits.")
def cross_entropy_of_probabilities(theta, X, y):
    y = y.to(theta.dtype)
    p = torch.sigmoid(X @ theta)
    return F.binary_cross_entropy(p, y), X.T @ (p - y) / len(y)


@wrong("The formulas are those for labels −1 and 1. With 0 and 1 the loss of one example is log(1 + exp(z)) − y z.")
def labels_of_plus_and_minus_one(theta, X, y):
    z, y = X @ theta, y.to(theta.dtype)
    return F.softplus(-y * z).mean(), -X.T @ (y * torch.sigmoid(-y * z)) / len(y)


@wrong("The labels are turned into −1 and 1 inside the caller's tensor. Make a new one: 2 * y − 1.")
def writes_into_labels(theta, X, y):
    y[y == 0] = -1
    z, y = X @ theta, y.to(theta.dtype)
    return F.softplus(-y * z).mean(), -X.T @ (y * torch.sigmoid(-y * z)) / len(y)


@wrong("The two labels are exchanged: σ(z) is the probability of label 1.")
def labels_exchanged(theta, X, y):
    z, y = X @ theta, y.to(theta.dtype)
    return (F.softplus(z) - (1 - y) * z).mean(), X.T @ (torch.sigmoid(z) - 1 + y) / len(y)


@wrong("The loss is in bits. Nats ask for the natural logarithm.")
def in_bits(theta, X, y):
    z, y = X @ theta, y.to(theta.dtype)
    return (F.softplus(z) - y * z).mean() / np.log(2), X.T @ (torch.sigmoid(z) - y) / len(y)


@wrong("This is the log likelihood and its gradient. Both need the minus sign: the loss is to be made small.")
def log_likelihood(theta, X, y):
    z, y = X @ theta, y.to(theta.dtype)
    return (y * z - F.softplus(z)).mean(), X.T @ (y - torch.sigmoid(z)) / len(y)


@wrong("The labels are used as they come. Convert them to the dtype of theta first: booleans cannot be subtracted.")
def labels_not_converted(theta, X, y):
    z = X @ theta
    return (F.softplus(z) - y * z).mean(), X.T @ (torch.sigmoid(z) - y) / len(y)


@wrong("Logits of shape (N, 1) met labels of shape (N,) and spread over an (N, N) matrix. Keep both of shape (N,).")
def logits_in_a_column(theta, X, y):
    z, y = X @ theta[:, None], y.to(theta.dtype)
    return (F.softplus(z) - y * z).mean(), X.T @ (torch.sigmoid(z[:, 0]) - y) / len(y)


@wrong("The results are exchanged: return (loss, gradient), in this order.")
def results_exchanged(theta, X, y):
    z, y = X @ theta, y.to(theta.dtype)
    return X.T @ (torch.sigmoid(z) - y) / len(y), (F.softplus(z) - y * z).mean()


@wrong("The gradient comes from autograd, and the loss carries its graph. Write the formula.")
def by_autograd(theta, X, y):
    theta = theta.clone().requires_grad_()
    z, y = X @ theta, y.to(theta.dtype)
    loss = (F.softplus(z) - y * z).mean()
    loss.backward()
    return loss, theta.grad


@wrong("Autograd is switched on in the caller's theta, whose .grad piles up. Write the formula.")
def by_autograd_on_the_argument(theta, X, y):
    theta.requires_grad_()
    z, y = X @ theta, y.to(theta.dtype)
    loss = (F.softplus(z) - y * z).mean()
    loss.backward()
    return loss.detach(), theta.grad.clone()


@wrong("Everything is turned into float32. Keep the dtype of theta, and convert the labels to it.")
def in_float32(theta, X, y):
    theta, X, y = theta.float(), X.float(), y.float()
    z = X @ theta
    return (F.softplus(z) - y * z).mean(), X.T @ (torch.sigmoid(z) - y) / len(y)


@wrong("The exponential has |z| without a minus sign: max(z, 0) + log(1 + exp(−|z|)).")
def sign_of_the_exponent(theta, X, y):
    z, y = X @ theta, y.to(theta.dtype)
    loss = (z.clamp(min=0) + torch.log1p(torch.exp(z.abs())) - y * z).mean()
    return loss, X.T @ (torch.sigmoid(z) - y) / len(y)


@wrong("tanh stands where the sigmoid belongs. The error is σ(z) − y.")
def tanh_for_sigmoid(theta, X, y):
    z, y = X @ theta, y.to(theta.dtype)
    return (F.softplus(z) - y * z).mean(), X.T @ (torch.tanh(z) - y) / len(y)


@wrong("Only the loss is returned. Return the gradient with it: (loss, gradient).")
def returns_loss_only(theta, X, y):
    z, y = X @ theta, y.to(theta.dtype)
    return (F.softplus(z) - y * z).mean()


@right("torch's loss of logits, and an einsum over the examples")
def with_einsum(theta, X, y):
    z, y = torch.einsum("nd,d->n", X, theta), y.to(X)
    grad = torch.einsum("n,nd->d", z.sigmoid() - y, X) / X.shape[0]
    return F.binary_cross_entropy_with_logits(z, y), grad


@right("labels −1 and 1, and the log of the sigmoid")
def with_signs(theta, X, y):
    sign = 2 * y.to(theta.dtype) - 1
    margin = sign * (X @ theta)
    return -F.logsigmoid(margin).mean(), -((sign * torch.sigmoid(-margin))[:, None] * X).mean(dim=0)


@right("the identity, example by example")
def example_by_example(theta, X, y):
    loss, grad = theta.new_zeros(()), torch.zeros_like(theta)
    for x, label in zip(X, y.tolist(), strict=True):
        z = x @ theta
        loss = loss + (z.clamp(min=0) + torch.log1p(torch.exp(-z.abs())) - float(label) * z) / len(y)
        grad = grad + (torch.sigmoid(z) - float(label)) * x / len(y)
    return loss, grad


@right("numpy's logaddexp, and back")
def with_numpy(theta, X, y):
    features, labels = X.cpu().numpy(), y.cpu().numpy().astype(float)
    z = features @ theta.cpu().numpy()
    loss = np.mean(np.logaddexp(0, z) - labels * z)
    grad = (np.exp(-np.logaddexp(0, -z)) - labels) @ features / len(labels)
    return torch.as_tensor(loss).to(theta), torch.as_tensor(grad).to(theta)
