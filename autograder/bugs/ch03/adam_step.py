"""Wrong and right answers to adam_step."""

import torch

from autograder.bugs import right, wrong


@wrong("The moments are never corrected: they start at zero, so divide m by 1 − β₁ᵏ and v by 1 − β₂ᵏ.")
def no_bias_correction(theta, grad, m, v, k, alpha=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    return theta - alpha * m / (v.sqrt() + eps), m, v


@wrong("The correction divides by 1 − β, at every step; the power is missing: 1 − βᵏ fades to 1 as k grows.")
def correction_without_power(theta, grad, m, v, k, alpha=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    return theta - alpha * m / (1 - beta1) / ((v / (1 - beta2)).sqrt() + eps), m, v


@wrong("Steps count from 1, not from 0: your correction uses k + 1 (or k − 1) where it should use k.")
def counts_one_too_many(theta, grad, m, v, k, alpha=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    k = k + 1
    return theta - alpha * m / (1 - beta1**k) / ((v / (1 - beta2**k)).sqrt() + eps), m, v


@wrong("The corrected moments are returned. Return m and v themselves: the correction is made anew at each step.")
def returns_corrected_moments(theta, grad, m, v, k, alpha=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m = (beta1 * m + (1 - beta1) * grad) / (1 - beta1**k)
    v = (beta2 * v + (1 - beta2) * grad**2) / (1 - beta2**k)
    return theta - alpha * m / (v.sqrt() + eps), m, v


@wrong("ε is inside the root. Adam adds it outside: √v̂ + ε.")
def epsilon_inside_root(theta, grad, m, v, k, alpha=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    return theta - alpha * m / (1 - beta1**k) / (v / (1 - beta2**k) + eps).sqrt(), m, v


@wrong("β₁ and β₂ are exchanged: m averages with β₁, v with β₂.")
def betas_exchanged(theta, grad, m, v, k, alpha=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta2 * m + (1 - beta2) * grad
    v = beta1 * v + (1 - beta1) * grad**2
    return theta - alpha * m / (1 - beta2**k) / ((v / (1 - beta1**k)).sqrt() + eps), m, v


@wrong("The moments are changed in place (mul_, add_, +=): the caller's tensors change as well. Make new ones.")
def writes_into_arguments(theta, grad, m, v, k, alpha=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m.mul_(beta1).add_((1 - beta1) * grad)
    v.mul_(beta2).add_((1 - beta2) * grad**2)
    return theta - alpha * m / (1 - beta1**k) / ((v / (1 - beta2**k)).sqrt() + eps), m, v


@wrong("Everything is turned into float32. Keep the dtype of theta.")
def in_float32(theta, grad, m, v, k, alpha=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    theta, grad, m, v = theta.float(), grad.float(), m.float(), v.float()
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    return theta - alpha * m / (1 - beta1**k) / ((v / (1 - beta2**k)).sqrt() + eps), m, v


@wrong("Everything is turned into float64. Keep the dtype of theta.")
def in_float64(theta, grad, m, v, k, alpha=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    theta, grad, m, v = theta.double(), grad.double(), m.double(), v.double()
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    return theta - alpha * m / (1 - beta1**k) / ((v / (1 - beta2**k)).sqrt() + eps), m, v


@wrong("The result carries an autograd graph. Return a plain tensor, no Parameter, and leave requires_grad_ out.")
def returns_a_parameter(theta, grad, m, v, k, alpha=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    return torch.nn.Parameter(theta) - alpha * m / (1 - beta1**k) / ((v / (1 - beta2**k)).sqrt() + eps), m, v


@wrong("Autograd is switched on in the caller's theta. Leave requires_grad_ out.")
def switches_autograd_on(theta, grad, m, v, k, alpha=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    theta.requires_grad_()
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    return theta.detach() - alpha * m / (1 - beta1**k) / ((v / (1 - beta2**k)).sqrt() + eps), m, v


@wrong("The default of α is 0.001. Restore the first line of the exercise cell.")
def other_alpha(theta, grad, m, v, k, alpha=0.01, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    return theta - alpha * m / (1 - beta1**k) / ((v / (1 - beta2**k)).sqrt() + eps), m, v


@wrong("The default of β₁ is 0.9. Restore the first line of the exercise cell.")
def other_beta1(theta, grad, m, v, k, alpha=0.001, beta1=0.99, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    return theta - alpha * m / (1 - beta1**k) / ((v / (1 - beta2**k)).sqrt() + eps), m, v


@wrong("The default of β₂ is 0.999. Restore the first line of the exercise cell.")
def other_beta2(theta, grad, m, v, k, alpha=0.001, beta1=0.9, beta2=0.99, eps=1e-8):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    return theta - alpha * m / (1 - beta1**k) / ((v / (1 - beta2**k)).sqrt() + eps), m, v


@wrong("The default of ε is 1e-8. Restore the first line of the exercise cell.")
def other_epsilon(theta, grad, m, v, k, alpha=0.001, beta1=0.9, beta2=0.999, eps=1e-6):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    return theta - alpha * m / (1 - beta1**k) / ((v / (1 - beta2**k)).sqrt() + eps), m, v


@wrong("v never falls, as in AMSGrad. Leave out the maximum.")
def never_falls(theta, grad, m, v, k, alpha=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * grad
    v = torch.maximum(v, beta2 * v + (1 - beta2) * grad**2)
    return theta - alpha * m / (1 - beta1**k) / ((v / (1 - beta2**k)).sqrt() + eps), m, v


@wrong("The weight 1 − β₁ of the gradient is missing from m.")
def weight_missing(theta, grad, m, v, k, alpha=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + grad
    v = beta2 * v + (1 - beta2) * grad**2
    return theta - alpha * m / (1 - beta1**k) / ((v / (1 - beta2**k)).sqrt() + eps), m, v


@wrong("v adds up, as in AdaGrad. Weigh the old average by β₂ and the squared gradient by 1 − β₂.")
def adds_up(theta, grad, m, v, k, alpha=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * grad
    v = v + grad**2
    return theta - alpha * m / (1 - beta1**k) / ((v / (1 - beta2**k)).sqrt() + eps), m, v


@wrong("The root is taken before the correction. Correct v first, then take the root.")
def root_before_correction(theta, grad, m, v, k, alpha=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    return theta - alpha * m / (1 - beta1**k) / (v.sqrt() / (1 - beta2**k) + eps), m, v


@wrong("The gradient is in the numerator. m̂ belongs there.")
def gradient_in_numerator(theta, grad, m, v, k, alpha=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    return theta - alpha * grad / ((v / (1 - beta2**k)).sqrt() + eps), m, v


@wrong("The old m and v make the step. Bring both up to date first.")
def steps_with_old_moments(theta, grad, m, v, k, alpha=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    new_m, new_v = beta1 * m + (1 - beta1) * grad, beta2 * v + (1 - beta2) * grad**2
    return theta - alpha * m / (1 - beta1**k) / ((v / (1 - beta2**k)).sqrt() + eps), new_m, new_v


@wrong("Nothing is corrected at k = 1. Correct at every step.")
def first_step_not_corrected(theta, grad, m, v, k, alpha=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    if k == 1:
        return theta - alpha * m / (v.sqrt() + eps), m, v
    return theta - alpha * m / (1 - beta1**k) / ((v / (1 - beta2**k)).sqrt() + eps), m, v


@wrong("The results stand in another order: return theta, m and v.")
def results_exchanged(theta, grad, m, v, k, alpha=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    return theta - alpha * m / (1 - beta1**k) / ((v / (1 - beta2**k)).sqrt() + eps), v, m


@right("lerp and addcmul, and the correction folded into the rate as in the paper's efficient form")
def folded_into_the_rate(theta, grad, m, v, k, alpha=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m = torch.lerp(m, grad, 1 - beta1)
    v = torch.addcmul(beta2 * v, grad, grad, value=1 - beta2)
    root = (1 - beta2**k) ** 0.5
    return theta - alpha * root / (1 - beta1**k) * m / (v.sqrt() + eps * root), m, v


@right("a list comes back in place of a tuple")
def returns_a_list(theta, grad, m, v, k, alpha=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    m = m + (1 - beta1) * (grad - m)
    v = v + (1 - beta2) * (grad.square() - v)
    return [theta - alpha * (m / (1 - beta1**k)) / (torch.sqrt(v / (1 - beta2**k)) + eps), m, v]
