"""Public suite of gradient_descent."""

import pytest
import torch

from glassbox.testing import expect
from glassbox.testing.tensors import tensor

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


def bowl(theta0):
    """A and b of the loss θ₁² + θ₂² + …, whose gradient is 2θ."""
    return 2 * torch.eye(len(theta0), dtype=theta0.dtype), torch.zeros_like(theta0)


@pytest.mark.weight(2)
def test_one_step_by_hand(student):
    """One step from (8, −4, 12) with the gradient 2θ and α = ¼ leads to (4, −2, 6), and the path holds both points."""
    start = tensor(8, -4, 12)
    path, _, _ = student.run(gradient_descent, *bowl(start), start, 0.25, 1)
    given = {"gradient(theta)": "2 * theta", "theta0": start, "alpha": 0.25, "steps": 1}
    end = start / 2
    likely = {
        "The step goes uphill: subtract α times the gradient.": torch.stack([start, 1.5 * start]),
        "The learning rate is missing: the step is α times the gradient.": torch.stack([start, -start]),
        "α is 0.1 here. Use the parameter alpha.": torch.stack([start, 0.8 * start]),
        "α is 0.01 here. Use the parameter alpha.": torch.stack([start, 0.98 * start]),
        "Only the sign of the gradient is used. Subtract α times the gradient as it is.": torch.stack(
            [start, tensor(7.75, -3.75, 11.75)]
        ),
        "The start is there twice. Append the point after the update, not before it.": torch.stack([start, start]),
        "The gradient is divided by its length. Subtract α times the gradient as it is.": torch.stack(
            [start, start - 0.25 * start / start.norm()]
        ),
        "The rows are the steps. Each row is a point: the one before it minus α times the gradient.": torch.stack(
            [start, -end]
        ),
        "Only the last point is returned. Keep every point in a list and stack the list.": end,
        "The start is missing: put theta0 into the list before the loop.": end[None],
        "The path ends too early: after the start come `steps` more points.": start[None],
        "Every row is the same tensor, changed in place. Make a new one: theta = theta - ….": torch.stack([end, end]),
        "The points are columns. Stack them as rows, along dim 0.": torch.stack([start, end], dim=1),
        "There is one update too many: `steps` updates make steps + 1 points.": torch.stack([start, end, end / 2]),
        "The points stand one after the other in one long vector: use torch.stack, not torch.cat.": torch.cat(
            [start, end]
        ),
    }
    if isinstance(path, torch.Tensor) and path.ndim == 2 and len(path) > 4:
        likely["There are far too many updates. Make `steps` of them: for … in range(steps)."] = path
    expect.close(path, torch.stack([start, end]), what="the path", given=given, likely=likely)


@pytest.mark.weight(2)
def test_three_steps_by_hand(student):
    """Three steps halve (8, −4) three times: the path has four rows, the start first."""
    start = tensor(8, -4)
    path, _, _ = student.run(gradient_descent, *bowl(start), start, 0.25, 3)
    given = {"gradient(theta)": "2 * theta", "theta0": start, "alpha": 0.25, "steps": 3}
    rows = [start, start / 2, start / 4, start / 8]
    likely = {
        "The gradient is taken at theta0 every time. Ask for it anew at the present point.": torch.outer(
            tensor(1, 0.5, 0, -0.5), start
        ),
        "Every row is the same tensor, changed in place. Make a new one: theta = theta - ….": torch.stack(rows[3:] * 4),
        "Every step starts at theta0 again. Start it at the point before.": torch.stack([start, *rows[1:2] * 3]),
        "Every step is taken away from theta0. Take it away from the point before.": torch.outer(
            tensor(1, 0.5, 0.75, 0.625), start
        ),
        "A step starts two points back. Start it at the last point.": torch.stack([start, *rows[1:2], *rows[1:3]]),
        "α changes from step to step. Use the same α in each.": torch.outer(tensor(1, 0.5, 0.375, 0.3125), start),
        "α shrinks from step to step. Use the same α in each.": torch.outer(
            tensor(1, 0.5, 0.3232233, 0.2299168), start
        ),
        "The start is missing: put theta0 into the list before the loop.": torch.stack(rows[1:]),
        "One update is missing: after the start come `steps` more points.": torch.stack(rows[:3]),
        "There is one update too many: `steps` updates make steps + 1 points.": torch.stack([*rows, start / 16]),
        "The start is there twice. Append the point after the update, not before it.": torch.stack([start, *rows[:3]]),
        "Only the first and the last point are there. Append inside the loop.": torch.stack([rows[0], rows[3]]),
        "The `return` is inside the loop, which ends after one step. Take it out.": torch.stack(rows[:2]),
    }
    expect.close(path, torch.stack(rows), what="the path", given=given, likely=likely)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
