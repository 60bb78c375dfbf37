"""One suite against one submission."""

import contextlib
import io
import time
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import torch

from glassbox.testing.plugin import Outcome, SuitePlugin
from glassbox.testing.student import Student

SETTINGS = Path(__file__).with_name("pytest.ini")
PLUGINS_OFF = ("cacheprovider", "logging", "doctest", "junitxml", "pastebin", "warnings", "unraisableexception",
               "threadexception", "faulthandler", "stepwise", "debugging", "setuponly", "nose")  # fmt: skip


class BrokenSuite(RuntimeError):
    """The suite itself cannot run: the grader is at fault, never the learner."""


@dataclass(frozen=True)
class SuiteResult:
    """What one suite says of one submission.

    printed: what the submission's code wrote to stdout and stderr meanwhile. diagnosis: the sentence of a known
    wrong answer that behaves the same, where a bug library is at hand.
    """

    exercise: str
    outcomes: tuple[Outcome, ...]
    printed: str
    seconds: float
    diagnosis: str | None = None

    @property
    def fraction(self) -> float:
        """Share of the weights whose property holds, 0 to 1."""
        return sum(o.weight for o in self.outcomes if o.passed) / sum(o.weight for o in self.outcomes)

    @property
    def passed(self) -> bool:
        return all(o.passed for o in self.outcomes)

    @property
    def not_written(self) -> bool:
        return any(o.verdict == "not written" for o in self.outcomes)

    @property
    def first_failure(self) -> Outcome | None:
        return next((o for o in self.outcomes if o.failure), None)

    def with_diagnosis(self, sentence: str | None) -> "SuiteResult":
        return replace(self, diagnosis=sentence)


def run_suite(
    suite: Path,
    student: Student,
    *,
    reference: Student | None = None,
    seed: int = 0,
    device: torch.device | None = None,
    halt_on: Collection[str] = (),
) -> SuiteResult:
    """Run test_<exercise>.py against a submission, in this process.

    reference: the solutions, for hidden suites. halt_on: verdicts after which the other properties are left, so
    that a learner need not wait for a time limit on each. Raises BrokenSuite.
    """
    plugin = SuitePlugin(student, reference, seed, device or torch.device("cpu"), halt_on)
    # The root gives the two suites of one exercise different module names: glassbox.suites…, autograder.hidden….
    arguments = [str(suite), "-q", "-s", "-c", str(SETTINGS), f"--rootdir={suite.parents[3]}", "--noconftest"]
    arguments += ["--import-mode=importlib", "--assert=plain", "--disable-plugin-autoload"]
    arguments += [word for name in PLUGINS_OFF for word in ("-p", f"no:{name}")]
    report = io.StringIO()
    start = time.perf_counter()
    with contextlib.ExitStack() as stack:
        stack.enter_context(contextlib.redirect_stdout(report))
        stack.enter_context(contextlib.redirect_stderr(report))
        stack.enter_context(torch.random.fork_rng(devices=[]))
        stack.enter_context(pytest.MonkeyPatch.context()).delenv("PYTEST_ADDOPTS", raising=False)
        stack.enter_context(torch.enable_grad())  # a learner may have switched it off
        code = pytest.main(arguments, plugins=[plugin])
    if code == pytest.ExitCode.INTERRUPTED and not plugin.broken:
        raise KeyboardInterrupt
    if plugin.broken or code not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED) or not plugin.outcomes:
        raise BrokenSuite(f"{suite.name} cannot run: {plugin.broken or report.getvalue()}")
    seconds = time.perf_counter() - start
    outcomes = tuple(plugin.outcomes.values())
    return SuiteResult(suite.stem.removeprefix("test_"), outcomes, student.console.getvalue(), seconds)
