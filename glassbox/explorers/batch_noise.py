"""How the noise of a minibatch gradient shrinks as the batch grows."""

from collections.abc import Callable, Sequence

import ipywidgets as widgets
import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator
from numpy.typing import NDArray
from torch import Tensor

from glassbox import figures
from glassbox.explorers.explorer import Explorer
from glassbox.explorers.panels import headline, plain_log_ticks, two_panels


def batch_noise(gradients: Callable[[int], Tensor], sizes: Sequence[int], full: Tensor) -> Explorer:
    """Explore the spread of minibatch gradients around the full gradient.

    gradients(B) returns (m, d): m gradients, each of a random minibatch of B samples. It is called once for
    each of the sizes. full (d,) is the gradient over all samples.
    """
    sizes = sorted(sizes)
    errors = [_array(gradients(size)) - _array(full) for size in sizes]  # each (m, d)
    spread = np.array([np.sqrt((error**2).sum(axis=1).mean()) for error in errors])
    law = spread[0] * np.sqrt(sizes[0] / np.array(sizes))
    _, _, directions = np.linalg.svd(errors[0], full_matrices=False)  # principal ones of the smallest batches
    clouds = [error @ directions[:2].T for error in errors]  # each (m, 2)
    reach = 1.1 * np.abs(clouds[0]).max()

    def draw(figure: Figure, size: int) -> None:
        chosen = sizes.index(size)
        left, right = two_panels(figure)
        left.plot(0, 0, "+", color=figures.INK, ms=20, mew=1.5, zorder=5)
        left.plot(*clouds[chosen].T, "o", color=figures.BLUE, ms=5, mew=0, alpha=0.5)
        left.set(xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal")
        left.set(xlabel="error in the first direction", ylabel="error in the second direction")
        left.locator_params(nbins=5)

        right.set(xscale="log", yscale="log", xlabel="batch size B", ylabel="error, root mean square")
        right.plot(sizes, law, "--", color=figures.MUTED, label="1/√B")
        right.plot(sizes, spread, "o-", color=figures.BLUE, label="measured")
        right.plot(size, spread[chosen], "o", color=figures.VERMILLION, mec="white", mew=1, ms=11)
        right.set_xticks(sizes, [str(size) for size in sizes])
        right.xaxis.set_minor_locator(NullLocator())
        plain_log_ticks(right.yaxis)
        right.legend(loc="upper right")
        headline(
            figure,
            f"B = {size}: minibatch gradients miss the full one by {figures.number(spread[chosen])}, root mean square",
            f"Left: {len(clouds[chosen])} of them around the full one (+), in the directions that vary most.",
        )

    return Explorer(draw, size=widgets.SelectionSlider(options=sizes, description="batch size B"))


def _array(tensor: Tensor) -> NDArray:
    return tensor.detach().cpu().double().numpy()