def test_keeps_dtype(student, dtype):
    """The path has the dtype of theta0 and carries no autograd graph."""
    start = tensor(3, -1).to(dtype)
    path, _, _ = student.run(gradient_descent, *bowl(start), start, 0.1, 2)
    expect.like(path, start, what="the path")


def test_no_steps(student):
    """With `steps` = 0 the path is the start alone, shape (1, d), and the gradient is not asked for."""
    start = tensor(3, -1, 2)
    path, asked, _ = student.run(gradient_descent, *bowl(start), start, 0.1, 0)
    given = {"gradient(theta)": "2 * theta", "theta0": start, "alpha": 0.1, "steps": 0}
    expect.close(path, start[None], what="the path", given=given)
    likely = {
        "It is called though no update follows: outside the loop, or in one round too many. "
        "Call it once in each of the `steps` updates.": 1
    }
    expect.close(len(asked), 0, what="the number of calls of gradient", given=given, likely=likely)


def test_stays_at_a_minimum(student):
    """At a minimum the gradient is zero: the walk stays there, and the path still has `steps` + 1 rows."""
    start = tensor(0, 0)
    path, _, _ = student.run(gradient_descent, *bowl(start), start, 0.1, 2)
    given = {"gradient(theta)": "2 * theta", "theta0": start, "alpha": 0.1, "steps": 2}
    likely = {"The walk stops by itself. Make all `steps` updates, also where the gradient is zero.": start[None]}
    expect.close(path, torch.stack([start] * 3), what="the path", given=given, likely=likely)


def test_diverges(student):
    """Beyond α = 2/L the walk grows without end, and still all `steps` + 1 points come back."""
    start = tensor(1, -2)
    given = {"gradient(theta)": "2 * theta", "theta0": start, "alpha": 5.5, "steps": 400}
    path, _, _ = student.run(gradient_descent, *bowl(start), start, 5.5, 400)
    sentence = f"The path has shape {tuple(path.shape)}; (401, 2) is expected."
    cause = "The walk stops by itself. Make all `steps` updates, also where the points grow beyond all bounds."
    expect.that(path.shape == (401, 2), sentence, cause=cause, given=given)
    likely = {
        "The points or the steps are cut off, or α is a number of your own. Use alpha, and cut nothing.": path[:5]
    }
    tenfold = torch.outer(tensor(1, -10, 100, -1000, 10000), start)
    expect.close(path[:5], tenfold, what="the beginning of the path", given=given, likely=likely)
    expect.that(not path[-1].isfinite().any(), "The last point is finite: −10 to the power 400 is not.", cause=cause)


@pytest.mark.parametrize("steps", [2, 5])
def test_calls_of_the_gradient(student, steps):
    """`gradient` is called once for each update, at the points in turn, and never at the last point."""
    start = tensor(3, -1)
    path, asked, _ = student.run(gradient_descent, *bowl(start), start, 0.1, steps)
    given = {"gradient(theta)": "2 * theta", "theta0": start, "alpha": 0.1, "steps": steps}
    likely = {
        "It is called at the last point too. Call it at the start of each update, not after it.": steps + 1,
        "It is called twice for each update. Keep its result in a variable.": 2 * steps,
        "It is called once only. Call it inside the loop, at the present point.": 1,
    }
    expect.close(len(asked), steps, what="the number of calls of gradient", given=given, likely=likely)
    expect.close(torch.stack(asked), path[:-1], what="the list of points given to gradient", given=given)


def test_like_torch(student, rng):
    """Twenty steps on a random quadratic follow torch.optim.SGD."""
    root = torch.tensor(rng.normal(size=(3, 3)))
    A, b, start = root @ root.T, torch.tensor(rng.normal(size=3)), torch.tensor(rng.normal(size=3))
    path, _, _ = student.run(gradient_descent, A, b, start, 0.05, 20)
    twin = start.clone().requires_grad_()
    optimizer = torch.optim.SGD([twin], lr=0.05)
    rows = [start]
    for _ in range(20):
        twin.grad = A @ rows[-1] - b
        optimizer.step()
        rows.append(twin.detach().clone())
    given = {"gradient(theta)": "A @ theta - b", "A": A, "b": b, "theta0": start, "alpha": 0.05, "steps": 20}
    expect.close(path, torch.stack(rows), what="the path", given=given)


def test_start_unchanged(student):
    """theta0 is left as it was."""
    start = tensor(3, -1)
    _, _, after = student.run(gradient_descent, *bowl(start), start, 0.25, 2)
    cause = "Operations such as -= and sub_ write into the caller's tensor; make a new one: theta = theta - …."
    same = torch.equal(after, start)
    expect.that(same, "`gradient_descent` changed theta0 in place.", cause=cause, yours=after, expected=start)
    cause = "No autograd here: the gradient comes from the function `gradient`."
    expect.that(not after.requires_grad, "`gradient_descent` switched autograd on in theta0.", cause=cause)
