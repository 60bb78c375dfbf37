"""Public suite of adagrad_step."""

import pytest
import torch

from glassbox.testing import expect
from glassbox.testing.tensors import tensor

# The first optimizer of a process loads for seconds: here, before any time limit runs.
torch.optim.SGD([torch.zeros(1)], lr=0.1)


@pytest.mark.weight(2)
def test_one_step_by_hand(student):
    """One step agrees with the numbers worked by hand: the new s is (49, 100), so its root is (7, 10)."""
    given = {"theta": tensor(1, 2), "grad": tensor(-3, 8), "s": tensor(40, 36), "alpha": 0.7, "eps": 0.0}
    theta, s = expect.parts(student.adagrad_step(**given), "theta", "s")
    likely = {
        "theta stands where s belongs. Return theta first, then s.": tensor(1.3, 1.44),
        "s adds up the gradient itself. Add its square: grad**2.": tensor(37, 44),
        "s adds up the size of the gradient. Add its square: grad**2.": tensor(43, 44),
        "The gradient is doubled where its square is meant: grad**2.": tensor(34, 52),
        "The whole sum is squared. Square the gradient alone: grad**2.": tensor(1369, 1936),
        "s and the new square are multiplied. Add them.": tensor(360, 2304),
        "s is an average of both. AdaGrad adds them, with no weights.": tensor(24.5, 50),
        "s is a running average, as in RMSProp. AdaGrad adds, with no weights.": tensor(36.9, 38.8),
        "s is a running average, as in RMSProp: AdaGrad adds, with no weights.": tensor(39.69, 36.28),
        "The old s is weighted. AdaGrad forgets nothing: its weight is 1.": tensor(45, 96.4),
        "The old s is forgotten. Add the new square to it.": tensor(9, 64),
        "The new square is subtracted from s. Add it.": tensor(31, -28),
        "α is in s. Leave it out of s; it comes in once, in the update of θ.": tensor(44.41, 67.36),
        "α weighs the new square. Leave it out of s; it comes in once, in the update of θ.": tensor(46.3, 80.8),
        "s is the root. Keep the sum of the squares; the root is taken only where you divide.": tensor(7, 10),
        "The old s is squared and the root returned. Keep the sum of the squares, with no root.": tensor(
            40.11234, 36.87818
        ),
        "The root is taken before the sum. Add squares; the root is taken only where you divide.": tensor(9.324555, 14),
        "The old s is returned. Return the new one.": tensor(40, 36),
        "The squares of all entries are added. Square element by element, without sum() or @.": tensor(113, 109),
        "The squares of all entries are averaged. Square element by element, without mean().": tensor(76.5, 72.5),
        "The squares add up along the tensor. Add element by element, without cumsum().": tensor(49, 109),
        "The old s is not added: the squares run up along the tensor. Add element by element, to s.": tensor(9, 73),
        "The last entry is left out. Work on whole tensors, or let the loop reach range(len(theta)).": tensor(49, 36),
        "A matrix comes out. Square element by element, without outer or a column of shape (d, 1).": tensor(
            [49, 12], [16, 100]
        ),
    }
    expect.close(s, tensor(49, 100), what="`s`", given=given, likely=likely, rtol=1e-6)
    likely = {
        "The step goes uphill: subtract it.": tensor(0.7, 2.56),
        "The root is missing: divide by √s, not by s.": tensor(1.042857, 1.944),
        "s is halved, not its root taken: **1/2 is a division. Write .sqrt() or **0.5.": tensor(1.085714, 1.888),
        "The old s is in the denominator. Update s first, then divide by the new one.": tensor(1.332039, 1.066667),
        "The gradient is missing from the numerator.": tensor(0.9, 1.93),
        "The sign of the gradient is in the numerator. Take the gradient itself.": tensor(1.1, 1.93),
        "The gradient is squared in the numerator. Only s takes the square.": tensor(0.1, -2.48),
        "The learning rate is missing: multiply the step by α.": tensor(1.428571, 1.2),
        "The learning rate is in the denominator. Multiply the step by α.": tensor(1.612245, 0.8571429),
        "α is 0.001 here. Use the parameter alpha.": tensor(1.000429, 1.9992),
        "α is 0.01 here. Use the parameter alpha.": tensor(1.004286, 1.992),
        "α is 0.1 here. Use the parameter alpha.": tensor(1.042857, 1.92),
        "Only the step is returned. Add theta to it.": tensor(0.3, -0.56),
        "Only the step is returned. Subtract it from theta.": tensor(-0.3, 0.56),
        "The step is multiplied by √s. Divide by it.": tensor(15.7, -54),
        "The fraction is upside down: the gradient is above, √s + ε below.": tensor(2.633333, 1.125),
        "The gradient is not divided by √s.": tensor(3.1, -3.6),
        "The gradient is divided by its own size. Divide by the root of the new s.": tensor(1.7, 1.3),
        "All entries share one root, that of the sum. Work element by element, without sum().": tensor(
            1.172039, 1.54123
        ),
        "All entries are divided by the length of s. Take the root element by element: s.sqrt().": tensor(
            1.018858, 1.949713
        ),
        "All entries are divided by the length of √s. Work element by element, without norm().": tensor(
            1.123529, 1.670588
        ),
        "The old theta is returned. Return the new one.": tensor(1, 2),
        "The last entry is left out. Work on whole tensors, or let the loop reach range(len(theta)).": tensor(1.3, 2),
    }
    expect.close(theta, tensor(1.3, 1.44), what="`theta`", given=given, likely=likely, rtol=1e-6)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
