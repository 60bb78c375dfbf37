"""Public suite of momentum_step."""

import pytest
import torch

from glassbox.testing import expect
from glassbox.testing.tensors import tensor

# The first optimizer of a process loads for seconds: here, before any time limit runs.
torch.optim.SGD([torch.zeros(1)], lr=0.1)


@pytest.mark.weight(2)
def test_one_step_by_hand(student):
    """One step agrees with the numbers worked by hand: the new g is (2, −3) + ¾ (4, 2)."""
    given = {"theta": tensor(2, 5), "grad": tensor(2, -3), "g": tensor(4, 2), "alpha": 0.2, "mu": 0.75}
    theta, g = expect.parts(student.momentum_step(*given.values()), "theta", "g")
    likely = {
        "theta stands where g belongs. Return theta first, then g.": tensor(1, 5.3),
        "α is inside g. Leave it out of g, which only blends gradients; it comes in once, in the update of θ.": tensor(
            3.4, 0.9
        ),
        "α is inside g: g is the whole step. Return the direction, g ← grad + μ g.": tensor(1, -0.3),
        "g is the whole step, with α and the minus sign in it. Return the direction: g ← grad + μ g.": tensor(2.6, 2.1),
        "g is the whole step with a minus sign. Return the direction: g ← grad + μ g.": tensor(-1, 0.3),
        "The gradient is weighted by 1 − μ. It enters g with weight 1.": tensor(3.5, 0.75),
        "μ multiplies the gradient, or grad and g are exchanged: g ← grad + μ g.": tensor(5.5, -0.25),
        "μ multiplies both terms. The gradient enters g with weight 1: g ← grad + μ g.": tensor(4.5, -0.75),
        "The old direction is weighted by 1 − μ. Its weight is μ.": tensor(3, -2.5),
        "The weights μ and 1 − μ make an average. Momentum adds up: g ← grad + μ g.": tensor(2.5, -1.75),
        "μ is missing: weight the old direction by it.": tensor(6, -1),
        "μ is squared. Weight the old direction by μ.": tensor(4.25, -1.875),
        "μ itself is added. Multiply the old direction by it.": tensor(2.75, -2.25),
        "α stands where μ belongs. μ weights the old direction, α the step.": tensor(2.8, -2.6),
        "μ is 0.9 here. Use the parameter mu.": tensor(5.6, -1.2),
        "This is Nesterov's blend. Add the gradient once: g ← grad + μ g.": tensor(5.75, -4.125),
        "The gradient is subtracted in g. Add it there; the minus sign comes in the update of θ.": tensor(1, 4.5),
        "The old direction is subtracted. Add it: g ← grad + μ g.": tensor(-1, -4.5),
        "g is the gradient alone: the old direction is forgotten. Add μ times it.": tensor(2, -3),
        "g is μ times the old direction: the gradient is missing. Add it.": tensor(3, 1.5),
        "The old g is returned. Return the new one.": tensor(4, 2),
        "The gradient has lost its sign. Leave abs() out.": tensor(5, 4.5),
        "The gradient is divided by its length. Take it as it is.": tensor(3.5547, 0.6679497),
        "A matrix comes out. Leave g a vector, without reshape or unsqueeze.": tensor([5, 0], [3.5, -1.5]),
        "The last entry is left out. Work on whole tensors, or let the loop reach range(len(theta)).": tensor(5, 2),
    }
    expect.close(g, tensor(5, -1.5), what="`g`", given=given, likely=likely, rtol=1e-6)
    likely = {
        "The step goes uphill: subtract α g.": tensor(3, 4.7),
        "θ moves along the old g. Update g first, then step along the new one.": tensor(1.2, 4.6),
        "θ moves along the gradient alone. Step along g.": tensor(1.6, 5.6),
        "This is Nesterov's step: grad + μ g with the new g. Step along the new g itself.": tensor(0.85, 5.825),
        "The learning rate is missing: step by α g.": tensor(-3, 6.5),
        "The learning rate divides. Multiply g by α.": tensor(-23, 12.5),
        "μ stands where α belongs, or is applied again. Step by α g.": tensor(-1.75, 6.125),
        "μ is applied again in the update of θ. Step by α g.": tensor(1.25, 5.225),
        "The rate is divided by 1 − μ. Step by α g.": tensor(-2, 6.2),
        "The rate is multiplied by 1 − μ. Step by α g.": tensor(1.75, 5.075),
        "α is 0.1 here. Use the parameter alpha.": tensor(1.5, 5.15),
        "α is 0.01 here. Use the parameter alpha.": tensor(1.95, 5.015),
        "α is there twice. Step by α g.": tensor(1.8, 5.06),
        "The gradient is stepped along twice. Step by α g alone: grad is in it.": tensor(0.6, 5.9),
        "μ multiplies θ. It belongs to g alone.": tensor(0.5, 4.05),
        "Only the step is returned. Subtract it from theta.": tensor(1, -0.3),
        "Only the step is returned, with its minus sign. Add theta to it.": tensor(-1, 0.3),
        "The old theta is returned. Return the new one.": tensor(2, 5),
        "The last entry is left out. Work on whole tensors, or let the loop reach range(len(theta)).": tensor(1, 5),
    }
    expect.close(theta, tensor(1, 5.3), what="`theta`", given=given, likely=likely, rtol=1e-6)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
