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
