"""Public suite of newton_step."""

import numpy as np
import pytest
import torch

from glassbox.testing import expect

SOLVER_ERRORS = (RuntimeError, np.linalg.LinAlgError)  # torch.linalg.LinAlgError is a RuntimeError


def tensor(*values):
    return torch.tensor(values, dtype=torch.float64)


@pytest.mark.weight(2)
def test_one_parameter(student):
    """With one parameter the gradient is divided by the curvature: θ = 7, gradient 10, curvature 5, α = ½."""
    given = {"theta": tensor(7), "grad": tensor(10), "hessian": tensor([5]), "alpha": 0.5}
    likely = {
        "The step goes uphill: subtract it.": tensor(8),
        "The gradient is multiplied by the Hessian. Solve hessian · δ = grad for δ instead.": tensor(-18),
        "The learning rate is missing: the step is α δ.": tensor(5),
        "The rate divides the step. Multiply δ by α.": tensor(3),
        "The Hessian is not used: this is gradient descent. Solve hessian · δ = grad, and step by α δ.": tensor(2),
        "The system is solved for theta. Its right-hand side is the gradient: hessian · δ = grad.": tensor(6.3),
        "A matrix comes out. Divide by no matrix, and make δ a vector of shape (d,), not a column.": tensor([6]),
        "Only the step is returned. Subtract it from theta.": tensor(1),
        "Only the step is returned. Add theta to it.": tensor(-1),
    }
    theta = student.newton_step(**given)
    expect.close(theta, tensor(6), what="the new theta", given=given, likely=likely, rtol=1e-5)


@pytest.mark.weight(2)
def test_two_parameters(student):
    """With two coupled parameters the system is solved: 2δ₁ + δ₂ = 4 and δ₁ + 3δ₂ = 7 give δ = (1, 2)."""
    given = {"theta": tensor(5, 4), "grad": tensor(4, 7), "hessian": tensor([2, 1], [1, 3])}
    likely = {
        "Only the diagonal of the Hessian is used. Solve with the whole matrix: hessian · δ = grad.": tensor(3, 5 / 3),
        "The division is element by element. A system is to be solved: hessian · δ = grad.": tensor(
            [3, -3], [1, 5 / 3]
        ),
        "The Hessian is inverted element by element. A system is to be solved: hessian · δ = grad.": tensor(-4, -7 / 3),
        "δ has shape (d, 1), so theta − δ spreads over a matrix. Make δ a vector of shape (d,).": tensor(
            [4, 3], [3, 2]
        ),
        "The gradient is multiplied by the Hessian. Solve hessian · δ = grad for δ instead.": tensor(-10, -21),
        "The step goes uphill: subtract it.": tensor(6, 6),
        "The Hessian is not used. Solve hessian · δ = grad, and step by α δ.": tensor(1, -3),
        "Only the step is returned. Subtract it from theta.": tensor(1, 2),
    }
    theta = student.newton_step(**given)
    shown = given | {"alpha": "left out, so 1"}
    expect.close(theta, tensor(4, 2), what="the new theta", given=shown, likely=likely, rtol=1e-5)


@pytest.mark.parametrize(
    "hessian", [[[2.0, 0, 0], [0, 3, 1], [0, 1, 1]], [[1.0, 2, 0], [2, 1, 0], [0, 0, -4]]], ids=["minimum", "saddle"]
)
def test_quadratic_in_one_step(student, rng, hessian):
    """On a quadratic one full step lands on the critical point from any start, whether minimum or saddle."""
    H, critical, start = tensor(*hessian), tensor(1, -2, 3), torch.tensor(rng.normal(size=3))
    given = {"theta": start, "grad": H @ (start - critical), "hessian": H}
    expect.close(student.newton_step(**given), critical, what="the new theta", given=given, rtol=1e-5)


def test_no_gradient_no_step(student):
    """Where the gradient is zero θ stays."""
    given = {"theta": tensor(1, -2), "grad": tensor(0, 0), "hessian": tensor([2, 1], [1, 3])}
    expect.close(student.newton_step(**given), tensor(1, -2), what="the new theta", given=given)


def test_solves_and_does_not_invert(student):
    """The step solves the system to rounding error, also for a Hessian that is nearly singular."""
    i = torch.arange(8, dtype=torch.float64)
    hilbert = 1 / (i[:, None] + i + 1)
    grad, zeros = hilbert @ torch.ones_like(i), torch.zeros_like(i)
    delta = -torch.as_tensor(student.newton_step(zeros, grad, hilbert))
    expect.close(delta.shape, grad.shape, what="the shape of δ")
    residual = (hilbert @ delta - grad).norm() / grad.norm()
    expect.that(
        residual < 1e-12,
        f"With δ = theta − new theta, hessian · δ misses grad by a share of {residual:.1e}; rounding leaves 1e-15.",
        given={"hessian": "Hilbert matrix, 1/(i + j + 1), 8 × 8", "grad": grad},
        cause="Invert no matrix and add nothing to it: torch.linalg.solve(hessian, grad) gives δ at once.",
    )


def test_singular_hessian(student):
    """Where the Hessian is singular the error of the solver comes through."""
    singular = tensor([1, 2], [2, 4])
    expect.raises(
        lambda: student.newton_step(tensor(1, 2), tensor(3, 4), singular),
        SOLVER_ERRORS,
        "with the singular Hessian [[1, 2], [2, 4]]",
        cause="No step solves this system. Use torch.linalg.solve, and catch none of its errors.",
    )


def test_arguments_unchanged(student):
    """The caller's tensors are left as they were."""
    given = {"theta": tensor(5, 4), "grad": tensor(4, 7), "hessian": tensor([2, 1], [1, 3]), "alpha": 0.5}
    expect.unchanged(student, "newton_step", given)
