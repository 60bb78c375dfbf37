"""Hidden suite of rmsprop_step."""

import pytest
import torch

from glassbox.testing import expect

# The first optimizer of a process loads for seconds: here, before any time limit runs.
torch.optim.SGD([torch.zeros(1)], lr=0.1)


def step_by_formula(theta, grad, s, alpha, beta, eps):
    """The two formulas of the exercise."""
    s = beta * s + (1 - beta) * grad * grad
    return theta - alpha * grad / (s**0.5 + eps), s


@pytest.mark.weight(2)
def test_average(student, draw):
    """The new s is the running average of the squared gradient, plain."""
    theta, grad, s = draw(4), draw(4), draw(4) ** 2
    _, new_s = expect.parts(student.rmsprop_step(theta, grad, s, 0.3, 0.65, 0.05), "theta", "s")
    expect.close(new_s, 0.65 * s + 0.35 * grad**2, what="`s`")


@pytest.mark.weight(2)
def test_step(student, draw):
    """θ moves by α times the gradient over √s + ε, with the new s."""
    arguments = (draw(4), draw(4), draw(4) ** 2, 0.3, 0.65, 0.05)
    new, _ = expect.parts(student.rmsprop_step(*arguments), "theta", "s")
    expect.close(new, step_by_formula(*arguments)[0], what="`theta`")


def test_small_gradient(student, draw):
    """A gradient far below ε takes a small step: ε is added to the root."""
    grad, s = draw(3) * 1e-6, draw(3) ** 2 * 1e-12
    new, _ = expect.parts(student.rmsprop_step(torch.zeros_like(grad), grad, s, 1.0, 0.5, eps=1e-4), "theta", "s")
    expected, _ = step_by_formula(0.0, grad, s, 1.0, 0.5, 1e-4)
    expect.close(new, expected, what="`theta`", rtol=1e-7)


def test_default_epsilon(student, draw):
    """Where no ε is given it is 1e-8."""
    grad = draw(5) * 1e-8
    zeros = torch.zeros_like(grad)
    new, _ = expect.parts(student.rmsprop_step(zeros, grad, zeros, 1.0, 0.9), "theta", "s")
    expected, _ = step_by_formula(zeros, grad, zeros, 1.0, 0.9, 1e-8)
    expect.close(new, expected, what="`theta`", rtol=1e-7)


def test_zero_gradient(student, draw):
    """A coordinate with zero gradient and zero s stays where it is."""
    theta, grad = draw(3), draw(3)
    grad[1] = 0
    zeros = torch.zeros_like(grad)
    new, s = expect.parts(student.rmsprop_step(theta, grad, zeros, 0.2, 0.9), "theta", "s")
    expect.close(s, 0.1 * grad**2, what="`s`")
    expect.close(new[1], theta[1], what="the entry of `theta` without a gradient")
    expect.close(new, step_by_formula(theta, grad, zeros, 0.2, 0.9, 1e-8)[0], what="`theta`")


@pytest.mark.parametrize("shape", [(), (1,), (2, 3, 4), (0,)])
def test_any_shape(student, draw, shape):
    """A tensor of any shape is stepped element by element: one number, one element, three axes, none at all."""
    arguments = (draw(*shape), draw(*shape), draw(*shape) ** 2, 0.3, 0.9, 1e-3)
    new, new_s = expect.parts(student.rmsprop_step(*arguments), "theta", "s")
    theta, s = step_by_formula(*arguments)
    expect.close(new_s, s, what="`s`")
    expect.close(new, theta, what="`theta`")


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_keeps_dtype(student, draw, dtype):
    """The results have the dtype and device of theta and carry no autograd graph."""
    theta, grad, s = draw(3).to(dtype), draw(3).to(dtype), draw(3).to(dtype) ** 2
    for result in expect.parts(student.rmsprop_step(theta, grad, s, 0.1, 0.9), "theta", "s"):
        expect.like(result, theta)


def test_arguments_unchanged(student, draw):
    """The caller's tensors are left as they were."""
    given = {"theta": draw(3), "grad": draw(3), "s": draw(3) ** 2, "alpha": 0.1, "beta": 0.9}
    expect.unchanged(student, "rmsprop_step", given)


@pytest.mark.weight(3)
def test_two_hundred_steps_follow_torch(student, draw):
    """Two hundred steps follow torch.optim.RMSprop, s handed on from step to step."""
    theta = draw(7)
    twin = theta.clone().requires_grad_()
    optimizer = torch.optim.RMSprop([twin], lr=0.03, alpha=0.85)
    s = torch.zeros_like(theta)
    for _ in range(200):
        grad = draw(7) * 10.0 ** draw(7)
        theta, s = expect.parts(student.rmsprop_step(theta, grad, s, 0.03, 0.85), "theta", "s")
        twin.grad = grad.clone()
        optimizer.step()
    expect.close(theta, twin.detach(), what="`theta` after 200 steps", rtol=1e-8)
