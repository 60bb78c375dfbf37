"""Wrong and right answers to newton_step."""

import numpy as np
import torch

from autograder.bugs import right, wrong


@wrong("The Hessian is inverted. The system is to be solved: torch.linalg.solve loses far fewer digits.")
def inverts(theta, grad, hessian, alpha=1.0):
    return theta - alpha * torch.linalg.inv(hessian) @ grad


@wrong("A pseudo-inverse answers a singular Hessian in silence. Solve, and let the error of the solver through.")
def pseudo_inverse(theta, grad, hessian, alpha=1.0):
    return theta - alpha * torch.linalg.pinv(hessian) @ grad


@wrong("Least squares answers a singular Hessian in silence. Solve, and let the error of the solver through.")
def least_squares(theta, grad, hessian, alpha=1.0):
    return theta - alpha * torch.linalg.lstsq(hessian, grad[:, None]).solution[:, 0]


@wrong("The error of the solver is caught. A singular Hessian has no Newton step: let the error through.")
def swallows_the_error(theta, grad, hessian, alpha=1.0):
    try:
        return theta - alpha * torch.linalg.solve(hessian, grad)
    except torch.linalg.LinAlgError:
        return theta - alpha * grad


@wrong("Only the diagonal of the Hessian is used. The parameters are coupled: solve with the whole matrix.")
def diagonal_only(theta, grad, hessian, alpha=1.0):
    return theta - alpha * grad / hessian.diagonal()


@wrong("The gradient is divided by the Hessian element by element, which makes a matrix. Solve the linear system.")
def divides_by_elements(theta, grad, hessian, alpha=1.0):
    return theta - alpha * grad / hessian


@wrong("The gradient is multiplied by the Hessian. Newton solves: the Hessian times the step is the gradient.")
def multiplies(theta, grad, hessian, alpha=1.0):
    return theta - alpha * hessian @ grad


@wrong("The solution has shape (d, 1), so theta − δ spreads over a matrix. Solve for a vector of shape (d,).")
def keeps_a_column(theta, grad, hessian, alpha=1.0):
    return theta - alpha * torch.linalg.solve(hessian, grad.unsqueeze(1))


@wrong("The step goes uphill. Subtract it from θ.")
def uphill(theta, grad, hessian, alpha=1.0):
    return theta + alpha * torch.linalg.solve(hessian, grad)


@wrong("The learning rate is missing: the step is α times the solution.")
def no_rate(theta, grad, hessian, alpha=1.0):
    return theta - torch.linalg.solve(hessian, grad)


@wrong("The rate is inside the system, so it divides the step. Multiply the solution by α.")
def rate_inside_the_system(theta, grad, hessian, alpha=1.0):
    return theta - torch.linalg.solve(alpha * hessian, grad)


@wrong("Only the step comes back. Return the new point, θ minus the step.")
def returns_the_step(theta, grad, hessian, alpha=1.0):
    return -alpha * torch.linalg.solve(hessian, grad)


@wrong("A small multiple of the identity is added to the Hessian. Solve with the Hessian as it is.")
def damped(theta, grad, hessian, alpha=1.0):
    shifted = hessian + 1e-6 * torch.eye(len(theta), dtype=theta.dtype, device=theta.device)
    return theta - alpha * torch.linalg.solve(shifted, grad)


@wrong("Cholesky needs a Hessian with positive eigenvalues only. At a saddle it fails: use a general solver.")
def cholesky(theta, grad, hessian, alpha=1.0):
    return theta - alpha * torch.cholesky_solve(grad[:, None], torch.linalg.cholesky(hessian))[:, 0]


@wrong("θ is changed in place (-=, sub_): the caller's tensor changes as well. Return a new one.")
def writes_into_theta(theta, grad, hessian, alpha=1.0):
    theta -= alpha * torch.linalg.solve(hessian, grad)
    return theta


@wrong("Everything is turned into float32. Keep the dtype of theta.")
def in_float32(theta, grad, hessian, alpha=1.0):
    theta, grad, hessian = theta.float(), grad.float(), hessian.float()
    return theta - alpha * torch.linalg.solve(hessian, grad)


@wrong("Everything is turned into float64. Keep the dtype of theta.")
def in_float64(theta, grad, hessian, alpha=1.0):
    theta, grad, hessian = theta.double(), grad.double(), hessian.double()
    return theta - alpha * torch.linalg.solve(hessian, grad)


@wrong("The result carries an autograd graph. Return a plain tensor, no Parameter, and leave requires_grad_ out.")
def returns_a_parameter(theta, grad, hessian, alpha=1.0):
    return torch.nn.Parameter(theta) - alpha * torch.linalg.solve(hessian, grad)


@wrong("Autograd is switched on in the caller's theta. Leave requires_grad_ out.")
def switches_autograd_on(theta, grad, hessian, alpha=1.0):
    theta.requires_grad_()
    return theta.detach() - alpha * torch.linalg.solve(hessian, grad)


@wrong("The default of α is 1. Restore the first line of the exercise cell.")
def other_alpha(theta, grad, hessian, alpha=0.1):
    return theta - alpha * torch.linalg.solve(hessian, grad)


@wrong("α multiplies theta too. The new point is θ − α δ.")
def rate_on_theta(theta, grad, hessian, alpha=1.0):
    return alpha * (theta - torch.linalg.solve(hessian, grad))


@wrong("The eigenvalues of the Hessian lose their sign. Solve with the Hessian as it is.")
def saddle_free(theta, grad, hessian, alpha=1.0):
    values, basis = torch.linalg.eigh(hessian)
    return theta - alpha * basis @ ((basis.T @ grad) / values.abs())


@right("an LU factorization, then two triangular solves")
def lu(theta, grad, hessian, alpha=1.0):
    factors, pivots = torch.linalg.lu_factor(hessian)
    return theta - alpha * torch.linalg.lu_solve(factors, pivots, grad.unsqueeze(-1)).squeeze(-1)


@right("numpy's solver, and its error")
def with_numpy(theta, grad, hessian, alpha=1.0):
    delta = np.linalg.solve(hessian.cpu().numpy(), grad.cpu().numpy())
    return theta - alpha * torch.as_tensor(delta, dtype=theta.dtype, device=theta.device)


@right("least squares, after a look at the rank")
def least_squares_of_full_rank(theta, grad, hessian, alpha=1.0):
    if torch.linalg.matrix_rank(hessian) < len(theta):
        raise torch.linalg.LinAlgError("singular")
    return theta - alpha * torch.linalg.lstsq(hessian, grad[:, None]).solution[:, 0]


@right("Cholesky where it works, LU elsewhere")
def cholesky_or_lu(theta, grad, hessian, alpha=1.0):
    factor, info = torch.linalg.cholesky_ex(hessian)
    if info == 0:
        return theta - alpha * torch.cholesky_solve(grad[:, None], factor)[:, 0]
    return theta - torch.linalg.solve(hessian, alpha * grad)
