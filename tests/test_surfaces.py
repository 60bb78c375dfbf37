"""The five surfaces have the mathematics that their notes claim, and the figures draw any path on them."""

import math

import numpy as np
import pytest
import torch
from matplotlib.figure import Figure

from glassbox import figures
from glassbox.surfaces import SURFACES

EVERY = pytest.mark.parametrize("surface", SURFACES.values(), ids=lambda surface: surface.name)


def point(x, y):
    return torch.tensor([x, y], dtype=torch.float64)


def inside(surface, n=40):
    """Random points of the picture, (n, 2)."""
    low, high = (torch.tensor(ends, dtype=torch.float64) for ends in zip(*surface.limits, strict=True))
    return low + (high - low) * torch.rand(n, 2, generator=torch.Generator().manual_seed(1), dtype=torch.float64)


def test_names():
    assert list(SURFACES) == ["bowl", "ravine", "saddle", "plateau", "two valleys"]


@EVERY
def test_minima(surface):
    for minimum in surface.minima:
        theta = point(*minimum)
        assert surface.gradient(theta).abs().max() < 1e-8
        assert torch.linalg.eigvalsh(surface.hessian(theta)).min() > 0
    lowest = point(*surface.minima[0])
    assert abs(surface.loss(lowest)) < 1e-12
    assert surface.loss(inside(surface)).min() > 0


@EVERY
def test_gradient_and_hessian_agree_with_finite_differences(surface):
    h = 1e-5
    for theta in inside(surface, 10):
        steps = h * torch.eye(2, dtype=torch.float64)
        slopes = torch.stack([(surface.loss(theta + s) - surface.loss(theta - s)) / (2 * h) for s in steps])
        curves = torch.stack([(surface.gradient(theta + s) - surface.gradient(theta - s)) / (2 * h) for s in steps])
        torch.testing.assert_close(surface.gradient(theta), slopes, rtol=1e-6, atol=1e-8)
        torch.testing.assert_close(surface.hessian(theta), curves, rtol=1e-6, atol=1e-8)


@EVERY
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_loss_keeps_shape_and_dtype(surface, dtype):
    loss = surface.loss(torch.rand(3, 5, 2, dtype=dtype))
    assert loss.shape == (3, 5) and loss.dtype == dtype


@EVERY
def test_gradient_leaves_its_argument_alone(surface):
    theta = point(0.3, -0.7).requires_grad_()
    with torch.no_grad():
        gradient = surface.gradient(theta)
    assert theta.grad is None and not gradient.requires_grad


def test_curvatures():
    bowl = torch.linalg.eigvalsh(SURFACES["bowl"].hessian(point(0, 0)))
    ravine = torch.linalg.eigvalsh(SURFACES["ravine"].hessian(point(0, 0)))
    assert bowl.tolist() == [1, 2]
    assert math.isclose(ravine[1] / ravine[0], 90)
    assert SURFACES["ravine"].hessian(point(0, 0))[0, 1].abs() > 1  # the floor follows neither axis


def test_saddle_splits_the_ridge():
    saddle = SURFACES["saddle"]
    assert saddle.gradient(point(0, 0)).abs().max() == 0
    assert torch.linalg.eigvalsh(saddle.hessian(point(0, 0))).sign().tolist() == [-1, 1]

    def descend(theta, steps=300):
        for _ in range(steps):
            theta = theta - 0.1 * saddle.gradient(theta)
        return theta

    torch.testing.assert_close(descend(point(-1.5, 0)), point(0, 0), rtol=0, atol=1e-10)
    torch.testing.assert_close(descend(point(-1.5, 0.01)), point(0, 1), rtol=0, atol=1e-10)
    torch.testing.assert_close(descend(point(-1.5, -0.01)), point(0, -1), rtol=0, atol=1e-10)


def test_plateau_is_flat_where_it_starts():
    plateau = SURFACES["plateau"]
    slopes = torch.stack([plateau.gradient(theta) for theta in inside(plateau, 200)]).norm(dim=1)
    assert plateau.gradient(point(*plateau.start)).norm() < 0.05 * slopes.max()


def test_two_valleys_differ_in_depth():
    valleys = SURFACES["two valleys"]
    deep, shallow = (valleys.loss(point(*minimum)) for minimum in valleys.minima)
    assert deep < 1e-12 and 0.5 < shallow < 0.6
    assert shallow < valleys.loss(point(0.2, 0.1))  # the pass between them
    assert valleys.gradient(point(0.2, 0.1)).abs().max() < 1e-12


LIMITS = ((-2.0, 2.0), (-2.0, 2.0))


def test_visible_keeps_a_path_that_stays_near():
    path = torch.tensor([[0.0, 0], [3, 0], [0, 1]])
    np.testing.assert_array_equal(figures.visible(path, LIMITS), path.numpy())


@pytest.mark.parametrize("end", [math.inf, -math.inf, math.nan])
def test_visible_ends_before_what_is_not_finite(end):
    path = [[0.0, 0], [1, 1], [end, 0], [0, 0]]
    assert figures.visible(np.array(path), LIMITS).tolist() == path[:2]
    assert len(figures.visible(np.array([[0.0, end]]), LIMITS)) == 0


def test_visible_shortens_the_step_that_leaves():
    path = torch.tensor([[1.0, 0], [1e300, 2e300], [0, 0]], dtype=torch.float64)
    visible = figures.visible(path, LIMITS)
    assert len(visible) == 2 and 12 < np.abs(visible[1]).max() < 100
    step = visible[1] - visible[0]
    assert math.isclose(step[1] / step[0], 2)


@EVERY
def test_contour_and_path_draw(surface):
    figure = Figure()
    ax = figure.subplots()
    figures.contour(ax, surface)
    start = point(*surface.start)
    figures.path(ax, torch.stack([start, 1.5 * start, 1e200 * start, start * math.nan]), label="Adam")
    figures.path(ax, torch.full((3, 2), math.nan))
    figure.canvas.draw()
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("θ₁", "θ₂")
    assert ax.get_legend_handles_labels()[1] == ["Adam"]


def test_colors():
    assert figures.color("Adam") == figures.color("adam, α = 0.1") == figures.COLORS["adam"]
    assert figures.color("something else", 0) != figures.color("something else", 1)
    assert len(set(figures.COLORS.values())) == len(figures.COLORS)


@pytest.mark.parametrize(
    ("value", "words"),
    [(0, "0"), (0.0312, "0.0312"), (12.345, "12.3"), (1234, "1234"), (3.4e-5, "3.4 × 10⁻⁵"), (1e6, "10⁶"),
     (-2e-7, "-2 × 10⁻⁷"), (math.inf, "inf")],
)  # fmt: skip
def test_number(value, words):
    assert figures.number(value) == words
