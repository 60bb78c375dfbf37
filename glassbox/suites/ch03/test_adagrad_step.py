"""Public suite of adagrad_step."""

import pytest
import torch

from glassbox.testing import expect

# The first optimizer of a process loads for seconds: here, before any time limit runs.
torch.optim.SGD([torch.zeros(1)], lr=0.1)


def tensor(*values):
    return torch.tensor(values, dtype=torch.float64)


@pytest.mark.weight(2)
def test_one_step_by_hand(student):
    """One step agrees with the numbers worked by hand: θ = 1, gradient −3, s = 40, α = 0.7, ε = 0."""
    given = {"theta": tensor(1), "grad": tensor(-3), "s": tensor(40), "alpha": 0.7, "eps": 0.0}
    theta, s = expect.parts(student.adagrad_step(**given), "theta", "s")
    likely = {
        "s adds up the gradient itself. Add its square: s + grad**2.": tensor(37),
        "s adds up the size of the gradient. Add its square: s + grad**2.": tensor(43),
        "The gradient is doubled where its square is meant: grad**2.": tensor(34),
        "The whole sum is squared. Square the gradient alone: s + grad**2.": tensor(1369),
        "s is an average of both. AdaGrad adds: s + grad**2, with no weights.": tensor(24.5),
        "s is a running average, as in RMSProp. AdaGrad adds: s + grad**2, with no weights.": tensor(36.9),
        "The old s is forgotten. Add the new square to it.": tensor(9),
        "The new square is subtracted from s. Add it.": tensor(31),
        "s is the root. Keep the sum of the squares; the root is taken only where you divide.": tensor(7),
        "The root is taken before the sum. Add squares; the root is taken only where you divide.": tensor(40**0.5 + 3),
        "The old s is returned. Return the new one.": tensor(40),
        "The two results are exchanged: return theta first, then s.": tensor(1.3),
    }
    expect.close(s, tensor(49), what="`s`", given=given, likely=likely)
    likely = {
        "The step goes uphill: subtract it.": tensor(0.7),
        "The root is missing: divide by √s, not by s.": tensor(1 + 2.1 / 49),
        "The old s is in the denominator. Add first, then divide by the new one.": tensor(1 + 2.1 / 40**0.5),
        "The gradient is missing from the numerator.": tensor(0.9),
        "The gradient is squared in the numerator. Only s takes the square.": tensor(0.1),
        "The learning rate is missing: multiply the step by α.": tensor(1 + 3 / 7),
        "The learning rate is in the denominator. Multiply the step by α.": tensor(1 + 3 / 4.9),
        "Only the step is returned. Add theta to it.": tensor(0.3),
        "Only the step is returned. Subtract it from theta.": tensor(-0.3),
        "The step is multiplied by √s. Divide by it.": tensor(15.7),
        "The gradient is not divided by √s.": tensor(3.1),
        "The gradient is divided by its own size. Divide by the root of the new s.": tensor(1.7),
    }
    expect.close(theta, tensor(1.3), what="`theta`", given=given, likely=likely)


def test_first_step_has_length_alpha(student):
    """From s = 0 the first step has length α in each coordinate, against the gradient, whatever its size."""
    for grad in (tensor(3), tensor(3, -4), tensor(1e-3, -7, 20)):
        zeros = torch.zeros_like(grad)
        given = {"theta": zeros, "grad": grad, "s": zeros, "alpha": 0.1}
        theta, _ = expect.parts(student.adagrad_step(**given), "theta", "s")
        likely = {
            "All coordinates share one sum. Square and add element by element, without sum().": -0.1
            * grad
            / grad.norm(),
        }
        expect.close(theta, -0.1 * grad.sign(), what="`theta`", given=given, likely=likely, rtol=1e-3)


def test_steps_shrink(student):
    """With a gradient that stays the same, step k has length α/√k."""
    theta, s, grad = tensor(0), tensor(0), tensor(2)
    for k in range(1, 10):
        new, s = expect.parts(student.adagrad_step(theta, grad, s, 0.1), "theta", "s")
        expect.close(theta - new, tensor(0.1 / k**0.5), what=f"step {k}", given={"grad": grad}, rtol=1e-7)
        theta = new


def test_zero_gradient(student):
    """A coordinate that has had no gradient yet stays where it is: ε keeps 0/0 away."""
    given = {"theta": tensor(1, -2), "grad": tensor(0, 3), "s": tensor(0, 16), "alpha": 0.5}
    theta, s = expect.parts(student.adagrad_step(**given), "theta", "s")
    expect.close(s, tensor(0, 25), what="`s`", given=given)
    likely = {"0/0: add ε to the root before you divide.": tensor(float("nan"), -2.3)}
    expect.close(theta, tensor(1, -2.3), what="`theta`", given=given, likely=likely)


def test_epsilon_outside_the_root(student):
    """ε is added after the root is taken, to √s."""
    given = {"theta": tensor(0), "grad": tensor(3), "s": tensor(0), "alpha": 1.0, "eps": 1.0}
    theta, _ = expect.parts(student.adagrad_step(**given), "theta", "s")
    likely = {
        "ε is inside the root: √s + ε is meant, not √(s + ε).": tensor(-3 / 10**0.5),
        "ε is missing: add it to √s.": tensor(-1),
        "ε is added to the quotient. Add it to the denominator: put √s + ε in brackets.": tensor(-2),
    }
    expect.close(theta, tensor(-0.75), what="`theta`", given=given, likely=likely)


@pytest.mark.parametrize("shape", [(), (3,), (2, 5)])
def test_like_torch(student, rng, shape):
    """Twenty steps on any shape follow torch.optim.Adagrad."""
    theta = torch.tensor(rng.normal(size=shape))
    twin = theta.clone().requires_grad_()
    optimizer = torch.optim.Adagrad([twin], lr=0.5, eps=1e-6)
    s = torch.zeros_like(theta)
    for k in range(1, 21):
        grad = torch.tensor(rng.normal(size=shape))
        theta, s = expect.parts(student.adagrad_step(theta, grad, s, 0.5, 1e-6), "theta", "s")
        twin.grad = grad.clone()
        optimizer.step()
        expect.close(theta, twin.detach(), what=f"`theta` after step {k}")


def test_arguments_unchanged(student):
    """The caller's tensors are left as they were."""
    given = {"theta": tensor(1, 2), "grad": tensor(3, -1), "s": tensor(0.5, 4), "alpha": 0.1}
    expect.unchanged(student, "adagrad_step", given)
