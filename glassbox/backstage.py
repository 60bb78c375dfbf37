"""The door to the instructor's side, which a learner's copy does not have.

The autograder registers a module under the entry point group `glassbox.backstage`. The package never imports
the autograder by name, so it works the same with and without it.
"""

from importlib.metadata import entry_points
from typing import Protocol, cast

from glassbox.contents import Exercise
from glassbox.testing.runner import SuiteResult
from glassbox.testing.student import Student


class Backstage(Protocol):
    """What the instructor's side offers."""

    def grade(self, exercise: Exercise, student: Student) -> SuiteResult:
        """Run the hidden suite, with a diagnosis."""

    def solution_text(self, name: str) -> str:
        """The source of the reference solution."""


def find() -> Backstage | None:
    """The instructor's side, or None in a learner's copy."""
    for point in entry_points(group="glassbox.backstage"):
        try:
            return cast(Backstage, point.load())
        except ModuleNotFoundError:
            continue
    return None
