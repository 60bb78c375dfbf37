"""The pytest plugin that runs one suite against one submission and keeps a verdict for each property."""

import builtins
import traceback
import zlib
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
import torch

from glassbox.testing.clock import TimeUp, limit
from glassbox.testing.crashes import crash_cause
from glassbox.testing.expect import Mismatch
from glassbox.testing.student import Crashed, NotWritten, Student, WrongSignature

SECONDS = 5.0


@dataclass
class Outcome:
    """One property of an exercise.

    verdict: passed, failed, error, timeout, not written, or not run. failure: what to show when it is not passed.
    transcripts: what the submission returned, call by call, for each case of the property.
    """

    name: str
    property: str
    weight: float
    verdict: str = "passed"
    failure: Mismatch | None = None
    transcripts: list[list[tuple[str, Any]]] = field(default_factory=list)

    @builtins.property
    def passed(self) -> bool:
        return self.verdict == "passed"


class SuitePlugin:
    """Fixtures for a suite, and the record of what came out."""

    def __init__(
        self,
        student: Student,
        reference: Student | None,
        seed: int,
        device: torch.device,
        halt_on: Collection[str],
    ):
        self._student, self._reference = student, reference
        self._seed, self._device = seed, device
        self._halt_on = halt_on
        self._halted = False
        self.outcomes: dict[str, Outcome] = {}
        self.broken: str | None = None

    @pytest.fixture
    def student(self) -> Student:
        """The submission."""
        return self._student

    @pytest.fixture
    def reference(self) -> Student:
        """The reference solutions; for hidden suites only."""
        if self._reference is None:
            raise RuntimeError("a public suite knows no solution")
        return self._reference

    @pytest.fixture
    def rng(self, request: pytest.FixtureRequest) -> np.random.Generator:
        """Random numbers that depend on the seed of the grade and on the test, and on nothing else."""
        return np.random.default_rng([self._seed, zlib.crc32(request.node.name.encode())])

    @pytest.fixture
    def device(self) -> torch.device:
        """Where the tensors of the suite live."""
        return self._device

    @pytest.fixture
    def draw(self, rng: np.random.Generator, device: torch.device) -> Callable[..., torch.Tensor]:
        """draw(2, 3) is a random float64 tensor of that shape, on the device."""
        return lambda *shape: torch.tensor(rng.normal(size=shape), device=device)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.broken = str(report.longrepr)

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        for item in items:
            name = getattr(item, "originalname", item.name)
            if name not in self.outcomes:
                doc = getattr(getattr(item, "obj", None), "__doc__", None) or name
                mark = item.get_closest_marker("weight")
                weight = float(mark.args[0]) if mark else 1.0
                self.outcomes[name] = Outcome(name, " ".join(doc.split()), weight, verdict="not run")

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Iterator[None]:
        outcome = self.outcomes[getattr(item, "originalname", item.name)]
        if self._halted or outcome.verdict not in ("passed", "not run"):
            pytest.skip("an earlier case has decided")
        mark = item.get_closest_marker("limit")
        seconds = float(mark.args[0]) if mark else SECONDS
        self._student.transcript = []
        try:
            with limit(seconds):
                yield
            outcome.verdict = "passed"
        except (Exception, TimeUp, SystemExit) as problem:
            outcome.verdict, outcome.failure = _verdict(problem, seconds)
            self._halted = outcome.verdict in self._halt_on
        outcome.transcripts.append(self._student.transcript)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
        if call.when != "call" and call.excinfo and not call.excinfo.errisinstance(pytest.skip.Exception):
            self.broken = str(call.excinfo.getrepr(style="short"))
        return (yield)


def _verdict(problem: BaseException, seconds: float) -> tuple[str, Mismatch]:
    if isinstance(problem, Mismatch):
        return "failed", problem
    if isinstance(problem, NotWritten):
        return "not written", Mismatch(str(problem))
    if isinstance(problem, WrongSignature):
        return "error", Mismatch(str(problem))
    if isinstance(problem, TimeUp):
        return "timeout", Mismatch(
            f"No answer after {seconds:g} s, so the call was stopped. Is there a loop that never ends?"
        )
    if isinstance(problem, Crashed):
        return "error", Mismatch(str(problem), cause=crash_cause(problem))
    if isinstance(problem, AssertionError):
        return "failed", Mismatch(str(problem) or "The property does not hold.")
    last = traceback.extract_tb(problem.__traceback__)[-1]
    return "error", Mismatch(
        f"The result could not be used ({type(problem).__name__}: {problem}).",
        cause=f"The test asked for `{last.line}`: does the function return what its docstring says?",
    )
