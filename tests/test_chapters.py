"""Each chapter runs from top to bottom, solved and not yet solved, inside its time."""

import time

import pytest

from autograder.build import learners_notebook
from autograder.places import SOLUTIONS
from autograder.reading import run, solved
from autograder.source import read_all

SECONDS = 180
SOURCES = read_all(SOLUTIONS)


def texts(notebook):
    """What each cell shows, as text."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            yield output.get("text", "") + str(output.get("data", {}).get("text/plain", ""))


@pytest.mark.parametrize("source", SOURCES, ids=lambda s: s.notebook)
def test_solved_chapter_runs_and_passes_its_checks(source, tmp_path):
    start = time.monotonic()
    notebook = run(solved(source), tmp_path)
    assert time.monotonic() - start < SECONDS
    shown = "\n".join(texts(notebook))
    for exercise in source.exercises:
        assert f"✓ {exercise.name}" in shown
    assert not any(output.get("name") == "stderr" for cell in notebook.cells for output in cell.get("outputs", []))


@pytest.mark.parametrize("source", SOURCES, ids=lambda s: s.notebook)
def test_unsolved_chapter_runs_and_says_what_is_missing(source, tmp_path):
    notebook = run(learners_notebook(source), tmp_path)
    shown = "\n".join(texts(notebook))
    for exercise in source.exercises:
        assert f"{exercise.name} is not written yet" in shown


@pytest.mark.parametrize("source", [s for s in SOURCES if s.exercises], ids=lambda s: s.notebook)
def test_every_exercise_pays_off(source):
    uses = "\n".join(cell.text for cell in source.cells if cell.role == "demo")
    for exercise in source.exercises:
        assert f'"{exercise.name}"' in "".join(line for line in uses.splitlines() if "payoff(" in line)
