"""Hidden suite of gradient_descent."""

import pytest
import torch

from glassbox.testing import expect

# The first optimizer of a process loads for seconds: here, before any time limit runs.
torch.optim.SGD([torch.zeros(1)], lr=0.1)


def gradient_descent(learner, A, b, theta0, alpha, steps):
    """The path on the loss ½ θᵀA θ − bᵀθ, the points where its gradient was asked for, and theta0 afterwards."""
    asked = []

    def gradient(theta):
        asked.append(theta.detach().clone())
        return A @ theta - b

    path = learner.gradient_descent(gradient, theta0, alpha, steps)
    return path, asked, theta0


def gradient_descent_on_sines(learner, theta0, alpha, steps):
    """The path on the loss −Σ cos θ, whose gradient is sin θ."""
    return learner.gradient_descent(torch.sin, theta0, alpha, steps)


def quadratic(draw, d):
    """A and b of a random convex quadratic, of curvature about 1, and a start."""
    root = draw(d, d)
    return root @ root.T / d, draw(d), draw(d)


@pytest.mark.weight(3)
def test_follows_torch(student, draw):
    """The path, with every point of it, is that of torch.optim.SGD."""
    A, b, start = quadratic(draw, 4)
    path, _, _ = student.run(gradient_descent, A, b, start, 0.07, 11)
    twin = start.clone().requires_grad_()
    optimizer = torch.optim.SGD([twin], lr=0.07)
    rows = [start]
    for _ in range(11):
        twin.grad = A @ rows[-1] - b
        optimizer.step()
        rows.append(twin.detach().clone())
    expect.close(path, torch.stack(rows), what="the path")


@pytest.mark.weight(2)
def test_row_k_is_the_point_after_k_updates(student, draw):
    """Row k of the path is the point after k updates, as the closed form for a quadratic has it."""
    A, _, start = quadratic(draw, 3)
    path, _, _ = student.run(gradient_descent, A, torch.zeros_like(start), start, 0.2, 7)
    shrink = torch.eye(3, dtype=A.dtype, device=A.device) - 0.2 * A
    expected = torch.stack([torch.linalg.matrix_power(shrink, k) @ start for k in range(8)])
    expect.close(path, expected, what="the path")


def test_not_a_quadratic(student, draw):
    """On a loss that is no quadratic each point is the one before it minus α times the gradient there."""
    start = draw(5)
    path = student.run(gradient_descent_on_sines, start, 0.3, 6)
    expect.close(path.shape, (7, 5), what="the shape of the path")
    expect.close(path[0], start, what="the first point")
    expect.close(path[1:], path[:-1] - 0.3 * torch.sin(path[:-1]), what="the path after the start")


def test_reaches_the_minimum(student, draw):
    """Three hundred steps below the limit 2/L end at the minimum of a convex quadratic."""
    A, b, start = quadratic(draw, 3)
    A = A + torch.eye(3, dtype=A.dtype, device=A.device)
    alpha = 1 / torch.linalg.eigvalsh(A).max().item()
    path, _, _ = student.run(gradient_descent, A, b, start, alpha, 300)
    expect.close(path[-1], torch.linalg.solve(A, b), what="the last point", rtol=1e-6)


def test_diverges(student, draw):
    """Beyond α = 2/L the walk grows past the largest float, and still all `steps` + 1 points come back."""
    start = draw(2)
    factor = -5.0 - draw(1).abs().item()
    curvature = torch.eye(2, dtype=start.dtype, device=start.device)
    path, _, _ = student.run(gradient_descent, curvature, torch.zeros_like(start), start, 1 - factor, 500)
    expect.close(path.shape, (501, 2), what="the shape of the path")
    expected = torch.stack([factor**k * start for k in range(100)])
    expect.close(path[:100], expected, what="the beginning of the path", rtol=1e-7)
    expect.that(not path[-1].isfinite().any(), "The last point is finite.")


@pytest.mark.parametrize("steps", [0, 1, 5])
def test_calls_of_the_gradient(student, draw, steps):
    """The gradient is asked for once for each update, at the points in turn, never at the last one."""
    A, b, start = quadratic(draw, 2)
    path, asked, _ = student.run(gradient_descent, A, b, start, 0.1, steps)
    expect.close(path.shape, (steps + 1, 2), what="the shape of the path")
    expect.close(len(asked), steps, what="the number of calls of gradient")
    for point, row in zip(asked, path[:-1], strict=True):
        expect.close(point, row, what="a point given to gradient")


def test_no_steps(student, draw):
    """With no steps the path is the start alone, shape (1, d)."""
    A, b, start = quadratic(draw, 4)
    path, _, _ = student.run(gradient_descent, A, b, start, 0.1, 0)
    expect.close(path, start[None], what="the path")


def test_one_parameter(student, draw):
    """With one parameter the path has shape (steps + 1, 1)."""
    start = draw(1)
    curvature = torch.full((1, 1), 0.8, dtype=start.dtype, device=start.device)
    path, _, _ = student.run(gradient_descent, curvature, torch.zeros_like(start), start, 0.5, 3)
    expect.close(path, torch.stack([0.6**k * start for k in range(4)]), what="the path")


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_keeps_dtype(student, draw, dtype):
    """The path has the dtype and device of theta0 and carries no autograd graph."""
    A, b, start = (part.to(dtype) for part in quadratic(draw, 3))
    path, _, _ = student.run(gradient_descent, A, b, start, 0.1, 2)
    expect.like(path, start, what="the path")


def test_start_unchanged(student, draw):
    """theta0 is left as it was."""
    A, b, start = quadratic(draw, 3)
    _, _, after = student.run(gradient_descent, A, b, start, 0.1, 2)
    expect.that(torch.equal(after, start), "`gradient_descent` changed theta0 in place.")
    expect.that(not after.requires_grad, "`gradient_descent` switched autograd on in theta0.")
