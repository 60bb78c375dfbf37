"""The look of every figure: one style, one color for each optimizer, and a loss surface with paths on it."""

from functools import cache

import matplotlib as mpl
import numpy as np
import torch
from cycler import cycler
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, PowerNorm
from numpy.typing import NDArray
from torch import Tensor

from glassbox.surfaces import Surface

# Okabe and Ito's palette, told apart by every kind of color vision (Wong, Nature Methods 8, 441, 2011).
BLACK, BLUE, VERMILLION, GREEN = "#000000", "#0072B2", "#D55E00", "#009E73"
ORANGE, PURPLE, SKY, YELLOW = "#E69F00", "#CC79A7", "#56B4E9", "#F0E442"
CYCLE = [BLUE, VERMILLION, GREEN, ORANGE, PURPLE, SKY, BLACK]
INK, MUTED, GRID = "#222222", "#666666", "#DDDDDD"

COLORS: dict[str, str] = {
    "gradient descent": BLUE,
    "momentum": ORANGE,
    "rmsprop": GREEN,
    "adagrad": PURPLE,
    "adam": VERMILLION,
    "newton": BLACK,
}

HEIGHTS = LinearSegmentedColormap.from_list("heights", ["#FFFFFF", "#F1F2F4", "#D9DCE1", "#B4B9C2"])


def style() -> None:
    """Set matplotlib's defaults for the course: an opaque white card, readable at a notebook's width."""
    mpl.rcParams.update(
        {
            "figure.figsize": (7.5, 4.0),
            "figure.dpi": 110,
            "figure.constrained_layout.use": True,
            "figure.facecolor": "white",
            "savefig.facecolor": "white",
            "axes.facecolor": "white",
            "axes.edgecolor": MUTED,
            "axes.labelcolor": INK,
            "axes.titlesize": 11,
            "axes.titlelocation": "left",
            "axes.labelsize": 10.5,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.axisbelow": True,
            "axes.grid": True,
            "axes.prop_cycle": cycler(color=CYCLE),
            "figure.titlesize": 11.5,
            "font.size": 10,
            "grid.color": GRID,
            "grid.linewidth": 0.7,
            "legend.fontsize": 9.5,
            "legend.frameon": False,
            "lines.linewidth": 1.8,
            "text.color": INK,
            "xtick.color": MUTED,
            "ytick.color": MUTED,
            "xtick.labelcolor": INK,
            "ytick.labelcolor": INK,
            "xtick.labelsize": 9.5,
            "ytick.labelsize": 9.5,
        }
    )


def color(label: str, position: int = 0) -> str:
    """The color of a label, by what stands before its first comma: "Adam, α = 0.1" is Adam's color.

    A label that is not in COLORS, whatever its capitals, gets a color by its position.
    """
    return COLORS.get(_key(label), CYCLE[position % len(CYCLE)])


def _key(label: str) -> str:
    return label.split(",")[0].strip().lower()


@cache
def _heights(surface: Surface, points: int = 121) -> tuple[NDArray, NDArray, NDArray]:
    (left, right), (bottom, top) = surface.limits
    x, y = np.linspace(left, right, points), np.linspace(bottom, top, points)
    grid = np.stack(np.meshgrid(x, y), axis=-1)  # (points, points, 2)
    return x, y, surface.loss(torch.from_numpy(grid)).numpy()


def contour(ax: Axes, surface: Surface) -> None:
    """Draw the surface's contours on labeled, equally scaled axes, and a star at every minimum.

    Levels are evenly spaced in the square root of the loss above its lowest value: a quadratic has evenly
    spaced ellipses.
    """
    x, y, heights = _heights(surface)
    low, high = heights.min(), heights.max()
    levels = low + (high - low) * np.linspace(0, 1, 16) ** 2
    ax.contourf(x, y, heights, levels, cmap=HEIGHTS, norm=PowerNorm(0.5))
    ax.contour(x, y, heights, levels[1:], colors="#8A909C", linewidths=0.6)
    for minimum in surface.minima:
        ax.plot(*minimum, "*", color=YELLOW, mec=INK, mew=0.8, ms=15, zorder=4)
    (left, right), (bottom, top) = surface.limits
    ax.set(xlim=(left, right), ylim=(bottom, top), xlabel="θ₁", ylabel="θ₂", aspect="equal")
    ax.locator_params(nbins=4)
    ax.grid(False)


def visible(path: Tensor | NDArray, limits: tuple[tuple[float, float], tuple[float, float]]) -> NDArray:
    """The part of a path (n, 2) worth drawing in a picture with these limits: (k, 2), k ≤ n.

    It ends before the first infinity or NaN, and with the first step that goes further than three picture
    widths from the center. That step is shortened, which no eye can see: renderers fail at huge numbers.
    """
    points = torch.as_tensor(path).detach().cpu().double().numpy()
    (left, right), (bottom, top) = limits
    center, reach = np.array([(left + right) / 2, (bottom + top) / 2]), 3 * max(right - left, top - bottom)
    finite = np.isfinite(points).all(axis=1)
    near = finite & (np.abs(np.where(finite[:, None], points, 0) - center).max(axis=1) <= reach)
    if near.all():
        return points
    last = int(near.argmin())  # the first point that is far or not finite
    kept = points[:last]
    if last == 0 or not finite[last]:
        return kept
    step = points[last] - kept[-1]
    return np.vstack([kept, kept[-1] + step * min(1.0, 4 * reach / np.abs(step).max())])


def path(ax: Axes, path: Tensor | NDArray, label: str | None = None, color: str | None = None) -> None:
    """Draw a path (n, 2) with a ring at its start and a disc at its end.

    Without a color it has its label's color of COLORS, else the next of the axes' cycle.
    What lies outside the axes is clipped; a path that diverges ends where it leaves (see `visible`).
    """
    points = visible(path, (ax.get_xlim(), ax.get_ylim()))
    if len(points) == 0:
        return
    small = max(1.5, 4 - len(points) / 60)
    chosen = color or COLORS.get(_key(label or ""))
    (line,) = ax.plot(*points.T, "-o", lw=1.6, ms=small, mew=0, label=label, zorder=5, color=chosen)
    ax.plot(*points[0], "o", color="white", mec=line.get_color(), mew=2, ms=8, zorder=6)
    ax.plot(*points[-1], "o", color=line.get_color(), mec="white", mew=1, ms=8, zorder=7)


def number(value: float) -> str:
    """A number in words for titles and ticks, to three digits: 0.0312, 1.5, 120, 3.4 × 10⁻⁵, 10⁶."""
    if value == 0 or not np.isfinite(value) or 1e-3 <= abs(value) < 1e4:
        return f"{value:.0f}" if abs(value) >= 1000 else f"{value:.3g}"
    mantissa, exponent = f"{value:.2e}".split("e")
    mantissa = mantissa.rstrip("0").rstrip(".")
    power = "10" + str(int(exponent)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return power if mantissa == "1" else f"{mantissa} × {power}"
