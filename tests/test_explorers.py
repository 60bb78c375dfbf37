"""Explorers redraw when a control moves, say what is wrong in words, and leave a picture where no kernel runs."""

import base64
import io
import math

import ipywidgets as widgets
import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest
import torch
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from matplotlib.backends.backend_agg import FigureCanvasAgg
from nbconvert import HTMLExporter
from PIL import Image

from glassbox import explorers
from glassbox.surfaces import SURFACES


def gradient_descent(gradient, theta0, alpha, steps):
    path = [theta0]
    for _ in range(steps):
        path.append(path[-1] - alpha * gradient(path[-1]))
    return torch.stack(path)


def unwritten(*_):
    raise NotImplementedError


def bundles(explorer):
    """The data of the outputs that a cell ending in this explorer has."""
    InteractiveShell.instance()
    with capture_output() as captured:
        explorer._ipython_display_()
    return [output.data for output in captured.outputs]


def picture(explorer):
    return bytes(explorer._image.value)


def title(explorer):
    return explorer._image.tooltip


def problem(explorer):
    return explorer._problem.value


def race_paths(n=21):
    start = torch.tensor(SURFACES["bowl"].start, dtype=torch.float64)
    slow, fast = (gradient_descent(SURFACES["bowl"].gradient, start, a, n - 1) for a in (0.01, 0.2))
    return {"gradient descent": slow, "Adam": fast}


def noise(size):
    """200 gradients in 5 dimensions, each an average of `size` standard normal ones around 1."""
    draws = torch.randn(200, size, 5, generator=torch.Generator().manual_seed(size), dtype=torch.float64)
    return 1 + draws.mean(dim=1)


@pytest.fixture
def plain():
    """An explorer of one slider."""

    def draw(figure, a):
        if a == 3:
            raise ValueError("three is <too> much\nsecond line")
        ax = figure.subplots()
        ax.plot([0, a])
        ax.set_title(f"a is {a}")

    return explorers.Explorer(draw, a=widgets.IntSlider(1, min=0, max=5, description="a"))


def test_moving_a_control_redraws(plain):
    before = picture(plain)
    plain.set(a=2)
    assert picture(plain) != before and title(plain) == "a is 2"
    width, height = Image.open(io.BytesIO(picture(plain))).size
    assert width > height > 400


def test_an_error_is_one_sentence_and_goes_away(plain):
    plain.set(a=3)
    assert "ValueError: three is &lt;too&gt; much<" in problem(plain) and plain._image.layout.display == "none"
    plain.set(a=4)
    assert problem(plain) == "" and plain._image.layout.display is None


def test_static_picture_is_that_of_the_first_values(plain):
    plain.set(a=2)
    assert plain.figure().axes[0].get_title(loc="left") + plain.figure().axes[0].get_title() == "a is 1"
    live, still = bundles(plain)
    assert live["application/vnd.jupyter.widget-view+json"]["model_id"] and live["text/plain"] == ""
    assert still["text/plain"] == "a is 1" and 'alt="a is 1"' in still["text/html"]
    assert base64.b64decode(still["image/png"]) != picture(plain)


def test_exported_page_shows_the_picture_once(plain):
    outputs = [nbformat.v4.new_output("display_data", data) for data in bundles(plain)]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("explorer", outputs=outputs)])
    page, _ = HTMLExporter().from_notebook_node(notebook)
    assert page.count('<img alt="a is 1"') == 1 and page.count("<img") == 1 and "widget-view+json" not in page


def test_nothing_reaches_pyplot(plain):
    explorers.descent(gradient_descent)
    assert plt.get_fignums() == []


def test_unwritten_function_comes_out_of_the_constructor():
    with pytest.raises(NotImplementedError):
        explorers.descent(unwritten)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda gradient, theta0, alpha, steps: theta0, "the path has shape (2,), expected (51, 2)"),
        (lambda gradient, theta0, alpha, steps: None, "returned None"),
        (lambda gradient, theta0, alpha, steps: 1 / 0, "ZeroDivisionError"),
    ],
)
def test_wrong_answer_is_said_in_words(wrong, words):
    explorer = explorers.descent(wrong)
    assert words in problem(explorer)
    assert words in bundles(explorer)[1]["text/html"]


