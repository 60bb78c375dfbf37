"""check("adam_step"): is the function right, and if not, why not?"""

import contextlib
import os
import sys
from collections.abc import Iterator
from typing import Any

from glassbox import backstage, progress
from glassbox.contents import Exercise, UnknownName, exercise
from glassbox.report import Panel, note, suite_panel
from glassbox.runtime import suite_device
from glassbox.testing.runner import SuiteResult, run_suite
from glassbox.testing.student import Student

NOT_HERE = "The hidden suites are not part of this copy of the course; your instructor runs them."


def check(name: str = "", *, hidden: bool = False) -> Panel | float:
    """Test the function called name, as it is defined now, and show what holds.

    hidden: run the instructor's suite instead, where it is part of this copy. Under nbgrader the result is a
    number, the points: of the public suite while it validates, of the hidden suite while it grades. Then a hidden
    suite that is absent or broken raises, so that no learner is given a zero for it unseen.
    """
    namespace = sys._getframe(1).f_globals
    nbgrader = os.environ.get("NBGRADER_EXECUTION")
    try:
        this = exercise(name)
    except UnknownName as unknown:
        return note(str(unknown))
    if hidden and not nbgrader and backstage.find() is None:
        return note(NOT_HERE)
    with _exit_raises(namespace):
        if nbgrader:
            return _points(this, _graded(this, namespace) if nbgrader == "autograde" else _public(this, namespace))
        try:
            result = _graded(this, namespace) if hidden else _public(this, namespace)
        except KeyboardInterrupt:
            return note("Stopped. Nothing was recorded.")
    if not hidden and not result.not_written:
        progress.record(result)
    return suite_panel(this, result)


def _public(this: Exercise, namespace: dict[str, Any]) -> SuiteResult:
    return run_suite(this.suite, Student(namespace), device=suite_device, halt_on=("timeout",))


def _graded(this: Exercise, namespace: dict[str, Any]) -> SuiteResult:
    stage = backstage.find()
    if stage is None:
        raise RuntimeError(NOT_HERE)
    return stage.grade(this, Student(namespace))


@contextlib.contextmanager
def _exit_raises(namespace: dict[str, Any]) -> Iterator[None]:
    """Meanwhile exit() raises SystemExit. IPython's own ends the kernel after the cell, and all variables with it."""
    theirs: dict[str, Any] = {name: namespace[name] for name in ("exit", "quit") if name in namespace}
    namespace.update(dict.fromkeys(theirs, sys.exit))
    try:
        yield
    finally:
        namespace.update(theirs)


def _points(this: Exercise, result: SuiteResult) -> float:
    """The points, for nbgrader; and in words, for the feedback page, what held. Never an input or a value."""
    points = round(this.points * result.fraction, 4)
    print(f"{this.name}: {points:g} of {this.points:g} points")
    for outcome in result.outcomes:
        print(f"  {outcome.verdict:<11} {outcome.property.replace('`', '')}")
    if result.diagnosis:
        print(f"Likeliest cause. {result.diagnosis.replace('`', '')}")
    return points
