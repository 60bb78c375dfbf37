"""Hidden suite of adam_step."""

import pytest
import torch

from glassbox.testing import expect

# The first optimizer of a process loads for seconds: here, before any time limit runs.
torch.optim.Adam([torch.zeros(1)])


def moments(draw, *shape):
    """Running averages as they might stand after some steps: m of either sign, v positive."""
    return draw(*shape), draw(*shape) ** 2 + 0.1


@pytest.mark.weight(2)
def test_one_step_from_given_moments(student, reference, draw):
    """One step from given moments, with settings of its own, gives the right θ."""
    m, v = moments(draw, 4)
    arguments = (draw(4), draw(4), m, v, 5, 0.3, 0.35, 0.4, 0.05)
    mine = expect.parts(student.adam_step(*arguments), "theta", "m", "v")
    expect.close(mine[0], reference.adam_step(*arguments)[0], what="theta")


@pytest.mark.weight(2)
def test_moments_are_running_averages(student, draw):
    """m and v come back as plain running averages, not corrected."""
    m, v = moments(draw, 3)
    grad = draw(3)
    _, new_m, new_v = expect.parts(student.adam_step(draw(3), grad, m, v, 2, 0.1, 0.9, 0.6, 1e-8), "theta", "m", "v")
    expect.close(new_m, 0.9 * m + 0.1 * grad, what="m")
    expect.close(new_v, 0.6 * v + 0.4 * grad**2, what="v")


@pytest.mark.parametrize("shape", [(), (1,), (2, 3, 4), (0,)])
def test_any_shape(student, reference, draw, shape):
    """A tensor of any shape is stepped element by element: one number, one element, three axes, none at all."""
    m, v = moments(draw, *shape)
    arguments = (draw(*shape), draw(*shape), m, v, 4)
    mine = expect.parts(student.adam_step(*arguments), "theta", "m", "v")
    for name, yours, expected in zip(("theta", "m", "v"), mine, reference.adam_step(*arguments), strict=True):
        expect.close(yours, expected, what=name)


def test_epsilon(student, draw):
    """ε is added to the root, so a gradient far below ε takes a small step."""
    grad = draw(3) * 1e-6
    zeros = torch.zeros_like(grad)
    new, _, _ = expect.parts(student.adam_step(zeros, grad, zeros, zeros, 1, alpha=1.0, eps=1e-4), "theta", "m", "v")
    expect.close(new, -grad / (grad.abs() + 1e-4), what="theta", rtol=1e-7)


def test_zero_gradient(student, draw):
    """A gradient of zero from the start leaves θ where it is."""
    theta = draw(3)
    zeros = torch.zeros_like(theta)
    new, _, _ = expect.parts(student.adam_step(theta, zeros, zeros, zeros, 1), "theta", "m", "v")
    expect.close(new, theta, what="theta")


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_keeps_dtype(student, draw, dtype):
    """The results have the dtype and device of theta and carry no autograd graph."""
    theta, grad = draw(3).to(dtype), draw(3).to(dtype)
    zeros = torch.zeros_like(theta)
    for result in expect.parts(student.adam_step(theta, grad, zeros, zeros, 1), "theta", "m", "v"):
        expect.like(result, theta)


def test_arguments_unchanged(student, draw):
    """The caller's tensors are left as they were."""
    m, v = moments(draw, 3)
    given = {"theta": draw(3), "grad": draw(3), "m": m, "v": v, "k": 2}
    expect.unchanged(student, "adam_step", given)


@pytest.mark.weight(3)
def test_thousand_steps_follow_torch(student, draw):
    """A thousand steps with the default settings follow torch.optim.Adam."""
    theta = draw(7)
    twin = theta.clone().requires_grad_()
    optimizer = torch.optim.Adam([twin])
    m, v = torch.zeros_like(theta), torch.zeros_like(theta)
    for k in range(1, 1001):
        grad = draw(7) * 10.0 ** draw(7)
        theta, m, v = expect.parts(student.adam_step(theta, grad, m, v, k), "theta", "m", "v")
        twin.grad = grad.clone()
        optimizer.step()
    expect.close(theta, twin.detach(), what="theta after 1000 steps", rtol=1e-8)
