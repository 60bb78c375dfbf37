"""Hidden suite of momentum_step."""

import pytest
import torch

from glassbox.testing import expect

# The first optimizer of a process loads for seconds: here, before any time limit runs.
torch.optim.SGD([torch.zeros(1)], lr=0.1)


@pytest.mark.weight(2)
def test_direction(student, draw):
    """The new g is the gradient plus μ times the old g; it knows no learning rate."""
    theta, grad, g = draw(4), draw(4), draw(4)
    _, new_g = expect.parts(student.momentum_step(theta, grad, g, 0.3, 0.7), "theta", "g")
    expect.close(new_g, grad + 0.7 * g, what="`g`")


@pytest.mark.weight(2)
def test_step(student, draw):
    """θ moves by α against the new g."""
    theta, grad, g = draw(4), draw(4), draw(4)
    new, _ = expect.parts(student.momentum_step(theta, grad, g, 0.3, 0.7), "theta", "g")
    expect.close(new, theta - 0.3 * (grad + 0.7 * g), what="`theta`")


def test_without_momentum(student, draw):
    """With μ = 0 the step is one of gradient descent, whatever g was."""
    theta, grad = draw(3), draw(3)
    new, g = expect.parts(student.momentum_step(theta, grad, draw(3), 0.2, 0.0), "theta", "g")
    expect.close(g, grad, what="`g`")
    expect.close(new, theta - 0.2 * grad, what="`theta`")


def test_zero_gradient_coasts(student, draw):
    """With a gradient of zero θ coasts on along μ g."""
    theta, g = draw(3), draw(3)
    new, new_g = expect.parts(student.momentum_step(theta, torch.zeros_like(g), g, 0.2, 0.6), "theta", "g")
    expect.close(new_g, 0.6 * g, what="`g`")
    expect.close(new, theta - 0.12 * g, what="`theta`")


@pytest.mark.parametrize("shape", [(), (1,), (2, 3, 4), (0,)])
def test_any_shape(student, draw, shape):
    """A tensor of any shape is stepped element by element: one number, one element, three axes, none at all."""
    theta, grad, g = draw(*shape), draw(*shape), draw(*shape)
    new, new_g = expect.parts(student.momentum_step(theta, grad, g, 0.3, 0.9), "theta", "g")
    expect.close(new_g, grad + 0.9 * g, what="`g`")
    expect.close(new, theta - 0.3 * (grad + 0.9 * g), what="`theta`")


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_keeps_dtype(student, draw, dtype):
    """The results have the dtype and device of theta and carry no autograd graph."""
    theta, grad, g = (draw(3).to(dtype) for _ in range(3))
    for result in expect.parts(student.momentum_step(theta, grad, g, 0.1, 0.9), "theta", "g"):
        expect.like(result, theta)


def test_arguments_unchanged(student, draw):
    """The caller's tensors are left as they were."""
    given = {"theta": draw(3), "grad": draw(3), "g": draw(3), "alpha": 0.1, "mu": 0.9}
    expect.unchanged(student, "momentum_step", given)


@pytest.mark.weight(3)
def test_two_hundred_steps_follow_torch(student, draw):
    """Two hundred steps follow torch.optim.SGD with momentum, g handed on from step to step."""
    theta = draw(7)
    twin = theta.clone().requires_grad_()
    optimizer = torch.optim.SGD([twin], lr=0.03, momentum=0.85)
    g = torch.zeros_like(theta)
    for _ in range(200):
        grad = draw(7)
        theta, g = expect.parts(student.momentum_step(theta, grad, g, 0.03, 0.85), "theta", "g")
        twin.grad = grad.clone()
        optimizer.step()
    expect.close(theta, twin.detach(), what="`theta` after 200 steps")
