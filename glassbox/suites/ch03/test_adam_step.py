"""Public suite of adam_step."""

import pytest
import torch

from glassbox.testing import expect
from glassbox.testing.tensors import tensor

# The first optimizer of a process loads for seconds: here, before any time limit runs.
torch.optim.Adam([torch.zeros(1)], lr=0.1)


@pytest.mark.weight(2)
def test_one_step_by_hand(student):
    """The second step, k = 2, agrees with the numbers worked by hand: m̂ = (5, −3) and √v̂ = (3, 2)."""
    given = {"theta": tensor(1, 2), "grad": tensor(3, -1), "m": tensor(1.5, -1.1), "v": tensor(2.25, 2), "k": 2}
    given |= {"alpha": 0.3, "beta1": 0.8, "beta2": 0.75, "eps": 0.0}
    theta, m, v = expect.parts(student.adam_step(*given.values()), "theta", "m", "v")
    likely = {
        "α stands where β₁ belongs. Restore the first line of the exercise cell.": tensor(2.55, -1.03),
        "v stands where m belongs. Return theta, m and v, in this order.": tensor(3.9375, 1.75),
        "m is the corrected m̂. Return the plain running average; it is corrected anew at each step.": tensor(5, -3),
        "The old m is returned. Return the new one.": tensor(1.5, -1.1),
        "β₁ and 1 − β₁ are exchanged: β₁ weighs the old average, 1 − β₁ the gradient.": tensor(2.7, -1.02),
        "m averages with β₂. It has β₁, and v has β₂.": tensor(1.875, -1.075),
        "The weight of the gradient is missing: multiply it by 1 − β₁.": tensor(4.2, -1.88),
        "m adds up, with no weights. Weigh the old average by β₁ and the gradient by 1 − β₁.": tensor(4.5, -2.1),
        "Both terms have weight β₁. The gradient has weight 1 − β₁.": tensor(3.6, -1.68),
        "The old m is forgotten: add β₁ times it.": tensor(0.6, -0.2),
        "m averages the squared gradient. It averages the gradient, and v its square.": tensor(3, -0.68),
        "β₁ is 0.9 here. Use the parameter beta1.": tensor(1.65, -1.09),
        "m is averaged more than once. One call is one step, whatever k is.": tensor(2.04, -1.064),
        "m is made from v. The parameters are theta, grad, m, v, k, in this order.": tensor(2.4, 1.4),
        "theta stands where m belongs. Return theta, m and v, in this order.": tensor(0.5, 2.45),
        "The last entry is left out. Work on whole tensors, or let the loop reach range(len(theta)).": tensor(
            1.8, -1.1
        ),
    }
    expect.close(m, tensor(1.8, -1.08), what="`m`", given=given, likely=likely)
    likely = {
        "m stands where v belongs. Return theta, m and v, in this order.": tensor(1.8, -1.08),
        "v is the corrected v̂. Return the plain running average; it is corrected anew at each step.": tensor(9, 4),
        "The old v is returned. Return the new one.": tensor(2.25, 2),
        "β₂ and 1 − β₂ are exchanged: β₂ weighs the old average, 1 − β₂ the squared gradient.": tensor(7.3125, 1.25),
        "v averages with β₁. It has β₂, and m has β₁.": tensor(3.6, 1.8),
        "v adds up, as in AdaGrad. Weigh the old average by β₂ and the squared gradient by 1 − β₂.": tensor(11.25, 3),
        "The weight of the squared gradient is missing: multiply it by 1 − β₂.": tensor(10.6875, 2.5),
        "v averages the gradient. Average its square: grad**2.": tensor(2.4375, 1.25),
        "v averages the size of the gradient. Average its square: grad**2.": tensor(2.4375, 1.75),
        "v averages the square of m. Average that of the gradient: grad**2.": tensor(2.4975, 1.7916),
        "v averages the square of the old m. Average that of the gradient: grad**2.": tensor(2.25, 1.8025),
        "v never falls, or its last entry is left out. Leave out the maximum, and work on whole tensors.": tensor(
            3.9375, 2
        ),
        "v is the root. Return the average of the squares; the root is taken only where you divide.": tensor(
            1.984313, 1.322876
        ),
        "The square takes in 1 − β₂. Square the gradient alone: grad**2.": tensor(2.25, 1.5625),
        "The old v is forgotten: add β₂ times it.": tensor(2.25, 0.25),
        "β₂ is 0.999 here. Use the parameter beta2.": tensor(2.25675, 1.999),
        "The squares of all entries are added. Square element by element, without sum().": tensor(4.1875, 4),
        "The squares of all entries are averaged. Square element by element, without mean().": tensor(2.9375, 2.75),
    }
    expect.close(v, tensor(3.9375, 1.75), what="`v`", given=given, likely=likely)
    likely = {
        "Nothing is corrected: divide m by 1 − β₁ᵏ and v by 1 − β₂ᵏ first.": tensor(0.7278656, 2.244921),
        "The power k is missing, or k is one too small: divide by 1 − β₁ᵏ and 1 − β₂ᵏ.": tensor(0.3196639, 2.612302),
        "The corrections use k + 1. k counts from 1 already: use it as it is.": tensor(0.5759915, 2.381608),
        "Only m is corrected. Divide v by 1 − β₂ᵏ too.": tensor(0.2440711, 2.680336),
        "Only v is corrected. Divide m by 1 − β₁ᵏ too.": tensor(0.82, 2.162),
        "β₁ corrects both. Divide v by 1 − β₂ᵏ.": tensor(0.5464426, 2.408202),
        "β₂ corrects both. Divide m by 1 − β₁ᵏ.": tensor(0.5885714, 2.370286),
        "The corrections are exchanged: m is divided by 1 − β₁ᵏ, v by 1 − β₂ᵏ.": tensor(0.6267871, 2.335892),
        "The corrections multiply. Divide m by 1 − β₁ᵏ and v by 1 − β₂ᵏ.": tensor(0.8518857, 2.133303),
        "β₁ᵏ and β₂ᵏ divide. Divide by 1 − β₁ᵏ and 1 − β₂ᵏ.": tensor(0.6810925, 2.287017),
        "The brackets are missing: m / (1 − β₁ᵏ), not m / 1 − β₁ᵏ.": tensor(0.8105728, 2.473514),
        "v̂ is negative: β₂ᵏ is the power beta2**k, not a product.": tensor(float("nan"), float("nan")),
        "v is in the numerator. m̂ = m/(1 − β₁ᵏ) belongs there.": tensor(-0.09375, 1.270833),
        "The root is missing: divide by √v̂, not by v̂.": tensor(0.8333333, 2.225),
        "v̂ is halved, not its root taken: **1/2 is a division. Write .sqrt() or **0.5.": tensor(0.6666667, 2.45),
        "The root is taken before the correction. Correct v first, then take the root.": tensor(0.6692811, 2.297647),
        "The old m and v make the step. Bring both up to date first.": tensor(0.4488018, 2.428732),
        "The old m makes the step. Bring m up to date first.": tensor(0.5833333, 2.458333),
        "The old v makes the step. Bring v up to date first.": tensor(0.3385622, 2.420936),
        "The gradient is in the numerator. m̂ belongs there.": tensor(0.7, 2.15),
        "The step goes uphill: subtract it.": tensor(1.5, 1.55),
        "The step knows this gradient alone. Make it of the new m and v.": tensor(0.7, 2.3),
        "The learning rate is missing: multiply the step by α.": tensor(-0.6666667, 3.5),
        "α is 0.001 here. Use the parameter alpha.": tensor(0.9983333, 2.0015),
        "α is 0.01 here. Use the parameter alpha.": tensor(0.9833333, 2.015),
        "α is 0.1 here. Use the parameter alpha.": tensor(0.8333333, 2.15),
        "The learning rate divides. Multiply the step by α.": tensor(-4.555556, 7),
        "The step is not divided by √v̂.": tensor(-0.5, 2.9),
        "The step is multiplied by √v̂. Divide by it.": tensor(-3.5, 3.8),
        "The fraction is upside down: m̂ is above, √v̂ + ε below.": tensor(0.82, 2.2),
        "Only the step is returned. Subtract it from theta.": tensor(0.5, -0.45),
        "Only the step is returned. Add theta to it.": tensor(-0.5, 0.45),
        "The old theta is returned. Return the new one.": tensor(1, 2),
        "All entries share one root. Work element by element, without norm() or sum().": tensor(0.8476981, 2.091381),
        "All entries share one v̂. Work element by element, without norm() or sum().": tensor(0.5839749, 2.249615),
        "The last entry is left out. Work on whole tensors, or let the loop reach range(len(theta)).": tensor(0.5, 2),
    }
    expect.close(theta, tensor(0.5, 2.45), what="`theta`", given=given, likely=likely, rtol=1e-6)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
