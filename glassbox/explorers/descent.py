"""Gradient descent on five surfaces, from any start, at any rate."""

from collections.abc import Callable

import ipywidgets as widgets
import numpy as np
import torch
from matplotlib.figure import Figure
from torch import Tensor

from glassbox import figures
from glassbox.explorers.explorer import Explorer
from glassbox.explorers.panels import drawable_losses, headline, loss_axes, two_panels
from glassbox.figures import number
from glassbox.surfaces import SURFACES

RATES = [float(f"{digit}e{power}") for power in (-3, -2, -1, 0) for digit in (1, 1.5, 2, 3, 5, 7)][:-3]

GradientDescent = Callable[[Callable[[Tensor], Tensor], Tensor, float, int], Tensor]


def descent(gradient_descent: GradientDescent) -> Explorer:
    """Explore `gradient_descent(gradient, theta0, alpha, steps)`, which returns the path, (steps + 1, 2)."""

    def draw(figure: Figure, surface: str, x: float, y: float, alpha: float, steps: int) -> None:
        landscape = SURFACES[surface]
        theta0 = torch.tensor([x, y], dtype=torch.float64)
        path = gradient_descent(landscape.gradient, theta0, alpha, steps)
        if not isinstance(path, Tensor):
            raise TypeError(f"gradient_descent returned {path}, expected the path as a tensor")
        if path.shape != (steps + 1, 2):
            raise ValueError(f"the path has shape {tuple(path.shape)}, expected {(steps + 1, 2)}")
        path = path.detach()
        losses = landscape.loss(path).numpy()  # (steps + 1,)

        left, right = two_panels(figure)
        figures.contour(left, landscape)
        figures.path(left, path)
        curve = drawable_losses(losses)
        loss_axes(right, [curve])
        right.plot(curve, color=figures.BLUE)
        headline(figure, f"{surface}, α = {alpha:g}: {outcome(losses)}", landscape.note)

    def go_to_start(change: dict) -> None:
        start = SURFACES[change["new"]].start
        explorer.set(x=start[0], y=start[1])

    first = SURFACES["ravine"]
    surface = widgets.Dropdown(options=list(SURFACES), value=first.name, description="surface")
    surface.observe(go_to_start, "value")  # before the explorer's own observer: one redraw for all three
    explorer = Explorer(
        draw,
        surface=surface,
        alpha=widgets.SelectionSlider(options=[(f"{rate:g}", rate) for rate in RATES], value=0.1, description="rate α"),
        x=widgets.FloatSlider(first.start[0], min=-2, max=2, step=0.01, description="start θ₁"),
        y=widgets.FloatSlider(first.start[1], min=-2, max=2, step=0.01, description="start θ₂"),
        steps=widgets.IntSlider(50, min=1, max=200, description="steps"),
    )
    return explorer


def outcome(losses: np.ndarray) -> str:
    """What became of a descent with these losses (steps + 1,), in words."""
    steps = len(losses) - 1
    count = f"{steps} step" + "s" * (steps != 1)
    finite = np.isfinite(losses)
    if not finite.all():
        return f"diverges; the loss overflows at step {finite.argmin()}"
    if losses[-1] > losses[0]:
        return f"diverges; the loss grows from {number(losses[0])} to {number(losses[-1])} in {count}"
    if number(losses[0]) == number(losses[-1]):
        return f"the loss stays at {number(losses[-1])} for {count}"
    return f"the loss falls from {number(losses[0])} to {number(losses[-1])} in {count}"
