"""Wrong and right answers to adagrad_step."""

import torch

from autograder.bugs import right, wrong


@wrong("ε is inside the root. Here it is added outside: √s + ε.")
def epsilon_inside_root(theta, grad, s, alpha, eps=1e-10):
    s = s + grad**2
    return theta - alpha * grad / (s + eps).sqrt(), s


@wrong("ε is missing: a coordinate that has had no gradient yet gives 0/0. Divide by √s + ε.")
def epsilon_missing(theta, grad, s, alpha, eps=1e-10):
    s = s + grad**2
    return theta - alpha * grad / s.sqrt(), s


@wrong("The root is missing: divide by √s + ε, not by s + ε.")
def root_missing(theta, grad, s, alpha, eps=1e-10):
    s = s + grad**2
    return theta - alpha * grad / (s + eps), s


@wrong("The old s is in the denominator. Add the new square first, then divide by the root of the new s.")
def divides_by_old_sum(theta, grad, s, alpha, eps=1e-10):
    return theta - alpha * grad / (s.sqrt() + eps), s + grad**2


@wrong("s adds up the size of the gradient. Add its square; the root is taken where you divide.")
def sums_sizes(theta, grad, s, alpha, eps=1e-10):
    s = s + grad.abs()
    return theta - alpha * grad / (s.sqrt() + eps), s


@wrong("s adds up the gradient itself, so it can shrink and even turn negative. Add its square.")
def sums_gradients(theta, grad, s, alpha, eps=1e-10):
    s = s + grad
    return theta - alpha * grad / (s.abs().sqrt() + eps), s


@wrong("s is an average, as in RMSProp. AdaGrad adds: the old s and the new square both have weight 1.")
def averages_like_rmsprop(theta, grad, s, alpha, eps=1e-10):
    s = 0.9 * s + 0.1 * grad**2
    return theta - alpha * grad / (s.sqrt() + eps), s


@wrong("All coordinates share one sum. Leave out sum(): each coordinate keeps its own.")
def one_sum_for_all(theta, grad, s, alpha, eps=1e-10):
    s = s + (grad**2).sum()
    return theta - alpha * grad / (s.sqrt() + eps), s


@wrong("The old s is forgotten: only the present square is kept. Add it to the old s.")
def forgets(theta, grad, s, alpha, eps=1e-10):
    s = grad**2
    return theta - alpha * grad / (s.sqrt() + eps), s


@wrong("The root is returned in place of s. Return the sum of the squares: the next step adds to it.")
def returns_root(theta, grad, s, alpha, eps=1e-10):
    root = (s + grad**2).sqrt()
    return theta - alpha * grad / (root + eps), root


@wrong("The step goes uphill. Subtract it from θ.")
def uphill(theta, grad, s, alpha, eps=1e-10):
    s = s + grad**2
    return theta + alpha * grad / (s.sqrt() + eps), s


@wrong("The old s comes back, so nothing adds up. Return the new one.")
def returns_old_sum(theta, grad, s, alpha, eps=1e-10):
    return theta - alpha * grad / ((s + grad**2).sqrt() + eps), s


@wrong("The results are exchanged: return (theta, s), in this order.")
def results_exchanged(theta, grad, s, alpha, eps=1e-10):
    s = s + grad**2
    return s, theta - alpha * grad / (s.sqrt() + eps)


@wrong("s is changed in place (+=, add_): the caller's tensor changes as well. Make a new one: s = s + grad**2.")
def writes_into_sum(theta, grad, s, alpha, eps=1e-10):
    s += grad**2
    return theta - alpha * grad / (s.sqrt() + eps), s


@wrong("Everything is turned into float32. Keep the dtype of theta.")
def in_float32(theta, grad, s, alpha, eps=1e-10):
    theta, grad, s = theta.float(), grad.float(), s.float()
    s = s + grad**2
    return theta - alpha * grad / (s.sqrt() + eps), s


@wrong("Everything is turned into float64. Keep the dtype of theta.")
def in_float64(theta, grad, s, alpha, eps=1e-10):
    theta, grad, s = theta.double(), grad.double(), s.double()
    s = s + grad**2
    return theta - alpha * grad / (s.sqrt() + eps), s


@wrong("The result carries an autograd graph. Return a plain tensor, no Parameter, and leave requires_grad_ out.")
def returns_a_parameter(theta, grad, s, alpha, eps=1e-10):
    s = s + grad**2
    return torch.nn.Parameter(theta) - alpha * grad / (s.sqrt() + eps), s


@wrong("Autograd is switched on in the caller's theta. Leave requires_grad_ out.")
def switches_autograd_on(theta, grad, s, alpha, eps=1e-10):
    theta.requires_grad_()
    s = s + grad**2
    return theta.detach() - alpha * grad / (s.sqrt() + eps), s


@wrong("The default of ε is 1e-10. Restore the first line of the exercise cell.")
def other_epsilon(theta, grad, s, alpha, eps=1e-6):
    s = s + grad**2
    return theta - alpha * grad / (s.sqrt() + eps), s


@wrong("ε is a number of its own. Use the parameter eps.")
def epsilon_hard_coded(theta, grad, s, alpha, eps=1e-10):
    s = s + grad**2
    return theta - alpha * grad / (s.sqrt() + 1e-10), s


@wrong("The root is written **1/2, which halves. Write .sqrt() or **0.5.")
def halves(theta, grad, s, alpha, eps=1e-10):
    s = s + grad**2
    return theta - alpha * grad / (s**1 / 2 + eps), s


@wrong("This is momentum's running direction. s holds squared gradients.")
def like_momentum(theta, grad, s, alpha, eps=1e-10):
    s = grad + 0.9 * s
    return theta - alpha * s, s


@right("addcmul and addcdiv, and a list in place of a tuple")
def returns_a_list(theta, grad, s, alpha, eps=1e-10):
    s = torch.addcmul(s, grad, grad)
    return [torch.addcdiv(theta, grad, torch.sqrt(s) + eps, value=-alpha), s]


@right("the effective rate first, a tensor of its own")
def rate_for_each_coordinate(theta, grad, s, alpha, eps=1e-10):
    s = s + grad.square()
    rate = alpha / (s**0.5 + eps)
    return theta - rate * grad, s
