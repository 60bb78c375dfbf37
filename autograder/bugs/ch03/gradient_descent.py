"""Wrong and right answers to gradient_descent."""

from itertools import accumulate

import torch

from autograder.bugs import right, wrong


@wrong("The step goes uphill. Subtract α times the gradient.")
def uphill(gradient, theta0, alpha, steps):
    path = [theta0]
    for _ in range(steps):
        path.append(path[-1] + alpha * gradient(path[-1]))
    return torch.stack(path)


@wrong("The start is missing from the path. Put theta0 into the list before the loop.")
def without_the_start(gradient, theta0, alpha, steps):
    theta, path = theta0, torch.empty(steps, len(theta0), dtype=theta0.dtype, device=theta0.device)
    for k in range(steps):
        theta = theta - alpha * gradient(theta)
        path[k] = theta
    return path


@wrong("One update is missing. After the start come `steps` more points, steps + 1 in all.")
def one_update_too_few(gradient, theta0, alpha, steps):
    path = [theta0]
    for _ in range(1, steps):
        path.append(path[-1] - alpha * gradient(path[-1]))
    return torch.stack(path)


@wrong("There is one update too many. `steps` updates make steps + 1 points.")
def one_update_too_many(gradient, theta0, alpha, steps):
    path = [theta0]
    for _ in range(steps + 1):
        path.append(path[-1] - alpha * gradient(path[-1]))
    return torch.stack(path)


@wrong("Only the last point is returned. Keep every point, the start too, and stack them.")
def last_point_only(gradient, theta0, alpha, steps):
    theta = theta0
    for _ in range(steps):
        theta = theta - alpha * gradient(theta)
    return theta


@wrong("Every row is the same tensor: -= changes the points already in the list. Make a new tensor at each step.")
def same_tensor_in_every_row(gradient, theta0, alpha, steps):
    theta = theta0.clone()
    path = [theta]
    for _ in range(steps):
        theta -= alpha * gradient(theta)
        path.append(theta)
    return torch.stack(path)


@wrong("theta0 is changed in place (-=, sub_): the caller's start moves too. Make a new tensor at each step.")
def writes_into_start(gradient, theta0, alpha, steps):
    path = [theta0.clone()]
    for _ in range(steps):
        theta0 -= alpha * gradient(theta0)
        path.append(theta0.clone())
    return torch.stack(path)


@wrong("The gradient is taken at theta0 once and for all. Ask for it anew at every point.")
def gradient_at_the_start_only(gradient, theta0, alpha, steps):
    path, slope = [theta0], gradient(theta0)
    for _ in range(steps):
        path.append(path[-1] - alpha * slope)
    return torch.stack(path)


@wrong("The gradient is asked for at the last point too, in vain. Call it at the start of each update, not after it.")
def gradient_at_the_last_point(gradient, theta0, alpha, steps):
    path, slope = [theta0], gradient(theta0)
    for _ in range(steps):
        path.append(path[-1] - alpha * slope)
        slope = gradient(path[-1])
    return torch.stack(path)


@wrong("The gradient is asked for twice at each point. Keep the result of one call in a variable.")
def gradient_twice(gradient, theta0, alpha, steps):
    path = [theta0]
    for _ in range(steps):
        if gradient(path[-1]).norm() >= 0:
            path.append(path[-1] - alpha * gradient(path[-1]))
    return torch.stack(path)


@wrong("The walk stops early, at a tolerance of its own. Make all `steps` updates.")
def stops_early(gradient, theta0, alpha, steps):
    path = [theta0]
    for _ in range(steps):
        slope = gradient(path[-1])
        if slope.norm() < 1e-3:
            break
        path.append(path[-1] - alpha * slope)
    return torch.stack(path)


@wrong("The walk stops when it diverges. Make all `steps` updates, also where the points grow beyond all bounds.")
def stops_when_diverging(gradient, theta0, alpha, steps):
    path = [theta0]
    for _ in range(steps):
        new = path[-1] - alpha * gradient(path[-1])
        if new.norm() > 1e6:
            break
        path.append(new)
    return torch.stack(path)


