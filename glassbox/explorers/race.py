"""All optimizers on one surface at the same time, step by step."""

from functools import cached_property
from typing import Any

import ipywidgets as widgets
import numpy as np
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray
from torch import Tensor

from glassbox import figures
from glassbox.explorers.explorer import SHARPNESS, Explorer, description, png
from glassbox.explorers.panels import FLOOR, drawable_losses, headline, loss_axes, two_panels
from glassbox.surfaces import Surface

SECONDS = 7  # for one run
MARKERS = "oDs^vPX"
TAIL = 12  # steps


def race(paths: dict[str, Tensor], surface: Surface) -> Explorer:
    """Run the paths, each (n, 2), side by side on the surface; the still picture is the finished race.

    A path that is shorter than the longest waits at its end.
    """
    return Race(paths, surface)


class Scene:
    """A race on one figure: what stands still is drawn by the constructor, what moves by `show`."""

    def __init__(self, figure: Figure, paths: dict[str, Tensor], surface: Surface) -> None:
        self.figure = figure
        self.surface = surface
        self.last = max(len(path) for path in paths.values()) - 1
        left, right = two_panels(figure, bottom=0.2)
        figures.contour(left, surface)
        start = next(iter(paths.values()))[0].tolist()
        left.plot(*start, "o", color="white", mec=figures.INK, mew=1.5, ms=7, zorder=5)
        self.points = {label: _points(path, surface, self.last) for label, path in paths.items()}
        self.losses = {label: _losses(path, surface, self.last) for label, path in paths.items()}
        self._curves = {label: drawable_losses(losses) for label, losses in self.losses.items()}
        loss_axes(right, list(self._curves.values()))

        self._lines: dict[str, tuple[Line2D, ...]] = {}
        for position, label in enumerate(paths):
            color, marker = figures.color(label, position), MARKERS[position % len(MARKERS)]
            dot: dict[str, Any] = {"color": color, "marker": marker, "mec": "white", "mew": 1, "ms": 9, "ls": "none"}
            right.plot(self._curves[label], color=color, lw=1, alpha=0.3)
            (trace,) = left.plot([], [], color=color, lw=1.3, alpha=0.7, zorder=5)
            (tail,) = left.plot([], [], color=color, lw=3, zorder=6, solid_capstyle="round")
            (racer,) = left.plot([], [], zorder=7, **dot)
            (curve,) = right.plot([], [], color=color, lw=2, zorder=5)
            (head,) = right.plot([], [], zorder=7, clip_on=False, **dot)
            self._lines[label] = (trace, tail, racer, curve, head)
        handles: list[Any] = [(lines[0], lines[2]) for lines in self._lines.values()]
        figure.legend(handles, list(paths), loc="lower center", ncols=len(paths), columnspacing=1.3)
        self._title = headline(figure, " ", surface.note)

    @property
    def moving(self) -> list[Artist]:
        """The artists that `show` changes, in drawing order."""
        lines = [line for lines in self._lines.values() for line in lines]
        return [*sorted(lines, key=Artist.get_zorder), self._title]

    def show(self, step: int) -> None:
        """Move every racer to this step."""
        now = slice(step, step + 1)
        for label, (trace, tail, racer, curve, head) in self._lines.items():
            points, losses = self.points[label], self._curves[label]
            trace.set_data(*points[: step + 1].T)
            tail.set_data(*points[max(step - TAIL, 0) : step + 1].T)
            racer.set_data(*points[now].T)
            curve.set_data(range(step + 1), losses[: step + 1])
            head.set_data([step], np.maximum(losses[now], FLOOR))
        self._title.set_text(f"{self.surface.name}, step {step} of {self.last}: {self._standing(step)}")

    def _standing(self, step: int) -> str:
        now = {label: losses[step] for label, losses in self.losses.items() if np.isfinite(losses[step])}
        if not now:
            return "all have diverged"
        if step == 0:
            return "all start together"
        leader = min(now, key=now.__getitem__)
        return f"{leader} is lowest, at {figures.number(now[leader])}"


class Race(Explorer):
    """The explorer of a race. What does not move is drawn once and kept, so that the animation is smooth."""

    def __init__(self, paths: dict[str, Tensor], surface: Surface) -> None:
        self._paths, self._surface = paths, surface
        last = max(len(path) for path in paths.values()) - 1
        self._step = widgets.IntSlider(last, min=0, max=last, description="step")
        interval = max(40, 1000 * SECONDS // max(last, 1))  # ms
        self._play = widgets.Play(value=last, min=0, max=last, interval=interval, show_repeat=False)
        super().__init__(lambda figure, step: Scene(figure, paths, surface).show(step), step=self._step)

    @cached_property
    def _stage(self) -> tuple[Scene, FigureCanvasAgg, Any]:
        figure = Figure()
        canvas = FigureCanvasAgg(figure)
        figure.dpi *= SHARPNESS
        scene = Scene(figure, self._paths, self._surface)
        for artist in scene.moving:
            artist.set_animated(True)
        canvas.draw()
        return scene, canvas, canvas.copy_from_bbox(figure.bbox)

    def _frame(self, values: dict[str, Any]) -> tuple[bytes, str]:
        scene, canvas, background = self._stage
        canvas.restore_region(background)
        scene.show(values["step"])
        for artist in scene.moving:
            scene.figure.draw_artist(artist)
        return png(canvas), description(scene.figure)

    def _panel(self) -> list[widgets.Widget]:
        widgets.jslink((self._play, "value"), (self._step, "value"))
        return [widgets.Label("play the race"), self._play, *super()._panel()]


def _points(path: Tensor, surface: Surface, last: int) -> NDArray:
    """One point for each step 0..last, (last + 1, 2): NaN after a divergence, the end point after the end."""
    points = np.full((len(path), 2), np.nan)
    visible = figures.visible(path, surface.limits)
    points[: len(visible)] = visible
    return np.pad(points, ((0, last + 1 - len(path)), (0, 0)), mode="edge")


def _losses(path: Tensor, surface: Surface, last: int) -> NDArray:
    losses = surface.loss(path.detach()).cpu().double().numpy()
    return np.pad(losses, (0, last + 1 - len(losses)), mode="edge")