def test_keeps_dtype(student, dtype):
    """The results have the dtype of theta and carry no autograd graph."""
    theta, grad, m, v = (tensor(*pair).to(dtype) for pair in ((1, 2), (3, -1), (0.5, 0.1), (1, 4)))
    results = expect.parts(student.adam_step(theta, grad, m, v, 3), "theta", "m", "v")
    for name, result in zip(("theta", "m", "v"), results, strict=True):
        expect.like(result, theta, what=name)


@pytest.mark.weight(2)
def test_first_step_by_hand(student):
    """The first step, k = 1, agrees with the numbers worked by hand: m̂ = (3, −1) and √v̂ = (3, 1)."""
    given = {"theta": tensor(1, 2), "grad": tensor(3, -1), "m": tensor(0, 0), "v": tensor(0, 0), "k": 1}
    given |= {"alpha": 0.1, "beta1": 0.8, "beta2": 0.75, "eps": 0.0}
    theta, m, v = expect.parts(student.adam_step(**given), "theta", "m", "v")
    likely = {"The first m is the gradient itself. Weigh it by 1 − β₁ at k = 1 too.": tensor(3, -1)}
    expect.close(m, tensor(0.6, -0.2), what="`m`", given=given, likely=likely)
    likely = {"The first v is the squared gradient itself. Weigh it by 1 − β₂ at k = 1 too.": tensor(9, 1)}
    expect.close(v, tensor(2.25, 0.25), what="`v`", given=given, likely=likely)
    likely = {
        "Nothing is corrected at k = 1. Divide m by 1 − β₁ and v by 1 − β₂.": tensor(0.96, 2.04),
        "It is corrected with another k. Keep no count of your own: k comes with each call.": theta,
    }
    expect.close(theta, tensor(0.9, 2.1), what="`theta`", given=given, likely=likely, rtol=1e-6)


