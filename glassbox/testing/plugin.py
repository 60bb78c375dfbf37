"""The pytest plugin that runs one suite against one submission and keeps a verdict for each property."""

import builtins
import traceback
import zlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
import torch

from glassbox.testing.clock import TimeUp, limit
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
        return "error", Mismatch(str(problem), cause=_crash_cause(problem.original))
    if isinstance(problem, AssertionError):
        return "failed", Mismatch(str(problem) or "The property does not hold.")
    last = traceback.extract_tb(problem.__traceback__)[-1]
    return "error", Mismatch(
        f"The result could not be used ({type(problem).__name__}: {problem}).",
        cause=f"The test asked for `{last.line}`: does the function return what its docstring says?",
    )


CRASHES = (
    (("bitwise_xor", "for ^"), "^ is no power in Python: write x**2."),
    (
        ("positional argument", "unexpected keyword argument"),
        "Were the parameters changed? Restore the first line of the exercise cell.",
    ),
    (
        ("must be Tensor, not",),
        "A tensor is asked for, and a plain number was given: torch.zeros_like(z) makes zeros like z.",
    ),
    (
        ("object is not callable",),
        "A name that should be a function now holds a value: run its cell again, rename the value.",
    ),
    (
        ("same dtype", "Double but found Float", "expected scalar type"),
        "Two tensors of different dtype met: make new tensors like the input (torch.zeros_like).",
    ),
    (
        ("must match the size", "shapes cannot be multiplied", "size mismatch", "inconsistent tensor size"),
        "Two shapes do not fit: print x.shape of both sides on the line before.",
    ),
    (("and 'function'", "'function' and"), "A function is used where its result is meant: call it, f(x)."),
    (
        ("only one element tensors can be", "only length-1 arrays", "only 0-dimensional arrays"),
        "math.sqrt, float() and their like take a single number: use torch's functions, such as torch.sqrt.",
    ),
    (("invalid combination of arguments",), "An argument stands in the wrong place, or must be given by its name."),
    (
        ("must have at least 2 dimensions",),
        "A matrix is asked for, and a vector was given: are two arguments exchanged?",
    ),
    (
        ("positive-definite",),
        "A Cholesky factor exists only where all eigenvalues are positive: use torch.linalg.solve.",
    ),
)


def _crash_cause(error: BaseException) -> str | None:
    text = str(error)
    if isinstance(error, NameError):
        return "A name is used that was never given a value, or its cell has not been run."
    if isinstance(error, SystemExit):
        return "The function ends the program: take the exit() out."
    if isinstance(error, RecursionError):
        return "The function calls itself without end."
    return next((cause for words, cause in CRASHES if any(word in text for word in words)), None)
