"""Public suite of newton_step."""

import numpy as np
import pytest
import torch

from glassbox.testing import expect
from glassbox.testing.tensors import tensor

SOLVER_ERRORS = (RuntimeError, np.linalg.LinAlgError)  # torch.linalg.LinAlgError is a RuntimeError


@pytest.mark.weight(2)
def test_two_parameters(student):
    """With two coupled parameters the system is solved: 2δ₁ + δ₂ = 4 and δ₁ + 3δ₂ = 7 give δ = (1, 2)."""
    given = {"theta": tensor(5, 4), "grad": tensor(4, 7), "hessian": tensor([2, 1], [1, 3]), "alpha": 0.5}
    likely = {
        "The step goes uphill: subtract it.": tensor(5.5, 5),
        "The gradient is multiplied by the Hessian. Solve hessian · δ = grad for δ instead.": tensor(-2.5, -8.5),
        "The learning rate is missing: the step is α δ.": tensor(4, 2),
        "The rate divides the step. Multiply δ by α.": tensor(3, 0),
        "α multiplies theta too. The new point is theta − α δ.": tensor(2, 1),
        "The Hessian is not used: this is gradient descent. Solve hessian · δ = grad, and step by α δ.": tensor(3, 0.5),
        "The system is solved for theta. Its right-hand side is the gradient: hessian · δ = grad.": tensor(3.9, 3.7),
        "Only the diagonal of the Hessian is used. Solve with the whole matrix: hessian · δ = grad.": tensor(
            4, 2.833333
        ),
        "The gradient is divided by the determinant. Solve the system hessian · δ = grad.": tensor(4.6, 3.3),
        "The gradient is divided by the size of the Hessian. Solve the system hessian · δ = grad.": tensor(
            4.483602, 3.096304
        ),
        "The rate is there twice, or the Hessian is, as in hessian + hessian.T. The step is α δ.": tensor(4.75, 3.5),
        "The division is element by element. A system is to be solved: hessian · δ = grad.": tensor(
            [4, 0.5], [3, 2.833333]
        ),
        "δ has shape (d, 1), so theta − δ spreads over a matrix. Make δ a vector of shape (d,).": tensor(
            [4.5, 3.5], [4, 3]
        ),
        "The Hessian is inverted element by element. A system is to be solved: hessian · δ = grad.": tensor(
            0.5, 0.8333333
        ),
        "The step is made more than once. One call is one step.": tensor(0.0, -6),
        "Only the step is returned. Subtract it from theta.": tensor(0.5, 1),
        "Only the step is returned, with its minus sign. Add theta to it.": tensor(-0.5, -1),
        "α is 0.1 here. Use the parameter alpha.": tensor(4.9, 3.8),
        "The sign of theta is lost: theta comes first, and the step is subtracted.": tensor(-4.5, -3),
    }
    theta = student.newton_step(**given)
    expect.close(theta, tensor(4.5, 3), what="the new theta", given=given, likely=likely, rtol=1e-5)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
def test_keeps_dtype(student, dtype):
    """The result has the dtype of theta and carries no autograd graph."""
    theta, grad, hessian = (tensor(*part).to(dtype) for part in ((5, 4), (4, 7), ([2, 1], [1, 3])))
    expect.like(student.newton_step(theta, grad, hessian, 0.5), theta, what="the new theta")


def test_default_rate(student):
    """Left out, α is 1."""
    given = {"theta": tensor(5, 4), "grad": tensor(4, 7), "hessian": tensor([2, 1], [1, 3])}
    theta = student.newton_step(**given)
    likely = {"Restore the first line of the exercise cell: alpha: float = 1.0.": theta}
    expect.close(theta, tensor(4, 2), what="the new theta", given=given, likely=likely, rtol=1e-5)


def test_one_parameter(student):
    """With one parameter the gradient is divided by the curvature: θ = 7, gradient 10, curvature 5, α = ½."""
    given = {"theta": tensor(7), "grad": tensor(10), "hessian": tensor([5]), "alpha": 0.5}
    likely = {"A matrix comes out. Divide by no matrix, and make δ a vector of shape (d,).": tensor([6])}
    theta = student.newton_step(**given)
    expect.close(theta, tensor(6), what="the new theta", given=given, likely=likely, rtol=1e-5)


@pytest.mark.parametrize(
    "hessian", [[[2.0, 0, 0], [0, 3, 1], [0, 1, 1]], [[1.0, 2, 0], [2, 1, 0], [0, 0, -4]]], ids=["minimum", "saddle"]
)
def test_quadratic_in_one_step(student, rng, hessian):
    """On a quadratic one full step lands on the critical point from any start, whether minimum or saddle."""
    H, critical, start = tensor(*hessian), tensor(1, -2, 3), torch.tensor(rng.normal(size=3))
    given = {"theta": start, "grad": H @ (start - critical), "hessian": H}
    theta = student.newton_step(**given)
    likely = {
        "The Hessian is changed before the system is solved, as by abs(). Solve with the Hessian as it is.": theta
    }
    expect.close(theta, critical, what="the new theta", given=given, likely=likely, rtol=1e-5)


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
        cause="Invert no matrix, add nothing to it, keep its dtype: torch.linalg.solve(hessian, grad) gives δ.",
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
