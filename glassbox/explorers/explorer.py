"""Controls above a picture, which also shows itself once where no kernel runs.

A notebook that is opened again without its kernel, or exported as a page, has lost its widgets: JupyterLab then
writes "model not found" or draws dead controls, even where the same output holds a picture as well. An explorer
therefore displays two outputs, the live widgets and after them the picture of the first values, with style rules
that show one of the two: the widgets while a kernel answers them, else the picture.
"""

import base64
import io
import uuid
from collections.abc import Callable
from html import escape
from typing import Any

import ipywidgets as widgets
from IPython.display import display
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image
from traitlets import Unicode

# {name} is the explorer's own class prefix. The last rule hides JupyterLab's words in place of a lost widget: an
# output with text directly in it, where every other output has an element.
ONE_OF_THE_TWO = """
body:has(.{name}-live:not(.jupyter-widgets-disconnected)) .{name}-still {{ display: none }}
.{name}-live.jupyter-widgets-disconnected {{ display: none }}
.jp-OutputArea:has(.{name}-still) .jp-OutputArea-output:not(:has(*)) {{ display: none }}
"""
SHARPNESS = 1.5  # pixels drawn for each pixel of the page, for screens of high density


class Picture(widgets.Image):
    """An Image described in words by its tooltip, which screen readers speak.

    ipywidgets sets a tooltip only where `description` is empty, and fails where a widget has none, as Image.
    """

    description = Unicode("").tag(sync=True)


class Explorer:
    """Show `draw(figure, **values)` under the controls that give the values.

    draw receives an empty matplotlib Figure and one keyword argument for each control: the control's value.
    A NotImplementedError that draw raises for the first values comes out of the constructor, so that the
    caller can say that an exercise is not written yet; every other error is shown as one sentence in place of
    the picture.
    """

    def __init__(self, draw: Callable[..., None], **controls: widgets.ValueWidget) -> None:
        self._draw = draw
        self._controls = controls
        self._held = False
        self._first = self.values
        width = f"{self._width():.0f}px"
        self._image = Picture(layout=widgets.Layout(width="100%", max_width=width))
        self._problem = widgets.HTML()
        self._show(self._first, passes=NotImplementedError)
        self._name = f"glassbox-{uuid.uuid4().hex[:12]}"
        self._still = self._still_bundle(width)
        for control in controls.values():
            control.observe(lambda _: self._update(), "value")
        self._widget = self._live(width)

    @property
    def values(self) -> dict[str, Any]:
        """The controls' present values, by name."""
        return {name: control.value for name, control in self._controls.items()}

    def set(self, **values: Any) -> None:
        """Move several controls and draw once."""
        self._held = True
        try:
            for name, value in values.items():
                self._controls[name].value = value
        finally:
            self._held = False
        self._update()

    def figure(self) -> Figure:
        """The picture of the first values, as a matplotlib Figure of its own."""
        return self._figure(self._first)

    def _figure(self, values: dict[str, Any]) -> Figure:
        figure = Figure()
        self._draw(figure, **values)
        return figure

    def _frame(self, values: dict[str, Any]) -> tuple[bytes, str]:
        """The picture as a PNG file, and its titles as a description in words."""
        figure = self._figure(values)
        figure.dpi *= SHARPNESS
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        return png(canvas), description(figure)

    def _update(self) -> None:
        if not self._held and self.values != self._shown:
            self._show(self.values)

    def _show(self, values: dict[str, Any], passes: type[Exception] | tuple[()] = ()) -> None:
        self._shown = values
        try:
            picture, self._words = self._frame(values)
        except passes:
            raise
        except Exception as error:
            self._words = complaint(error)
            self._problem.value = f'<p role="alert">{escape(self._words)}</p>'
            self._image.layout.display = "none"
        else:
            self._problem.value = ""
            self._image.value, self._image.tooltip = picture, self._words
            self._image.layout.display = None

    @staticmethod
    def _width() -> float:
        """Width of the picture on the page, in pixels."""
        blank = Figure()
        return blank.get_figwidth() * blank.dpi

    def _panel(self) -> list[widgets.Widget]:
        """The widgets of the control row."""
        for control in self._controls.values():
            control.style.description_width = "6.5em"
            control.layout.width = "24em"
        return list(self._controls.values())

    def _live(self, width: str) -> widgets.VBox:
        row = widgets.Box(self._panel(), layout=widgets.Layout(flex_flow="row wrap", max_width=width))
        return widgets.VBox([row, self._problem, self._image]).add_class(f"{self._name}-live")

    def _still_bundle(self, width: str) -> dict[str, str]:
        bundle = {"text/plain": self._words}
        content = self._problem.value
        if not content:
            picture = base64.b64encode(self._image.value).decode()
            source, style = f"data:image/png;base64,{picture}", f"width: 100%; max-width: {width}"
            content = f'<img src="{source}" alt="{escape(self._words)}" style="{style}">'
            bundle["image/png"] = picture
        rules = ONE_OF_THE_TWO.format(name=self._name)
        bundle["text/html"] = f'<style>{rules}</style><div class="{self._name}-still">{content}</div>'
        return bundle

    def _ipython_display_(self) -> None:
        view = {"version_major": 2, "version_minor": 0, "model_id": self._widget.model_id}
        display({"application/vnd.jupyter.widget-view+json": view, "text/plain": ""}, raw=True)
        display(self._still, raw=True)


def png(canvas: FigureCanvasAgg) -> bytes:
    """What has been drawn on the canvas, as a PNG file."""
    image = Image.frombuffer("RGBA", canvas.get_width_height(), canvas.buffer_rgba())
    file = io.BytesIO()
    image.convert("RGB").save(file, "png", compress_level=1)  # least compression: speed counts here
    return file.getvalue()


def description(figure: Figure) -> str:
    """The titles of a figure and its axes, as one line of text for those who cannot see the picture."""
    titles = [figure.get_suptitle(), *(ax.get_title(loc="left") for ax in figure.axes)]
    return ". ".join(title for title in titles if title)


def complaint(error: Exception) -> str:
    """One sentence for an error of the drawing function."""
    reason = str(error).strip().splitlines()
    return f"No picture for these values. {type(error).__name__}" + (f": {reason[0]}" if reason else "")