def test_epsilon_outside_the_root(student):
    """ε is added after the root is taken, to √v̂."""
    given = {"theta": tensor(0), "grad": tensor(3), "m": tensor(0), "v": tensor(0), "k": 1, "alpha": 1.0, "eps": 0.5}
    theta, _, _ = expect.parts(student.adam_step(**given), "theta", "m", "v")
    likely = {
        "ε is inside the root: √v̂ + ε is meant, not √(v̂ + ε).": tensor(-0.9733285),
        "ε is missing, a floor, or a number of your own. Add the parameter eps to √v̂.": tensor(-1),
        "ε is squared inside the root. Add it to √v̂, outside.": tensor(-0.9863939),
        "ε is added to the quotient. Put √v̂ + ε in brackets.": tensor(-1.5),
        "ε is added twice, inside the root and outside. Add it outside alone.": tensor(-0.8374725),
        "ε is added to √v, before the correction. Add it to the root of the corrected v̂.": tensor(-0.1594779),
        "ε is subtracted. Add it to √v̂.": tensor(-1.2),
    }
    expect.close(theta, tensor(-6 / 7), what="`theta`", given=given, likely=likely)


def test_defaults(student):
    """Left out, the settings are α = 0.001, β₁ = 0.9, β₂ = 0.999 and ε = 1e-8."""
    zeros = tensor(0, 0)
    given = {"theta": zeros, "grad": tensor(2, 1e-8), "m": zeros, "v": zeros, "k": 1}
    theta, m, v = expect.parts(student.adam_step(**given), "theta", "m", "v")
    restore = "Restore the first line of the exercise cell: alpha=0.001, beta1=0.9, beta2=0.999, eps=1e-8."
    expect.close(m[0], tensor(0.2)[0], what="the first entry of `m`", given=given, likely={restore: m[0]})
    expect.close(v[0], tensor(0.004)[0], what="the first entry of `v`", given=given, likely={restore: v[0]})
    expect.close(theta, tensor(-0.001, -0.0005), what="`theta`", given=given, likely={restore: theta}, rtol=1e-6)


def test_first_step_has_length_alpha(student):
    """The first step has length α in each coordinate, against the gradient, whatever the gradient's size."""
    for grad in (tensor(-0.5, 300), tensor(1e-3, -7, 2)):
        zeros = torch.zeros_like(grad)
        given = {"theta": zeros, "grad": grad, "m": zeros, "v": zeros, "k": 1, "alpha": 0.1}
        theta, _, _ = expect.parts(student.adam_step(**given), "theta", "m", "v")
        expect.close(theta, -0.1 * grad.sign(), what="`theta`", given=given, rtol=1e-4)


def test_zero_gradient(student):
    """A gradient of zero from the start leaves θ where it is: ε keeps 0/0 away."""
    theta, zero = tensor(1, -2), tensor(0, 0)
    given = {"theta": theta, "grad": zero, "m": zero, "v": zero, "k": 1}
    new, _, _ = expect.parts(student.adam_step(**given), "theta", "m", "v")
    likely = {"0/0: add ε to the root before you divide.": tensor(float("nan"), float("nan"))}
    expect.close(new, theta, what="`theta`", given=given, likely=likely)


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
        expect.close(theta, twin.detach(), what=f"`theta` after step {k}", given={"k": k})


def test_arguments_unchanged(student):
    """The caller's tensors are left as they were."""
    given = {"theta": tensor(1, 2), "grad": tensor(3, -1), "m": tensor(0.5, 0.1), "v": tensor(1, 4), "k": 3}
    expect.unchanged(student, "adam_step", given)
