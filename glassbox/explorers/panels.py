"""The two panels of the explorers of optimizers: the surface at the left, the loss by step at the right."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.ticker import LogLocator, NullLocator
from numpy.typing import NDArray

from glassbox import figures

FLOOR = 1e-9  # the axis of the loss ends here; a curve that goes lower leaves the picture
LARGEST = 1e200  # larger losses are not drawn


def two_panels(figure: Figure, bottom: float = 0.125, top: float = 0.85) -> tuple[Axes, Axes]:
    """Two axes at fixed places, so that nothing jumps when the figure is drawn again with other values."""
    figure.set_layout_engine("none")
    left = figure.add_axes((0.075, bottom, 0.42, top - bottom))
    right = figure.add_axes((0.595, bottom, 0.385, top - bottom))
    return left, right


def headline(figure: Figure, message: str, note: str) -> Text:
    """The figure's message, and under it one quieter sentence. Returns the message."""
    figure.text(0.02, 0.915, note, ha="left", va="top", size=9.5, color=figures.MUTED)
    return figure.suptitle(message, x=0.02, y=0.975, ha="left", va="top")


def drawable_losses(losses: NDArray) -> NDArray:
    """Losses (n,) fit for a logarithmic axis: zero becomes next to nothing, and what is too large, NaN."""
    return np.where(losses <= LARGEST, np.maximum(losses, 1e-200), np.nan)


def loss_axes(ax: Axes, losses: list[NDArray]) -> None:
    """Prepare logarithmic axes that hold these curves, each of drawable losses (n,)."""
    together = np.concatenate([curve[~np.isnan(curve)] for curve in losses])
    together = np.maximum(together, FLOOR) if len(together) else np.ones(1)
    low, high = together.min(), together.max()
    middle = np.sqrt(low) * np.sqrt(high)
    low, high = min(low, middle / 3), max(high, middle * 3)
    slack = (high / low) ** 0.05
    ax.set(yscale="log", ylim=(max(low / slack, FLOOR), high * slack))
    plain_log_ticks(ax.yaxis)
    last = max(max(len(curve) for curve in losses) - 1, 1)
    ax.set(xlim=(-0.02 * last, 1.02 * last), xlabel="step", ylabel="loss")


def plain_log_ticks(axis: Axis) -> None:
    """Label a logarithmic axis in plain numbers, a few of them however short or long its range is."""
    low, high = axis.get_view_interval()
    axis.set_major_locator(LogLocator(subs=(1, 2, 5) if high / low < 100 else (1,), numticks=7))
    axis.set_major_formatter(lambda value, _: figures.number(value))
    axis.set_minor_locator(NullLocator())