def test_descent_controls():
    explorer = explorers.descent(gradient_descent)
    pictures = {picture(explorer)}
    for change in ({"alpha": 0.05}, {"x": 1.0}, {"y": -1.0}, {"steps": 20}, {"surface": "saddle"}):
        explorer.set(**change)
        assert problem(explorer) == ""
        pictures.add(picture(explorer))
    assert len(pictures) == 6


def test_another_surface_starts_at_its_own_start_and_draws_once():
    explorer = explorers.descent(gradient_descent)
    shown = []
    explorer._image.observe(lambda change: shown.append(change), "value")
    for name, surface in SURFACES.items():
        explorer._controls["surface"].value = name
        assert (explorer.values["x"], explorer.values["y"]) == surface.start
    assert len(shown) == len(SURFACES)


def test_descent_says_how_it_ended():
    explorer = explorers.descent(gradient_descent)
    assert title(explorer) == "ravine, α = 0.1: the loss falls from 5.56 to 0.031 in 50 steps"
    explorer.set(alpha=0.2)
    assert "diverges; the loss grows" in title(explorer)
    explorer._controls["surface"].value = "two valleys"
    explorer.set(alpha=2.0)
    assert "diverges; the loss overflows at step" in title(explorer)
    explorer.set(alpha=0.1, steps=1)
    assert title(explorer).endswith("in 1 step")


def test_every_rate_on_every_surface_draws():
    rates = explorers.descent(gradient_descent)._controls["alpha"].options
    assert rates[0] == ("0.001", 0.001) and rates[-1] == ("2", 2.0)
    explorer = explorers.descent(gradient_descent)
    for name in SURFACES:
        explorer.set(surface=name, alpha=2.0, steps=200)
        assert problem(explorer) == ""


def test_race_shows_the_finish_first_and_then_every_step():
    explorer = explorers.race(race_paths(), SURFACES["bowl"])
    assert title(explorer).startswith("bowl, step 20 of 20: Adam is lowest, at ")
    finish = picture(explorer)
    explorer.set(step=0)
    assert title(explorer) == "bowl, step 0 of 20: all start together" and picture(explorer) != finish
    explorer.set(step=20)
    assert picture(explorer) == finish


def test_race_frame_equals_the_static_figure():
    explorer = explorers.race(race_paths(), SURFACES["bowl"])
    figure = explorer.figure()
    figure.dpi *= explorers.explorer.SHARPNESS
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    still = np.asarray(canvas.buffer_rgba())[..., :3].astype(int)
    frame = np.asarray(Image.open(io.BytesIO(picture(explorer)))).astype(int)
    assert np.abs(still - frame).mean() < 1


def test_race_survives_divergence_and_unequal_lengths():
    paths = race_paths()
    far = torch.full((21, 2), math.inf, dtype=torch.float64)
    far[:3] = torch.tensor([[0.0, 0], [1e3, 1], [1e200, 5]])
    paths |= {"lost": far, "short": paths["Adam"][:4], "of another type": paths["Adam"].float()}
    explorer = explorers.race(paths, SURFACES["bowl"])
    for step in range(21):
        explorer.set(step=step)
        assert problem(explorer) == ""
    alone = explorers.race({"lost": far}, SURFACES["bowl"])
    assert title(alone).endswith("all have diverged")


def test_play_moves_the_slider():
    explorer = explorers.race(race_paths(), SURFACES["bowl"])
    assert explorer._play.max == explorer._step.max == 20
    assert explorer._play.interval >= 40


def test_batch_noise_measures_the_spread():
    calls = []
    explorer = explorers.batch_noise(lambda size: calls.append(size) or noise(size), [16, 1, 4], torch.ones(5))
    assert calls == [1, 4, 16]
    left, right = explorer.figure().axes
    law, measured = (right.get_lines()[i].get_ydata() for i in (0, 1))
    np.testing.assert_allclose(measured, math.sqrt(5) / np.sqrt([1, 4, 16]), rtol=0.1)
    np.testing.assert_allclose(law / law[0], [1, 1 / 2, 1 / 4])
    explorer.set(size=16)
    assert title(explorer).startswith("B = 16: minibatch gradients miss the full one by 0.5")
    assert calls == [1, 4, 16]
    limits = left.get_xlim(), left.get_ylim()
    last = explorer._figure(explorer.values).axes[0]
    assert (last.get_xlim(), last.get_ylim()) == limits
