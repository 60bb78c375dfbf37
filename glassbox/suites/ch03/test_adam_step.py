"""Public suite of adam_step."""

import pytest
import torch

from glassbox.testing import expect

# The first optimizer of a process loads for seconds: here, before any time limit runs.
torch.optim.Adam([torch.zeros(1)])


def tensor(*values):
    return torch.tensor(values, dtype=torch.float64)


@pytest.mark.weight(2)
def test_one_step_by_hand(student):
    """The first step agrees with the numbers worked by hand: θ = 1, gradient 3, β₁ = 0.8, β₂ = 0.75, k = 1."""
    arguments = {"theta": tensor(1), "grad": tensor(3), "m": tensor(0), "v": tensor(0), "k": 1}
    arguments |= {"alpha": 0.1, "beta1": 0.8, "beta2": 0.75, "eps": 0.0}
    theta, m, v = expect.parts(student.adam_step(**arguments), "theta", "m", "v")
    likely = {
        "m is the corrected m̂. Return the plain running average; it is corrected anew each step.": tensor(3),
        "β₁ and 1 − β₁ have changed places: β₁ weighs the old average.": tensor(2.4),
        "m averages with β₂: it has β₁, and v has β₂.": tensor(0.75),
    }
    expect.close(m, tensor(0.6), what="m", given=arguments, likely=likely)
    likely = {
        "v is the corrected v̂. Return the plain running average; it is corrected anew each step.": tensor(9),
        "v averages the gradient itself; it should average its square.": tensor(0.75),
        "β₂ and 1 − β₂ have changed places: β₂ weighs the old average.": tensor(6.75),
        "v averages with β₁: m has β₁, and v has β₂.": tensor(1.8),
    }
    expect.close(v, tensor(2.25), what="v", given=arguments, likely=likely)
    # m̂ = 3 and v̂ = 9, so the step is 0.1 · 3/3.
    likely = {
        "The moments are not corrected: divide m by 1 − β₁ᵏ and v by 1 − β₂ᵏ.": tensor(0.96),
        "The step goes uphill: subtract it.": tensor(1.1),
        "Only m is corrected; v needs its own division by 1 − β₂ᵏ.": tensor(0.8),
        "Only v is corrected; m needs its own division by 1 − β₁ᵏ.": tensor(0.98),
        "The root is missing: divide by √v̂, not by v̂.": tensor(1 - 0.1 / 3),
        "The root is taken before the correction: correct v first, then take the root.": tensor(0.95),
        "The corrections use k + 1 where they should use k.": tensor(1 - 0.1 * (0.6 / 0.36) / (2.25 / 0.4375) ** 0.5),
        "The learning rate is not used.": tensor(0),
    }
    expect.close(theta, tensor(0.9), what="theta", given=arguments, likely=likely)


@pytest.mark.weight(2)
def test_later_step_by_hand(student):
    """A later step, k = 2, agrees with the numbers worked by hand, from moments that are not zero."""
    arguments = {"theta": tensor(0), "grad": tensor(1), "m": tensor(1), "v": tensor(2), "k": 2}
    arguments |= {"alpha": 1.0, "beta1": 0.8, "beta2": 0.75, "eps": 0.0}
    theta, m, v = expect.parts(student.adam_step(**arguments), "theta", "m", "v")
    expect.close(m, tensor(1), what="m", given=arguments)
    expect.close(v, tensor(1.75), what="v", given=arguments)
    # m̂ = 1/(1 − 0.64) and v̂ = 1.75/(1 − 0.5625) = 4.
    likely = {
        "The moments are not corrected: divide m by 1 − β₁ᵏ and v by 1 − β₂ᵏ.": tensor(-(1.75**-0.5)),
        "The corrections use 1 − β, or k − 1. It is 1 − βᵏ, which at k = 2 is 1 − β².": tensor(-5 / 7**0.5),
        "The corrections use k + 1 where they should use k.": tensor(-(1 / 0.488) / (1.75 / 0.578125) ** 0.5),
        "Only m is corrected; v needs its own division by 1 − β₂ᵏ.": tensor(-(1 / 0.36) / 1.75**0.5),
        "Only v is corrected; m needs its own division by 1 − β₁ᵏ.": tensor(-0.5),
        "The root is taken before the correction: correct v first, then take the root.": tensor(
            -(1 / 0.36) * 0.4375 / 1.75**0.5
        ),
        "The step uses the old m and v. Bring both up to date first.": tensor(-(1 / 0.36) / (2 / 0.4375) ** 0.5),
    }
    expect.close(theta, tensor(-25 / 18), what="theta", given=arguments, likely=likely)


def test_epsilon_outside_the_root(student):
    """ε is added after the root is taken, to √v̂."""
    given = {"theta": tensor(0), "grad": tensor(3), "m": tensor(0), "v": tensor(0), "k": 1, "alpha": 1.0, "eps": 1.0}
    new, _, _ = expect.parts(student.adam_step(**given), "theta", "m", "v")
    likely = {
        "ε is inside the root: √v̂ + ε is meant, not √(v̂ + ε).": tensor(-3 / 10**0.5),
        "ε is missing from the denominator.": tensor(-1),
    }
    expect.close(new, tensor(-0.75), what="theta", given=given, likely=likely)


def test_first_step_has_length_alpha(student):
    """The first step has length α in each coordinate, against the gradient, whatever the gradient's size."""
    for grad in (tensor(3), tensor(-0.5, 300), tensor(1e-3, -7, 2)):
        zeros = torch.zeros_like(grad)
        given = {"theta": zeros, "grad": grad, "m": zeros, "v": zeros, "k": 1, "alpha": 0.1}
        theta, _, _ = expect.parts(student.adam_step(**given), "theta", "m", "v")
        expect.close(theta, -0.1 * grad.sign(), what="theta", given=given, rtol=1e-4)


def test_zero_gradient(student):
    """A gradient of zero from the start leaves θ where it is: ε keeps 0/0 away."""
    theta, zero = tensor(1, -2), tensor(0, 0)
    given = {"theta": theta, "grad": zero, "m": zero, "v": zero, "k": 1}
    new, _, _ = expect.parts(student.adam_step(**given), "theta", "m", "v")
    expect.close(new, theta, what="theta", given=given)


@pytest.mark.parametrize("shape", [(3,), (2, 5)])
def test_like_torch(student, rng, shape):
    """Twenty steps on any shape follow torch.optim.Adam."""
    theta = torch.tensor(rng.normal(size=shape))
    twin = theta.clone().requires_grad_()
    optimizer = torch.optim.Adam([twin], lr=0.05, betas=(0.8, 0.95), eps=1e-6)
    m, v = torch.zeros_like(theta), torch.zeros_like(theta)
    for k in range(1, 21):
        grad = torch.tensor(rng.normal(size=shape))
        theta, m, v = expect.parts(student.adam_step(theta, grad, m, v, k, 0.05, 0.8, 0.95, 1e-6), "theta", "m", "v")
        twin.grad = grad.clone()
        optimizer.step()
        expect.close(theta, twin.detach(), what=f"theta after step {k}", given={"k": k})


def test_arguments_unchanged(student):
    """The caller's tensors are left as they were."""
    given = {"theta": tensor(1, 2), "grad": tensor(3, -1), "m": tensor(0.5, 0.1), "v": tensor(1, 4), "k": 3}
    expect.unchanged(student, "adam_step", given)
