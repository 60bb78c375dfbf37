"""Wrong and right answers to momentum_step."""

import torch

from autograder.bugs import right, wrong


@wrong("α is inside g. θ comes out right, but g is the blend of gradients alone: g ← grad + μ g, then θ ← θ − α g.")
def rate_inside_direction(theta, grad, g, alpha, mu):
    g = mu * g + alpha * grad
    return theta - g, g


@wrong("g holds minus the step, with α in it. Keep sign and rate out: g ← grad + μ g, then θ ← θ − α g.")
def velocity(theta, grad, g, alpha, mu):
    g = mu * g - alpha * grad
    return theta + g, g


@wrong("The gradient is weighted by 1 − μ, as in an average. Here it enters g with weight 1.")
def dampened(theta, grad, g, alpha, mu):
    g = mu * g + (1 - mu) * grad
    return theta - alpha * g, g


@wrong("This is Nesterov's step. Here θ moves along the new g itself, not along grad + μ g once more.")
def nesterov(theta, grad, g, alpha, mu):
    g = grad + mu * g
    return theta - alpha * (grad + mu * g), g


@wrong("θ moves along the old g. Update g first, then step along the new one.")
def steps_along_old_direction(theta, grad, g, alpha, mu):
    return theta - alpha * g, grad + mu * g


@wrong("θ moves along the gradient alone, so the momentum has no effect. Step along the new g.")
def steps_along_gradient(theta, grad, g, alpha, mu):
    return theta - alpha * grad, grad + mu * g


@wrong("μ weights the gradient. It weights the old direction: g ← grad + μ g.")
def mu_on_gradient(theta, grad, g, alpha, mu):
    g = g + mu * grad
    return theta - alpha * g, g


@wrong("The old direction is weighted by 1 − μ. Its weight is μ.")
def mu_exchanged(theta, grad, g, alpha, mu):
    g = grad + (1 - mu) * g
    return theta - alpha * g, g


@wrong("The step goes uphill. Subtract α g from θ.")
def uphill(theta, grad, g, alpha, mu):
    g = grad + mu * g
    return theta + alpha * g, g


@wrong("The old g comes back, so the next step remembers nothing of this one. Return the new g.")
def returns_old_direction(theta, grad, g, alpha, mu):
    return theta - alpha * (grad + mu * g), g


@wrong("The results are exchanged: return (theta, g), in this order.")
def results_exchanged(theta, grad, g, alpha, mu):
    g = grad + mu * g
    return g, theta - alpha * g


@wrong("Only θ is returned. The next step needs the new g as well: return (theta, g).")
def returns_theta_only(theta, grad, g, alpha, mu):
    return theta - alpha * (grad + mu * g)


@wrong("g is changed in place (mul_, add_, *=, +=): the caller's tensor changes as well. Make a new one.")
def writes_into_direction(theta, grad, g, alpha, mu):
    g.mul_(mu).add_(grad)
    return theta - alpha * g, g


@wrong("Everything is turned into float32. Keep the dtype of theta.")
def in_float32(theta, grad, g, alpha, mu):
    theta, grad, g = theta.float(), grad.float(), g.float()
    g = grad + mu * g
    return theta - alpha * g, g


@wrong("Everything is turned into float64. Keep the dtype of theta.")
def in_float64(theta, grad, g, alpha, mu):
    theta, grad, g = theta.double(), grad.double(), g.double()
    g = grad + mu * g
    return theta - alpha * g, g


@wrong("The result carries an autograd graph. Return a plain tensor, no Parameter, and leave requires_grad_ out.")
def returns_a_parameter(theta, grad, g, alpha, mu):
    g = grad + mu * g
    return torch.nn.Parameter(theta) - alpha * g, g


@wrong("Autograd is switched on in the caller's theta. Leave requires_grad_ out.")
def switches_autograd_on(theta, grad, g, alpha, mu):
    theta.requires_grad_()
    g = grad + mu * g
    return theta.detach() - alpha * g, g


@wrong("α and μ are exchanged: μ weights the old direction, α the step.")
def settings_exchanged(theta, grad, g, alpha, mu):
    g = grad + alpha * g
    return theta - mu * g, g


@wrong("The old direction is subtracted. Add it: g ← grad + μ g.")
def direction_subtracted(theta, grad, g, alpha, mu):
    g = grad - mu * g
    return theta - alpha * g, g


@wrong("The old direction is forgotten: g is the gradient alone. Add μ times the old one.")
def forgets(theta, grad, g, alpha, mu):
    return theta - alpha * grad, grad


@right("torch.add with a weight, and a list in place of a tuple")
def returns_a_list(theta, grad, g, alpha, mu):
    g = torch.add(grad, g, alpha=mu)
    return [torch.add(theta, g, alpha=-alpha), g]


@right("changes in place, but only copies of its own")
def works_on_copies(theta, grad, g, alpha, mu):
    theta, g = theta.clone(), g.clone()
    g *= mu
    g += grad
    theta -= alpha * g
    return theta, g
