"""Public suite of momentum_step."""

import pytest
import torch

from glassbox.testing import expect

# The first optimizer of a process loads for seconds: here, before any time limit runs.
torch.optim.SGD([torch.zeros(1)], lr=0.1)


def tensor(*values):
    return torch.tensor(values, dtype=torch.float64)


@pytest.mark.weight(2)
def test_one_step_by_hand(student):
    """One step agrees with the numbers worked by hand: θ = 1, gradient 2, g = 4, α = 0.1, μ = ¼."""
    given = {"theta": tensor(1), "grad": tensor(2), "g": tensor(4), "alpha": 0.1, "mu": 0.25}
    theta, g = expect.parts(student.momentum_step(**given), "theta", "g")
    likely = {
        "α is inside g. Leave it out of g, which only blends gradients; it comes in once, in the update of θ.": tensor(
            1.2
        ),
        "The gradient is weighted by 1 − μ. It enters g with weight 1.": tensor(2.5),
        "μ multiplies the gradient. It belongs to the old direction: g ← grad + μ g.": tensor(4.5),
        "μ multiplies both terms. The gradient enters g with weight 1: g ← grad + μ g.": tensor(1.5),
        "The old direction is weighted by 1 − μ. Its weight is μ.": tensor(5),
        "The weights μ and 1 − μ make an average. Momentum adds up: g ← grad + μ g.": tensor(3.5),
        "μ is missing: weight the old direction by it.": tensor(6),
        "This is Nesterov's blend. Add the gradient once: g ← grad + μ g.": tensor(2.75),
        "The gradient is subtracted in g. Add it there; the minus sign comes in the update of θ.": tensor(-1),
        "g is the whole step, with α and the minus sign in it. Return the direction: g ← grad + μ g.": tensor(0.8),
        "The old g is returned. Return the new one.": tensor(4),
        "The two results are exchanged: return theta first, then g.": tensor(0.7),
    }
    expect.close(g, tensor(3), what="`g`", given=given, likely=likely)
    likely = {
        "The step goes uphill: subtract α g.": tensor(1.3),
        "θ moves along the old g. Update g first, then step along the new one.": tensor(0.6),
        "θ moves along the gradient alone. Step along g.": tensor(0.8),
        "This is Nesterov's step: grad + μ g with the new g. Step along the new g itself.": tensor(0.725),
        "The learning rate is missing: step by α g.": tensor(-2),
        "μ is applied again in the update of θ. Step by α g.": tensor(0.925),
        "μ multiplies θ. It belongs to g alone.": tensor(-0.05),
        "Only the step is returned. Subtract it from theta.": tensor(-0.3),
        "The sign is lost: the new θ is theta minus α g.": tensor(0.3),
    }
    expect.close(theta, tensor(0.7), what="`theta`", given=given, likely=likely)


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
