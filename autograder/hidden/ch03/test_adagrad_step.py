"""Hidden suite of adagrad_step."""

import pytest
import torch

from glassbox.testing import expect

# The first optimizer of a process loads for seconds: here, before any time limit runs.
torch.optim.SGD([torch.zeros(1)], lr=0.1)


def step_by_formula(theta, grad, s, alpha, eps):
    """The two formulas of the exercise."""
    s = s + grad * grad
    return theta - alpha * grad / (s**0.5 + eps), s


@pytest.mark.weight(2)
def test_sum(student, draw):
    """The new s is the old one plus the squared gradient, element by element."""
    grad, s = draw(4), draw(4) ** 2
    _, new_s = expect.parts(student.adagrad_step(draw(4), grad, s, 0.3, 0.05), "theta", "s")
    expect.close(new_s, s + grad**2, what="`s`")


@pytest.mark.weight(2)
def test_step(student, draw):
    """θ moves by α times the gradient over √s + ε, with the new s."""
    arguments = (draw(4), draw(4), draw(4) ** 2, 0.3, 0.05)
    new, _ = expect.parts(student.adagrad_step(*arguments), "theta", "s")
    expect.close(new, step_by_formula(*arguments)[0], what="`theta`")


def test_small_gradient(student, draw):
    """A gradient far below ε takes a small step: ε is added to the root."""
    grad, s = draw(3) * 1e-6, draw(3) ** 2 * 1e-12
    new, _ = expect.parts(student.adagrad_step(torch.zeros_like(grad), grad, s, 1.0, eps=1e-4), "theta", "s")
    expected, _ = step_by_formula(0.0, grad, s, 1.0, 1e-4)
    expect.close(new, expected, what="`theta`", rtol=1e-7)


def test_default_epsilon(student, draw):
    """Where no ε is given it is 1e-10."""
    grad = draw(5) * 1e-10
    zeros = torch.zeros_like(grad)
    new, _ = expect.parts(student.adagrad_step(zeros, grad, zeros, 1.0), "theta", "s")
    expected, _ = step_by_formula(zeros, grad, zeros, 1.0, 1e-10)
    expect.close(new, expected, what="`theta`", rtol=1e-7)


def test_zero_gradient(student, draw):
    """A coordinate that has had no gradient yet stays where it is."""
    theta, grad = draw(3), draw(3)
    grad[1] = 0
    zeros = torch.zeros_like(grad)
    new, s = expect.parts(student.adagrad_step(theta, grad, zeros, 0.2), "theta", "s")
    expect.close(s, grad**2, what="`s`")
    expect.close(new[1], theta[1], what="the entry of `theta` without a gradient")
    expect.close(new, step_by_formula(theta, grad, zeros, 0.2, 1e-10)[0], what="`theta`")


@pytest.mark.parametrize("shape", [(), (1,), (2, 3, 4), (0,)])
def test_any_shape(student, draw, shape):
    """A tensor of any shape is stepped element by element: one number, one element, three axes, none at all."""
    arguments = (draw(*shape), draw(*shape), draw(*shape) ** 2, 0.3, 1e-3)
    new, new_s = expect.parts(student.adagrad_step(*arguments), "theta", "s")
    theta, s = step_by_formula(*arguments)
    expect.close(new_s, s, what="`s`")
    expect.close(new, theta, what="`theta`")


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_keeps_dtype(student, draw, dtype):
    """The results have the dtype and device of theta and carry no autograd graph."""
    theta, grad, s = draw(3).to(dtype), draw(3).to(dtype), draw(3).to(dtype) ** 2
    for result in expect.parts(student.adagrad_step(theta, grad, s, 0.1), "theta", "s"):
        expect.like(result, theta)


def test_arguments_unchanged(student, draw):
    """The caller's tensors are left as they were."""
    given = {"theta": draw(3), "grad": draw(3), "s": draw(3) ** 2, "alpha": 0.1}
    expect.unchanged(student, "adagrad_step", given)


@pytest.mark.weight(3)
def test_two_hundred_steps_follow_torch(student, draw):
    """Two hundred steps follow torch.optim.Adagrad, s handed on from step to step."""
    theta = draw(7)
    twin = theta.clone().requires_grad_()
    optimizer = torch.optim.Adagrad([twin], lr=0.3)
    s = torch.zeros_like(theta)
    for _ in range(200):
        grad = draw(7) * 10.0 ** draw(7)
        theta, s = expect.parts(student.adagrad_step(theta, grad, s, 0.3), "theta", "s")
        twin.grad = grad.clone()
        optimizer.step()
    expect.close(theta, twin.detach(), what="`theta` after 200 steps", rtol=1e-8)