def test_keeps_dtype(student, dtype):
    """The results have the dtype of theta and carry no autograd graph."""
    theta, grad, g = (tensor(*pair).to(dtype) for pair in ((1, 2), (3, -1), (0.5, 4)))
    results = expect.parts(student.momentum_step(theta, grad, g, 0.1, 0.9), "theta", "g")
    for name, result in zip(("theta", "g"), results, strict=True):
        expect.like(result, theta, what=name)


def test_first_step(student):
    """From g = 0 the first step is a step of gradient descent, and the new g is the gradient."""
    grad, zeros = tensor(5, -3), tensor(0, 0)
    given = {"theta": tensor(1, 2), "grad": grad, "g": zeros, "alpha": 0.1, "mu": 0.75}
    theta, g = expect.parts(student.momentum_step(**given), "theta", "g")
    expect.close(g, grad, what="`g`", given=given)
    expect.close(theta, tensor(0.5, 2.3), what="`theta`", given=given)


def test_zero_gradient_coasts(student):
    """With a gradient of zero θ coasts on along μ g."""
    given = {"theta": tensor(1), "grad": tensor(0), "g": tensor(4), "alpha": 0.5, "mu": 0.75}
    theta, g = expect.parts(student.momentum_step(**given), "theta", "g")
    expect.close(g, tensor(3), what="`g`", given=given)
    expect.close(theta, tensor(-0.5), what="`theta`", given=given)


@pytest.mark.parametrize("flip, limit", [(1, "1 − μ"), (-1, "1 + μ")], ids=["constant", "alternating"])
def test_adds_up_or_cancels(student, flip, limit):
    """A gradient c that stays adds up to c/(1 − μ); one that flips at every step cancels to a size of c/(1 + μ)."""
    theta, g, grad, mu = tensor(0), tensor(0), tensor(3), 0.5
    for _ in range(41):
        theta, g = expect.parts(student.momentum_step(theta, grad, g, 0.1, mu), "theta", "g")
        grad = flip * grad
    given = {"gradients": "3, 3, 3, …" if flip > 0 else "3, -3, 3, …", "mu": mu}
    expect.close(g, tensor(3 / (1 - flip * mu)), what="`g` after 41 steps", given=given)


@pytest.mark.parametrize("shape", [(), (3,), (2, 5)])
def test_like_torch(student, rng, shape):
    """Twenty steps on any shape follow torch.optim.SGD with momentum."""
    theta = torch.tensor(rng.normal(size=shape))
    twin = theta.clone().requires_grad_()
    optimizer = torch.optim.SGD([twin], lr=0.05, momentum=0.8)
    g = torch.zeros_like(theta)
    for k in range(1, 21):
        grad = torch.tensor(rng.normal(size=shape))
        theta, g = expect.parts(student.momentum_step(theta, grad, g, 0.05, 0.8), "theta", "g")
        twin.grad = grad.clone()
        optimizer.step()
        expect.close(theta, twin.detach(), what=f"`theta` after step {k}")


def test_arguments_unchanged(student):
    """The caller's tensors are left as they were."""
    given = {"theta": tensor(1, 2), "grad": tensor(3, -1), "g": tensor(0.5, 4), "alpha": 0.1, "mu": 0.9}
    expect.unchanged(student, "momentum_step", given)
