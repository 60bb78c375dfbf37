"""Hidden suite of logistic_nll."""

import math

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss

from glassbox.testing import expect


def noisy_labels(draw, X):
    """Labels 0 and 1 that no plane separates, float64."""
    y = (X.sum(dim=1) + 2 * draw(len(X)) > 0).to(X.dtype)
    y[:2] = torch.tensor([0.0, 1.0], dtype=X.dtype)
    return y


def by_autograd(theta, X, y):
    """Torch's own loss, and its gradient by autograd, in float64."""
    twin = theta.double().requires_grad_()
    loss = torch.nn.functional.binary_cross_entropy_with_logits(X.double() @ twin, y.double())
    return loss.detach(), torch.autograd.grad(loss, twin)[0]


@pytest.mark.weight(2)
def test_loss(student, draw):
    """The loss is the mean negative log likelihood, in nats."""
    X, theta = draw(7, 4), draw(4)
    y = noisy_labels(draw, X)
    loss, _ = expect.parts(student.logistic_nll(theta, X, y), "loss", "gradient")
    expect.close(loss, by_autograd(theta, X, y)[0], what="the loss", rtol=1e-8)


@pytest.mark.weight(2)
def test_gradient(student, draw):
    """The gradient is that of the mean negative log likelihood."""
    X, theta = draw(7, 4), draw(4)
    y = noisy_labels(draw, X)
    _, grad = expect.parts(student.logistic_nll(theta, X, y), "loss", "gradient")
    expect.close(grad, by_autograd(theta, X, y)[1], what="the gradient", rtol=1e-8)


def test_zero_parameters(student, draw):
    """At θ = 0 the loss is ln 2, and the error of each example is ½ − y."""
    X, zeros = draw(6, 3), torch.zeros_like(draw(3))
    y = noisy_labels(draw, X)
    loss, grad = expect.parts(student.logistic_nll(zeros, X, y), "loss", "gradient")
    expect.close(loss, torch.tensor(math.log(2), dtype=torch.float64), what="the loss")
    expect.close(grad, X.T @ (0.5 - y) / 6, what="the gradient")


@pytest.mark.parametrize("N, d", [(1, 1), (1, 3), (4, 1)])
def test_one_example_or_one_feature(student, draw, N, d):
    """One example is enough, and so is one feature: the shapes of the results stay () and (d,)."""
    X, theta = draw(N, d), draw(d)
    y = torch.ones(N, dtype=X.dtype, device=X.device)
    loss, grad = expect.parts(student.logistic_nll(theta, X, y), "loss", "gradient")
    expected_loss, expected_grad = by_autograd(theta, X, y)
    expect.close(loss, expected_loss, what="the loss", rtol=1e-8)
    expect.close(grad, expected_grad, what="the gradient", rtol=1e-8)


@pytest.mark.weight(2)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_large_logits(student, draw, dtype):
    """Loss and gradient are finite and right for logits of ±1000, next to small ones."""
    z = torch.tensor([1000, -1000, 1000, -1000, 3, -0.5, 90], dtype=torch.float64, device=draw(1).device)
    y = torch.tensor([0, 1, 1, 0, 0, 1, 0], dtype=torch.float64, device=z.device)
    theta, X = torch.full_like(z[:1], 2).to(dtype), (z / 2)[:, None].to(dtype)
    loss, grad = expect.parts(student.logistic_nll(theta, X, y.to(dtype)), "loss", "gradient")
    expected_loss, expected_grad = by_autograd(theta, X, y)
    expect.close(loss, expected_loss, what="the loss", rtol=1e-5)
    expect.close(grad, expected_grad, what="the gradient", rtol=1e-5)


@pytest.mark.parametrize("kind", [torch.bool, torch.uint8, torch.int64, torch.float32, torch.float64])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_labels_of_any_dtype(student, draw, dtype, kind):
    """Labels of any dtype are taken; the results have the dtype and device of θ and carry no autograd graph."""
    X, theta = draw(5, 2).to(dtype), draw(2).to(dtype)
    y = torch.tensor([0, 1, 1, 0, 1], device=X.device)
    loss, grad = expect.parts(student.logistic_nll(theta, X, y.to(kind)), "loss", "gradient")
    expected_loss, expected_grad = by_autograd(theta, X, y)
    expect.close(loss, expected_loss, what="the loss", rtol=1e-5)
    expect.close(grad, expected_grad, what="the gradient", rtol=1e-4)
    expect.like(loss, theta, what="the loss")
    expect.like(grad, theta, what="the gradient")


@pytest.mark.weight(2)
def test_optimum_of_scikit_learn(student, draw):
    """At the optimum that scikit-learn finds the gradient is zero, and the loss is the one it reports."""
    X = draw(80, 3)
    y = noisy_labels(draw, X)
    features, labels = X.cpu().numpy(), y.cpu().numpy()
    model = LogisticRegression(C=np.inf, fit_intercept=False, solver="newton-cholesky", tol=1e-12)
    model.fit(features, labels)
    optimum = torch.tensor(model.coef_[0], device=X.device)
    loss, grad = expect.parts(student.logistic_nll(optimum, X, y), "loss", "gradient")
    expected = torch.tensor(log_loss(labels, model.predict_proba(features)), dtype=torch.float64)
    expect.close(loss, expected, what="the loss at the optimum", rtol=1e-8)
    expect.close(grad, torch.zeros_like(optimum), what="the gradient at the optimum", atol=1e-7)


@pytest.mark.parametrize("kind", [torch.float64, torch.int64])
def test_arguments_unchanged(student, draw, kind):
    """The caller's tensors are left as they were."""
    X = draw(5, 3)
    given = {"theta": draw(3), "X": X, "y": noisy_labels(draw, X).to(kind)}
    expect.unchanged(student, "logistic_nll", given)
