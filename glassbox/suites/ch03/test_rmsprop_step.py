"""Public suite of rmsprop_step."""

import pytest
import torch

from glassbox.testing import expect
from glassbox.testing.tensors import tensor

# The first optimizer of a process loads for seconds: here, before any time limit runs.
torch.optim.SGD([torch.zeros(1)], lr=0.1)


@pytest.mark.weight(2)
def test_one_step_by_hand(student):
    """One step agrees with the numbers worked by hand: the new s is (25, 100), so its root is (5, 10)."""
    given = {"theta": tensor(1, 3), "grad": tensor(-2, 8), "s": tensor(32, 112), "alpha": 0.3, "beta": 0.75, "eps": 0.0}
    theta, s = expect.parts(student.rmsprop_step(*given.values()), "theta", "s")
    likely = {
        "theta stands where s belongs. Return theta first, then s.": tensor(1.12, 2.76),
        "β and 1 − β are exchanged: the old s has weight β, the new square 1 − β.": tensor(11, 76),
        "s averages the gradient itself. Square it: average grad**2.": tensor(23.5, 86),
        "s averages the size of the gradient. Square it: average grad**2.": tensor(24.5, 86),
        "The gradient is doubled where its square is meant: grad**2.": tensor(23, 88),
        "1 − β is squared as well. Square the gradient first, then weight it.": tensor(24.25, 88),
        "The brackets are misplaced: the new square is (1 − β) · grad**2.": tensor(30.25, 109),
        "The whole average is squared. Square the gradient alone.": tensor(552.25, 7396),
        "The old s is squared. It is an average of squares already.": tensor(769, 9424),
        "s adds up (that is AdaGrad). Weight the old s by β and the new square by 1 − β.": tensor(36, 176),
        "This is momentum's running direction. s averages the squared gradient.": tensor(22, 92),
        "The new square has weight 1. Weight it by 1 − β.": tensor(28, 148),
        "Both terms have weight β. The new square has weight 1 − β.": tensor(27, 132),
        "The brackets are missing: (1 − β) · grad**2.": tensor(22, 37),
        "β is squared. The old s has weight β, the new square 1 − β.": tensor(19.75, 91),
        "β is 0.9 here. Use the parameter beta.": tensor(29.2, 107.2),
        "β is 0.99 here. Use the parameter beta.": tensor(31.72, 111.52),
        "α stands where β belongs. Restore the first line of the exercise cell.": tensor(12.4, 78.4),
        "s is the root. Keep the average of the squares; the root is taken only where you divide.": tensor(5, 10),
        "s is divided by 1 − β, as in Adam. Return the average as it is.": tensor(100, 400),
        "The old s is returned. Return the new one.": tensor(32, 112),
        "The old s is forgotten: add β times it.": tensor(1, 16),
        "The squares of all entries are added. Square element by element, without sum() or @.": tensor(41, 101),
        "The squares of all entries are averaged. Square element by element, without mean().": tensor(32.5, 92.5),
        "The last entry is left out. Work on whole tensors, or let the loop reach range(len(theta)).": tensor(25, 112),
    }
    expect.close(s, tensor(25, 100), what="`s`", given=given, likely=likely, rtol=1e-6)
    likely = {
        "The step goes uphill: subtract it.": tensor(0.88, 3.24),
        "The root is missing: divide by √s, not by s.": tensor(1.024, 2.976),
        "s is halved, not its root taken: **1/2 is a division. Write .sqrt() or **0.5.": tensor(1.048, 2.952),
        "The old s is in the denominator. Update s first, then divide by the new one.": tensor(1.106066, 2.773221),
        "The gradient is missing from the numerator.": tensor(0.94, 2.97),
        "The sign of the gradient is in the numerator. Take the gradient itself.": tensor(1.06, 2.97),
        "The gradient is squared in the numerator. Only s takes the square.": tensor(0.76, 1.08),
        "The learning rate is missing: multiply the step by α.": tensor(1.4, 2.2),
        "The learning rate is in the denominator. Multiply the step by α.": tensor(2.333333, 0.3333333),
        "α is 0.001 here. Use the parameter alpha.": tensor(1.0004, 2.9992),
        "α is 0.01 here. Use the parameter alpha.": tensor(1.004, 2.992),
        "α is 0.1 here. Use the parameter alpha.": tensor(1.04, 2.92),
        "Only the step is returned. Add theta to it.": tensor(0.12, -0.24),
        "Only the step is returned. Subtract it from theta.": tensor(-0.12, 0.24),
        "The step is multiplied by √s. Divide by it.": tensor(4, -21),
        "The fraction is upside down: the gradient is above, √s + ε below.": tensor(1.75, 2.625),
        "The gradient is not divided by √s.": tensor(1.6, 0.6),
        "The gradient is divided by its own size. Divide by the root of the new s.": tensor(1.3, 2.7),
        "All entries share one root, that of the sum. Work element by element, without sum().": tensor(
            1.053666, 2.785337
        ),
        "All entries are divided by the length of s. Take the root element by element: s.sqrt().": tensor(
            1.005821, 2.976717
        ),
        "All entries are divided by the length of √s. Work element by element, without norm().": tensor(1.04, 2.84),
        "The old theta is returned. Return the new one.": tensor(1, 3),
        "The last entry is left out. Work on whole tensors, or let the loop reach range(len(theta)).": tensor(1.12, 3),
        "s is divided by 1 − β, as in Adam. Divide by √s as it is.": tensor(1.06, 2.88),
        "s is divided by 1 − β², as in Adam. Divide by √s as it is.": tensor(1.079373, 2.841255),
        "The running s stands where the gradient belongs, in the numerator.": tensor(-0.5, 0),
    }
    expect.close(theta, tensor(1.12, 2.76), what="`theta`", given=given, likely=likely, rtol=1e-6)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
def test_keeps_dtype(student, dtype):
    """The results have the dtype of theta and carry no autograd graph."""
    theta, grad, s = (tensor(*pair).to(dtype) for pair in ((1, 2), (3, -1), (0.5, 4)))
    results = expect.parts(student.rmsprop_step(theta, grad, s, 0.1, 0.9), "theta", "s")
    for name, result in zip(("theta", "s"), results, strict=True):
        expect.like(result, theta, what=name)


def test_epsilon_outside_the_root(student):
    """ε is added after the root is taken, to √s."""
    given = {"theta": tensor(0), "grad": tensor(3), "s": tensor(9), "alpha": 1.0, "beta": 0.75, "eps": 0.5}
    theta, _ = expect.parts(student.rmsprop_step(**given), "theta", "s")
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
    """Left out, ε is 1e-8."""
    zeros = tensor(0)
    given = {"theta": zeros, "grad": tensor(1e-8), "s": zeros, "alpha": 1.0, "beta": 0.75}
    theta, _ = expect.parts(student.rmsprop_step(**given), "theta", "s")
    likely = {"Restore the first line of the exercise cell: eps=1e-8.": theta}
    expect.close(theta, tensor(-2 / 3), what="`theta`", given=given, likely=likely, rtol=1e-6)


def test_first_step_forgets_the_size(student):
    """From s = 0 the first step has length α/√(1 − β) in each coordinate, whatever the gradient's size."""
    for grad in (tensor(-0.5, 300), tensor(1e-2, -7, 20)):
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
