"""Hidden suite of newton_step."""

import numpy as np
import pytest
import torch

from glassbox.testing import expect

SOLVER_ERRORS = (RuntimeError, np.linalg.LinAlgError)  # torch.linalg.LinAlgError is a RuntimeError


def symmetric(draw, eigenvalues):
    """A random symmetric matrix with these eigenvalues."""
    values = torch.tensor(eigenvalues, dtype=torch.float64, device=draw(1).device)
    basis = torch.linalg.qr(draw(len(values), len(values))).Q
    matrix = basis * values @ basis.T
    return (matrix + matrix.T) / 2


@pytest.mark.weight(3)
def test_step(student, draw):
    """The new point is θ − α δ, where the Hessian times δ is the gradient."""
    hessian, delta, theta = symmetric(draw, [0.5, 1, 2, 4, 7]), draw(5), draw(5)
    new = student.newton_step(theta, hessian @ delta, hessian, 0.3)
    expect.close(new, theta - 0.3 * delta, what="the new theta")


@pytest.mark.weight(2)
def test_quadratic_minimum(student, draw):
    """On a quadratic one step, at the default rate of 1, reaches the minimum from any start."""
    hessian, minimum, start = symmetric(draw, [0.1, 1, 30, 100]), draw(4), 10 * draw(4)
    new = student.newton_step(start, hessian @ (start - minimum), hessian)
    expect.close(new, minimum, what="the new theta")


def test_saddle(student, draw):
    """Where the Hessian has eigenvalues of both signs the step leads to the saddle."""
    hessian, saddle, start = symmetric(draw, [-3, -0.5, 2]), draw(3), draw(3)
    new = student.newton_step(start, hessian @ (start - saddle), hessian, 1.0)
    expect.close(new, saddle, what="the new theta")


@pytest.mark.weight(2)
def test_solves_and_does_not_invert(student, draw):
    """The step solves the system to rounding error, also for a Hessian that is nearly singular."""
    i = torch.arange(8, dtype=torch.float64, device=draw(1).device)
    hilbert = 1 / (i[:, None] + i + 1)
    for _ in range(3):
        grad = hilbert @ draw(8)
        delta = -student.newton_step(torch.zeros_like(grad), grad, hilbert, 1.0)
        residual = (hilbert @ delta - grad).norm() / grad.norm()
        expect.that(residual < 1e-12, f"The Hessian times δ misses the gradient by a share of {residual:.1e}.")


def test_logistic_regression(student, draw):
    """On a logistic loss a few steps, with the Hessian made anew for each, bring the gradient to zero."""
    X = draw(30, 3)
    y = (X @ draw(3) + draw(30) > 0).to(X.dtype)
    theta = torch.zeros(3, dtype=X.dtype, device=X.device)
    for _ in range(9):
        p = torch.sigmoid(X @ theta)
        hessian = (X.T * (p * (1 - p))) @ X / len(y) + 0.1 * torch.eye(3, dtype=X.dtype, device=X.device)
        theta = student.newton_step(theta, X.T @ (p - y) / len(y) + 0.1 * theta, hessian)
    grad = X.T @ (torch.sigmoid(X @ theta) - y) / len(y) + 0.1 * theta
    expect.close(grad, torch.zeros_like(grad), what="the gradient after nine steps", atol=1e-10)


def test_one_parameter(student, draw):
    """One parameter, whose Hessian has shape (1, 1), is divided by its curvature."""
    theta, grad, curvature = draw(1), draw(1), draw(1, 1) ** 2 + 0.5
    new = student.newton_step(theta, grad, curvature, 0.7)
    expect.close(new, theta - 0.7 * grad / curvature[0], what="the new theta")


def test_no_gradient_no_step(student, draw):
    """Where the gradient is zero θ stays."""
    theta = draw(4)
    new = student.newton_step(theta, torch.zeros_like(theta), symmetric(draw, [1, 2, 3, -4]), 0.5)
    expect.close(new, theta, what="the new theta")


def test_singular_hessian(student, draw):
    """Where the Hessian is singular the error of the solver comes through."""
    column = torch.tensor([1.0, 2, 0], dtype=torch.float64, device=draw(1).device)
    singular = torch.outer(column, column)
    expect.raises(lambda: student.newton_step(draw(3), draw(3), singular), SOLVER_ERRORS, "with a singular Hessian")


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_keeps_dtype(student, draw, dtype):
    """The result has the dtype and device of θ and carries no autograd graph."""
    theta, grad, hessian = draw(3).to(dtype), draw(3).to(dtype), symmetric(draw, [1, 2, 3]).to(dtype)
    new = student.newton_step(theta, grad, hessian, 0.5)
    expect.like(new, theta)
    expected = theta.double() - 0.5 * torch.linalg.solve(hessian.double(), grad.double())
    expect.close(new, expected, what="the new theta", rtol=1e-4)


def test_arguments_unchanged(student, draw):
    """The caller's tensors are left as they were."""
    given = {"theta": draw(3), "grad": draw(3), "hessian": symmetric(draw, [1, 2, 3]), "alpha": 0.5}
    expect.unchanged(student, "newton_step", given)
