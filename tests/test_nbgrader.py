"""Stock nbgrader, unmodified, on a course folder made from the repository."""

import csv
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from autograder.build import instructors_notebook, learners_notebook
from autograder.classroom import make
from autograder.places import hidden_suite
from autograder.reference import source
from autograder.source import solution_lines

CHAPTER = source("ch03")
NAME = CHAPTER.notebook
POINTS = sum(e.points for e in CHAPTER.exercises)
WRONG = ("return theta - alpha", "return theta + alpha")


def answered(change=None, keep_demonstrations=False):
    """The release with the reference's answers in it, each cell passed through change."""
    notebook = learners_notebook(CHAPTER)
    answers = {cell.id: cell.source for cell in instructors_notebook(CHAPTER).cells}
    cells = []
    for cell in notebook.cells:
        grading = cell.metadata.get("nbgrader")
        if grading and grading.solution:
            cell.source = "An answer of my own." if grading.grade else answers[cell.id]
        if change:
            cell.source = change(cell.id, cell.source)
        if cell.source and (grading or cell.cell_type == "markdown" or keep_demonstrations):
            cells.append(cell)
    notebook.cells = cells
    return notebook


SUBMISSIONS = {
    "reference": answered(keep_demonstrations=True),
    "untouched": learners_notebook(CHAPTER),
    "half": answered(lambda i, text: text.replace(*WRONG) if i == "adam_step-code" else text),
    "renamed": answered(
        lambda i, text: text.replace("def adam_step", "def my_adam") if i == "adam_step-code" else text
    ),
    "deleted": answered(lambda i, text: "" if i == "adam_step" else text),
    "noisy": answered(lambda i, text: text.replace("### BEGIN SOLUTION", "import sys; print('hum', file=sys.stderr)")),
}


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """The course folder after generate_assignment, autograde, generate_feedback and export."""
    folder = tmp_path_factory.mktemp("course")
    make(folder)
    nbgrader(folder, "generate_assignment", NAME, "--create")
    for student, notebook in SUBMISSIONS.items():
        path = folder / "submitted" / student / NAME / f"{NAME}.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(notebook, path)
    nbgrader(folder, "autograde", NAME)
    nbgrader(folder, "generate_feedback", NAME)
    nbgrader(folder, "export")
    return folder


def nbgrader(folder, *words):
    """Run nbgrader; what it says. It calls the program alembic, so the environment must be active."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    command = [sys.executable, "-m", "nbgrader", *words]
    done = subprocess.run(command, cwd=folder, env=os.environ | {"PATH": path}, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def scores(course):
    """Points of every check cell, by learner."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{course}/gradebook.db") as book:
        return {
            student: {g.cell.name: g.score for g in book.find_submission_notebook(NAME, NAME, student).grades}
            for student in SUBMISSIONS
        }


def total(scores, student):
    return sum(scores[student][e.name] for e in CHAPTER.exercises)


def test_release_is_the_repository_notebook(course):
    released = nbformat.read(course / "release" / NAME / f"{NAME}.ipynb", as_version=4)
    built = learners_notebook(CHAPTER)
    assert [(c.id, c.source) for c in released.cells] == [(c.id, c.source) for c in built.cells]
    assert [c.metadata.get("nbgrader") for c in released.cells] == [c.metadata.get("nbgrader") for c in built.cells]


def test_reference_has_full_marks(scores):
    assert total(scores, "reference") == POINTS


def test_untouched_release_has_none(scores):
    assert total(scores, "untouched") == 0


def test_half_right_has_the_weight_of_what_holds(scores):
    adam = next(e for e in CHAPTER.exercises if e.name == "adam_step")
    assert 0 < scores["half"]["adam_step"] < adam.points
    assert total(scores, "half") - scores["half"]["adam_step"] == POINTS - adam.points


def test_renamed_function_costs_that_exercise_only(scores):
    assert scores["renamed"]["adam_step"] == 0
    assert total(scores, "renamed") == POINTS - 6


def test_deleted_check_cell_is_graded_all_the_same(scores):
    assert total(scores, "deleted") == POINTS


def test_noise_on_stderr_costs_nothing(scores):
    assert total(scores, "noisy") == POINTS


def test_written_answers_wait_for_a_person(course):
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{course}/gradebook.db") as book:
        notebook = book.find_submission_notebook(NAME, NAME, "reference")
        waiting = {g.cell.name for g in notebook.grades if g.needs_manual_grade}
    assert waiting == {c.name for c in CHAPTER.cells if c.role == "question"}


def test_export_lists_everyone(course, scores):
    with (course / "grades.csv").open() as file:
        rows = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    assert {student: total(scores, student) for student in SUBMISSIONS} == pytest.approx(rows)


def test_feedback_and_release_give_nothing_away(course):
    pages = [*course.glob("feedback/**/*.html")]
    assert len(pages) == len(SUBMISSIONS)
    unsolved = [
        course / "feedback" / "untouched" / NAME / f"{NAME}.html",
        course / "release" / NAME / f"{NAME}.ipynb",
    ]
    for path in unsolved:
        tight = "".join(path.read_text(encoding="utf-8").split())
        for exercise in CHAPTER.exercises:
            for line in solution_lines(exercise.code.text):
                assert line not in tight
            for line in hidden_suite("ch03", exercise.name).read_text(encoding="utf-8").splitlines():
                if "reference." in line or "draw(" in line:
                    assert "".join(line.split()) not in tight


def test_feedback_says_what_held_in_words(course):
    page = (course / "feedback" / "half" / NAME / f"{NAME}.html").read_text(encoding="utf-8")
    assert "of 6 points" in page and "A thousand steps with the default settings" in page


def test_validate_tells_right_from_unwritten(course, tmp_path):
    for student, word in (("deleted", "Success"), ("untouched", "FAILED")):
        path = tmp_path / f"{student}.ipynb"
        nbformat.write(SUBMISSIONS[student], path)
        assert word.lower() in nbgrader(tmp_path, "validate", str(path)).lower(), student
