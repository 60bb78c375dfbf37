"""Public suite of rmsprop_step."""

import pytest
import torch

from glassbox.testing import expect

# The first optimizer of a process loads for seconds: here, before any time limit runs.
torch.optim.SGD([torch.zeros(1)], lr=0.1)


def tensor(*values):
    return torch.tensor(values, dtype=torch.float64)


@pytest.mark.weight(2)
def test_one_step_by_hand(student):
    """One step agrees with the numbers worked by hand: θ = 1, gradient −2, s = 32, α = 0.1, β = ¾, ε = 0."""
    given = {"theta": tensor(1), "grad": tensor(-2), "s": tensor(32), "alpha": 0.1, "beta": 0.75, "eps": 0.0}
    theta, s = expect.parts(student.rmsprop_step(**given), "theta", "s")
    likely = {
        "β and 1 − β are exchanged: the old s has weight β, the new square 1 − β.": tensor(11),
        "s averages the gradient itself. Square it: average grad**2.": tensor(23.5),
        "s averages the size of the gradient. Square it: average grad**2.": tensor(24.5),
        "The gradient is doubled where its square is meant: grad**2.": tensor(23),
        "1 − β is squared as well. Square the gradient first, then weight it.": tensor(24.25),
        "The whole average is squared. Square the gradient alone.": tensor(552.25),
        "The old s is squared. It is an average of squares already.": tensor(769),
        "s adds up (that is AdaGrad). Weight the old s by β and the new square by 1 − β.": tensor(36),
        "The new square has weight 1. Weight it by 1 − β.": tensor(28),
        "Both terms have weight β. The new square has weight 1 − β.": tensor(27),
        "The brackets are missing: (1 − β) · grad**2.": tensor(22),
        "s is the root. Keep the average of the squares; the root is taken only where you divide.": tensor(5),
        "The old s is returned. Return the new one.": tensor(32),
        "The old s is forgotten: add β times it.": tensor(1),
        "The two results are exchanged: return theta first, then s.": tensor(1.04),
    }
    expect.close(s, tensor(25), what="`s`", given=given, likely=likely)
    likely = {
        "The step goes uphill: subtract it.": tensor(0.96),
        "The root is missing: divide by √s, not by s.": tensor(1.008),
        "The old s is in the denominator. Update s first, then divide by the new one.": tensor(1 + 0.2 / 32**0.5),
        "s is divided by 1 − β, as in Adam. Divide by √s as it is.": tensor(1.02),
        "The gradient is missing from the numerator.": tensor(0.98),
        "The gradient is squared in the numerator. Only s takes the square.": tensor(0.92),
        "The learning rate is missing: multiply the step by α.": tensor(1.4),
        "The learning rate is in the denominator. Multiply the step by α.": tensor(5),
        "Only the step is returned. Add theta to it.": tensor(0.04),
        "Only the step is returned. Subtract it from theta.": tensor(-0.04),
        "The step is multiplied by √s. Divide by it.": tensor(2),
        "The gradient is not divided by √s.": tensor(1.2),
        "The gradient is divided by its own size. Divide by the root of the new s.": tensor(1.1),
    }
    expect.close(theta, tensor(1.04), what="`theta`", given=given, likely=likely)


def test_first_step_forgets_the_size(student):
    """From s = 0 the first step has length α/√(1 − β) in each coordinate, whatever the gradient's size."""
    for grad in (tensor(3), tensor(-0.5, 300), tensor(1e-2, -7, 20)):
        zeros = torch.zeros_like(grad)
        given = {"theta": zeros, "grad": grad, "s": zeros, "alpha": 0.1, "beta": 0.75}
        theta, _ = expect.parts(student.rmsprop_step(**given), "theta", "s")
        likely = {
            "The first step has length α: s is corrected, as in Adam. Divide by √s as it is.": -0.1 * grad.sign(),
            "All coordinates share one sum. Square element by element, without sum().": -0.2 * grad / grad.norm(),
            "All coordinates share one mean. Square element by element, without mean().": -0.2
            * grad
            / grad.square().mean().sqrt(),
        }
        expect.close(theta, -0.2 * grad.sign(), what="`theta`", given=given, likely=likely, rtol=1e-3)


def test_zero_gradient(student):
    """A coordinate with zero gradient and zero s stays where it is: ε keeps 0/0 away."""
    given = {"theta": tensor(1, -2), "grad": tensor(0, 3), "s": tensor(0, 9), "alpha": 0.5, "beta": 0.75}
    theta, s = expect.parts(student.rmsprop_step(**given), "theta", "s")
    expect.close(s, tensor(0, 9), what="`s`", given=given)
    nan = float("nan")
    likely = {"0/0: add ε to the root before you divide.": tensor(nan, -2.5)}
    expect.close(theta, tensor(1, -2.5), what="`theta`", given=given, likely=likely, rtol=1e-7)


def test_epsilon_outside_the_root(student):
    """ε is added after the root is taken, to √s."""
    given = {"theta": tensor(0), "grad": tensor(3), "s": tensor(9), "alpha": 1.0, "beta": 0.5, "eps": 1.0}
    theta, _ = expect.parts(student.rmsprop_step(**given), "theta", "s")
    likely = {
        "ε is inside the root: √s + ε is meant, not √(s + ε).": tensor(-3 / 10**0.5),
        "ε is missing: add it to √s.": tensor(-1),
        "ε is added to the quotient. Add it to the denominator: put √s + ε in brackets.": tensor(-2),
    }
    expect.close(theta, tensor(-0.75), what="`theta`", given=given, likely=likely)


@pytest.mark.parametrize("shape", [(), (3,), (2, 5)])
def test_like_torch(student, rng, shape):
    """Twenty steps on any shape follow torch.optim.RMSprop."""
    theta = torch.tensor(rng.normal(size=shape))
    twin = theta.clone().requires_grad_()
    optimizer = torch.optim.RMSprop([twin], lr=0.05, alpha=0.8, eps=1e-6)
    s = torch.zeros_like(theta)
    for k in range(1, 21):
        grad = torch.tensor(rng.normal(size=shape))
        theta, s = expect.parts(student.rmsprop_step(theta, grad, s, 0.05, 0.8, 1e-6), "theta", "s")
        twin.grad = grad.clone()
        optimizer.step()
        expect.close(theta, twin.detach(), what=f"`theta` after step {k}")


def test_arguments_unchanged(student):
    """The caller's tensors are left as they were."""
    given = {"theta": tensor(1, 2), "grad": tensor(3, -1), "s": tensor(0.5, 4), "alpha": 0.1, "beta": 0.9}
    expect.unchanged(student, "rmsprop_step", given)