@wrong("The walk stops where a point is no longer finite. Make all `steps` updates.")
def stops_when_not_finite(gradient, theta0, alpha, steps):
    path = [theta0]
    for _ in range(steps):
        new = path[-1] - alpha * gradient(path[-1])
        if not new.isfinite().all():
            break
        path.append(new)
    return torch.stack(path)


@wrong("theta0 is switched to autograd, and so is the path. Leave requires_grad_ out: the gradient is a function.")
def switches_autograd_on(gradient, theta0, alpha, steps):
    path = [theta0.requires_grad_()]
    for _ in range(steps):
        path.append(path[-1] - alpha * gradient(path[-1]))
    return torch.stack(path)


@wrong("The path carries an autograd graph. Leave requires_grad_ out: the gradient is a function.")
def path_with_a_graph(gradient, theta0, alpha, steps):
    path = [theta0.clone().requires_grad_()]
    for _ in range(steps):
        path.append(path[-1] - alpha * gradient(path[-1]))
    return torch.stack(path)


@wrong("α shrinks from step to step. Use the same α in each.")
def rate_shrinks(gradient, theta0, alpha, steps):
    path = [theta0]
    for k in range(steps):
        path.append(path[-1] - alpha / (k + 1) * gradient(path[-1]))
    return torch.stack(path)


@wrong("Every step is taken away from theta0. Take it away from the point before.")
def steps_from_the_start(gradient, theta0, alpha, steps):
    path = [theta0]
    for _ in range(steps):
        path.append(theta0 - alpha * gradient(path[-1]))
    return torch.stack(path)


@wrong("The learning rate is not used. The step is α times the gradient.")
def rate_ignored(gradient, theta0, alpha, steps):
    path = [theta0]
    for _ in range(steps):
        path.append(path[-1] - gradient(path[-1]))
    return torch.stack(path)


@wrong("The gradient is divided by its length. Its length belongs to the step: subtract α times the gradient.")
def normalized(gradient, theta0, alpha, steps):
    path = [theta0]
    for _ in range(steps):
        slope = gradient(path[-1])
        path.append(path[-1] - alpha * slope / slope.norm())
    return torch.stack(path)


@wrong("The points are columns. Stack them as rows: shape (steps + 1, d).")
def points_as_columns(gradient, theta0, alpha, steps):
    path = [theta0]
    for _ in range(steps):
        path.append(path[-1] - alpha * gradient(path[-1]))
    return torch.stack(path, dim=1)


@wrong("A list is returned. Make one tensor of it with torch.stack.")
def returns_a_list(gradient, theta0, alpha, steps):
    path = [theta0]
    for _ in range(steps):
        path.append(path[-1] - alpha * gradient(path[-1]))
    return path


@wrong("The path has torch's default dtype. Make it like theta0: torch.stack does, torch.zeros needs dtype and device.")
def default_dtype(gradient, theta0, alpha, steps):
    theta, path = theta0, torch.zeros(steps + 1, len(theta0), device=theta0.device)
    path[0] = theta
    for k in range(1, steps + 1):
        theta = theta - alpha * gradient(theta)
        path[k] = theta
    return path


@right("fills a tensor made beforehand")
def filled_in(gradient, theta0, alpha, steps):
    path = theta0.new_empty(steps + 1, theta0.numel())
    path[0] = theta0
    for k in range(steps):
        path[k + 1] = path[k] - alpha * gradient(path[k])
    return path


@right("no loop: accumulate")
def accumulated(gradient, theta0, alpha, steps):
    return torch.stack(list(accumulate(range(steps), lambda theta, _: theta - alpha * gradient(theta), initial=theta0)))


@right("changes a tensor in place, but its own, and keeps copies")
def own_tensor_in_place(gradient, theta0, alpha, steps):
    theta = theta0.clone()
    rows = [theta0.unsqueeze(0)]
    for _ in range(steps):
        theta.sub_(gradient(theta), alpha=alpha)
        rows.append(theta.clone().unsqueeze(0))
    return torch.cat(rows)
