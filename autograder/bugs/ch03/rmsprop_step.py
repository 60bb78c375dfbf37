"""Wrong and right answers to rmsprop_step."""

import torch

from autograder.bugs import right, wrong


@wrong("ε is inside the root. Here it is added outside: √s + ε.")
def epsilon_inside_root(theta, grad, s, alpha, beta, eps=1e-8):
    s = beta * s + (1 - beta) * grad**2
    return theta - alpha * grad / (s + eps).sqrt(), s


@wrong("ε is missing: a coordinate whose gradient has always been zero gives 0/0. Divide by √s + ε.")
def epsilon_missing(theta, grad, s, alpha, beta, eps=1e-8):
    s = beta * s + (1 - beta) * grad**2
    return theta - alpha * grad / s.sqrt(), s


@wrong("The brackets are missing: grad / √s + ε adds ε to the quotient. Write grad / (√s + ε).")
def epsilon_outside_fraction(theta, grad, s, alpha, beta, eps=1e-8):
    s = beta * s + (1 - beta) * grad**2
    return theta - alpha * (grad / s.sqrt() + eps), s


@wrong("The root is missing: divide by √s + ε, not by s + ε.")
def root_missing(theta, grad, s, alpha, beta, eps=1e-8):
    s = beta * s + (1 - beta) * grad**2
    return theta - alpha * grad / (s + eps), s


@wrong("The old s is in the denominator. Update s first, then divide by the root of the new one.")
def divides_by_old_average(theta, grad, s, alpha, beta, eps=1e-8):
    return theta - alpha * grad / (s.sqrt() + eps), beta * s + (1 - beta) * grad**2


@wrong("β and 1 − β are exchanged: the old s has weight β, the new square 1 − β.")
def weights_exchanged(theta, grad, s, alpha, beta, eps=1e-8):
    s = (1 - beta) * s + beta * grad**2
    return theta - alpha * grad / (s.sqrt() + eps), s


@wrong("s adds up the squares, as in AdaGrad. An average weights the old s by β and the new square by 1 − β.")
def sums_like_adagrad(theta, grad, s, alpha, beta, eps=1e-8):
    s = s + grad**2
    return theta - alpha * grad / (s.sqrt() + eps), s


@wrong("s averages the size of the gradient. Average its square; the root is taken where you divide.")
def averages_sizes(theta, grad, s, alpha, beta, eps=1e-8):
    s = beta * s + (1 - beta) * grad.abs()
    return theta - alpha * grad / (s.sqrt() + eps), s


@wrong("s is corrected for its start at zero. That is Adam's; RMSProp uses s as it is.")
def corrected_like_adam(theta, grad, s, alpha, beta, eps=1e-8):
    s = beta * s + (1 - beta) * grad**2
    return theta - alpha * grad / ((s / (1 - beta)).sqrt() + eps), s


@wrong("The root is returned in place of s. Return the average of the squares: the next step averages on.")
def returns_root(theta, grad, s, alpha, beta, eps=1e-8):
    s = (beta * s + (1 - beta) * grad**2).sqrt()
    return theta - alpha * grad / (s + eps), s


@wrong("One number stands for all coordinates: the squares were averaged over the tensor. Work element by element.")
def one_rate_for_all(theta, grad, s, alpha, beta, eps=1e-8):
    s = beta * s + (1 - beta) * (grad**2).mean()
    return theta - alpha * grad / (s.sqrt() + eps), s


@wrong("The step goes uphill. Subtract it from θ.")
def uphill(theta, grad, s, alpha, beta, eps=1e-8):
    s = beta * s + (1 - beta) * grad**2
    return theta + alpha * grad / (s.sqrt() + eps), s


@wrong("The old s comes back, so nothing is remembered. Return the new one.")
def returns_old_average(theta, grad, s, alpha, beta, eps=1e-8):
    new = beta * s + (1 - beta) * grad**2
    return theta - alpha * grad / (new.sqrt() + eps), s


@wrong("The results are exchanged: return (theta, s), in this order.")
def results_exchanged(theta, grad, s, alpha, beta, eps=1e-8):
    s = beta * s + (1 - beta) * grad**2
    return s, theta - alpha * grad / (s.sqrt() + eps)


@wrong("s is changed in place (mul_, add_, *=, +=): the caller's tensor changes as well. Make a new one.")
def writes_into_average(theta, grad, s, alpha, beta, eps=1e-8):
    s.mul_(beta).add_((1 - beta) * grad**2)
    return theta - alpha * grad / (s.sqrt() + eps), s


@wrong("Everything is turned into float32. Keep the dtype of theta.")
def in_float32(theta, grad, s, alpha, beta, eps=1e-8):
    theta, grad, s = theta.float(), grad.float(), s.float()
    s = beta * s + (1 - beta) * grad**2
    return theta - alpha * grad / (s.sqrt() + eps), s


@wrong("Everything is turned into float64. Keep the dtype of theta.")
def in_float64(theta, grad, s, alpha, beta, eps=1e-8):
    theta, grad, s = theta.double(), grad.double(), s.double()
    s = beta * s + (1 - beta) * grad**2
    return theta - alpha * grad / (s.sqrt() + eps), s


@wrong("The result carries an autograd graph. Return a plain tensor, no Parameter, and leave requires_grad_ out.")
def returns_a_parameter(theta, grad, s, alpha, beta, eps=1e-8):
    s = beta * s + (1 - beta) * grad**2
    return torch.nn.Parameter(theta) - alpha * grad / (s.sqrt() + eps), s


@wrong("Autograd is switched on in the caller's theta. Leave requires_grad_ out.")
def switches_autograd_on(theta, grad, s, alpha, beta, eps=1e-8):
    theta.requires_grad_()
    s = beta * s + (1 - beta) * grad**2
    return theta.detach() - alpha * grad / (s.sqrt() + eps), s


@wrong("The default of ε is 1e-8. Restore the first line of the exercise cell.")
def other_epsilon(theta, grad, s, alpha, beta, eps=1e-6):
    s = beta * s + (1 - beta) * grad**2
    return theta - alpha * grad / (s.sqrt() + eps), s


@wrong("ε is a number of its own. Use the parameter eps.")
def epsilon_hard_coded(theta, grad, s, alpha, beta, eps=1e-8):
    s = beta * s + (1 - beta) * grad**2
    return theta - alpha * grad / (s.sqrt() + 1e-8), s


@wrong("The root is written **1/2, which halves. Write .sqrt() or **0.5.")
def halves(theta, grad, s, alpha, beta, eps=1e-8):
    s = beta * s + (1 - beta) * grad**2
    return theta - alpha * grad / (s**1 / 2 + eps), s


@wrong("This is momentum's running direction. s holds squared gradients.")
def like_momentum(theta, grad, s, alpha, beta, eps=1e-8):
    s = grad + beta * s
    return theta - alpha * s, s


@right("lerp and addcdiv, and a list in place of a tuple")
def returns_a_list(theta, grad, s, alpha, beta, eps=1e-8):
    s = torch.lerp(grad.square(), s, beta)
    return [torch.addcdiv(theta, grad, torch.sqrt(s) + eps, value=-alpha), s]


@right("a rate for each coordinate, by the power ½ and a reciprocal")
def rate_for_each_coordinate(theta, grad, s, alpha, beta, eps=1e-8):
    s = s + (1 - beta) * (grad * grad - s)
    rate = alpha * (s**0.5 + eps).reciprocal()
    return theta - rate * grad, s
