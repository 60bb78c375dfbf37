"""What a learner's package may ask of the instructor's side, when both are installed."""

from autograder.diagnose import run_hidden
from autograder.reference import exercise as source_of
from autograder.source import without_markers
from glassbox.contents import Exercise, exercise
from glassbox.runtime import suite_device
from glassbox.testing.runner import SuiteResult
from glassbox.testing.student import Student


def grade(this: Exercise, student: Student) -> SuiteResult:
    """The hidden suite of an exercise against a submission in this process."""
    return run_hidden(this.chapter, this.name, student, device=suite_device)


def solution_text(name: str) -> str:
    """The source of the reference solution."""
    return without_markers(source_of(exercise(name).chapter, name).code.text)
