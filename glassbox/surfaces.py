"""Five loss surfaces over two parameters, each with one difficulty of optimization and known minima."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

Point = tuple[float, float]


@dataclass(frozen=True, eq=False)
class Surface:
    """A scalar loss over the plane, with what is needed to draw it and to descend it.

    The loss is 0 at the global minima and positive elsewhere, so it can be drawn on a logarithmic axis.
    """

    name: str
    loss: Callable[[Tensor], Tensor]  # (..., 2) -> (...), any floating dtype
    start: Point  # where the difficulty shows
    limits: tuple[Point, Point]  # ((left, right), (bottom, top)) of the picture
    minima: tuple[Point, ...]  # every local minimum, the global ones first
    note: str  # one sentence: what makes this surface hard

    def gradient(self, theta: Tensor) -> Tensor:
        """Gradient of the loss at one point: (2,) -> (2,)."""
        with torch.enable_grad():
            theta = theta.detach().requires_grad_()
            return torch.autograd.grad(self.loss(theta), theta)[0]

    def hessian(self, theta: Tensor) -> Tensor:
        """Matrix of second derivatives at one point: (2,) -> (2, 2)."""
        with torch.enable_grad():
            return torch.autograd.functional.hessian(self.loss, theta.detach())


def _bowl(theta: Tensor) -> Tensor:
    x, y = theta.unbind(-1)
    return 0.5 * x**2 + y**2


RAVINE_CURVATURES = (0.2, 18.0)  # along and across the valley: condition number 90
RAVINE_ANGLE = math.radians(20)


def _ravine(theta: Tensor) -> Tensor:
    x, y = theta.unbind(-1)
    cos, sin = math.cos(RAVINE_ANGLE), math.sin(RAVINE_ANGLE)
    along, across = cos * x + sin * y, cos * y - sin * x
    return 0.5 * (RAVINE_CURVATURES[0] * along**2 + RAVINE_CURVATURES[1] * across**2)


def _saddle(theta: Tensor) -> Tensor:
    x, y = theta.unbind(-1)
    return 0.5 * x**2 + 0.25 * (y**2 - 1) ** 2  # = ½x² − ½y² + ¼y⁴ + ¼


PLATEAU_CENTER = (0.7, -0.5)
PLATEAU_WIDTH = 0.75


def _plateau(theta: Tensor) -> Tensor:
    x, y = theta.unbind(-1)
    squared_distance = (x - PLATEAU_CENTER[0]) ** 2 + (y - PLATEAU_CENTER[1]) ** 2
    return -torch.expm1(-squared_distance / (2 * PLATEAU_WIDTH**2))


RIDGE = 0.2  # where, between the valleys at −1 and 1, the pass lies


def _two_valleys(theta: Tensor) -> Tensor:
    x, y = theta.unbind(-1)
    # The quartic's derivative is 4 (x² − 1)(x − RIDGE); its value at x = −1 is 0.
    quartic = x**4 - 4 / 3 * RIDGE * x**3 - 2 * x**2 + 4 * RIDGE * x + 1 + 8 / 3 * RIDGE
    return 0.5 * quartic + (y - 0.5 * x) ** 2


_SQUARE = ((-2.0, 2.0), (-2.0, 2.0))

SURFACES: dict[str, Surface] = {
    surface.name: surface
    for surface in (
        Surface(
            "bowl",
            _bowl,
            (-1.6, 1.4),
            _SQUARE,
            ((0.0, 0.0),),
            "The curvatures are 1 and 2, so one rate suits every direction; above α = 1 the steps diverge.",
        ),
        Surface(
            "ravine",
            _ravine,
            (-1.7, 0.2),
            _SQUARE,
            ((0.0, 0.0),),
            "The walls are 90 times as steep as the floor, and the floor runs across both axes.",
        ),
        Surface(
            "saddle",
            _saddle,
            (-1.75, 0.01),
            _SQUARE,
            ((0.0, 1.0), (0.0, -1.0)),
            "On the ridge, steps lead to the saddle (0, 0), which is a minimum in one direction only.",
        ),
        Surface(
            "plateau",
            _plateau,
            (-1.1, 1.0),
            _SQUARE,
            (PLATEAU_CENTER,),
            "Far from the minimum the loss is flat, and steps as small as the gradient hardly move.",
        ),
        Surface(
            "two valleys",
            _two_valleys,
            (1.75, -0.6),
            _SQUARE,
            ((-1.0, -0.5), (1.0, 0.5)),
            "The nearer valley has a loss of 0.53 at its floor; the deeper one lies behind a pass.",
        ),
    )
}