def test_keeps_dtype(student, dtype):
    """The results have the dtype of theta and carry no autograd graph."""
    theta, grad, s = (tensor(*pair).to(dtype) for pair in ((1, 2), (3, -1), (0.5, 4)))
    results = expect.parts(student.adagrad_step(theta, grad, s, 0.1), "theta", "s")
    for name, result in zip(("theta", "s"), results, strict=True):
        expect.like(result, theta, what=name)


def test_epsilon_outside_the_root(student):
    """ε is added after the root is taken, to √s."""
    given = {"theta": tensor(0), "grad": tensor(3), "s": tensor(0), "alpha": 1.0, "eps": 0.5}
    theta, _ = expect.parts(student.adagrad_step(**given), "theta", "s")
    likely = {
        "ε is inside the root: √s + ε is meant, not √(s + ε).": tensor(-0.9733285),
        "ε is squared inside the root. Add it to √s, outside.": tensor(-0.9863939),
        "ε is missing, a floor, or a number of your own. Add the parameter eps to √s.": tensor(-1),
        "ε is added to the quotient. Add it to the denominator: put √s + ε in brackets.": tensor(-1.5),
        "ε is added to the new theta. Put √s + ε in brackets.": tensor(-0.5),
        "ε is added twice, inside the root and outside. Add it outside alone.": tensor(-0.8374725),
        "ε is subtracted. Add it to √s.": tensor(-1.2),
    }
    expect.close(theta, tensor(-6 / 7), what="`theta`", given=given, likely=likely)


def test_default_epsilon(student):
    """Left out, ε is 1e-10."""
    zeros = tensor(0)
    given = {"theta": zeros, "grad": tensor(1e-10), "s": zeros, "alpha": 1.0}
    theta, _ = expect.parts(student.adagrad_step(**given), "theta", "s")
    likely = {"Restore the first line of the exercise cell: eps=1e-10.": theta}
    expect.close(theta, tensor(-0.5), what="`theta`", given=given, likely=likely, rtol=1e-6)


def test_first_step_has_length_alpha(student):
    """From s = 0 the first step has length α in each coordinate, against the gradient, whatever its size."""
    for grad in (tensor(3, -4), tensor(1e-3, -7, 20)):
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
