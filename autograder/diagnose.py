"""Which known wrong answer behaves like this submission?

A known wrong answer is run through the same suite with the same seed. Where it fails the same properties with the
same results, call by call, its sentence is the diagnosis.
"""

import math
from functools import cache
from typing import Any

import numpy as np
import torch

from autograder.bugs import library
from autograder.places import hidden_suite
from autograder.reference import namespace
from glassbox.testing.expect import as_array
from glassbox.testing.plugin import Outcome
from glassbox.testing.runner import SuiteResult, run_suite
from glassbox.testing.student import Student


def run_hidden(
    chapter: str, exercise: str, student: Student, *, seed: int = 0, device: torch.device | None = None
) -> SuiteResult:
    """The hidden suite against a submission, with the diagnosis of a known wrong answer where one fits."""
    reference = Student(namespace(chapter))
    suite = hidden_suite(chapter, exercise)
    result = run_suite(suite, student, reference=reference, seed=seed, device=device)
    if result.passed or result.not_written:
        return result
    return result.with_diagnosis(_diagnosis(result, chapter, seed, device))


def with_answer(chapter: str, exercise: str, answer: Any) -> dict[str, Any]:
    """The reference namespace with another answer to one exercise."""
    return namespace(chapter) | {exercise: answer}


@cache
def _of_known_bugs(
    chapter: str, exercise: str, seed: int, device: torch.device | None
) -> tuple[tuple[str, SuiteResult], ...]:
    reference = Student(namespace(chapter))
    suite = hidden_suite(chapter, exercise)
    return tuple(
        (
            bug.sentence,
            run_suite(
                suite,
                Student(with_answer(chapter, exercise, bug.answer)),
                reference=reference,
                seed=seed,
                device=device,
            ),
        )
        for bug in library(chapter, exercise).wrong
    )


def _diagnosis(result: SuiteResult, chapter: str, seed: int, device: torch.device | None) -> str | None:
    """The sentence of the bug that explains most of the failures, at least one; the first of equals."""
    best, sentence = (0, -math.inf), None
    for candidate, known in _of_known_bugs(chapter, result.exercise, seed, device):
        pairs = list(zip(result.outcomes, known.outcomes, strict=True))
        explained = sum(not mine.passed and _same(mine, its) for mine, its in pairs)
        strays = sum(mine.passed != its.passed for mine, its in pairs)
        if explained and (explained, -strays) > best:
            best, sentence = (explained, -strays), candidate
    return sentence


def _same(mine: Outcome, its: Outcome) -> bool:
    """The two failed alike, after the same results."""
    if mine.verdict != its.verdict or not mine.transcripts or mine.verdict == "timeout":
        return mine.verdict == its.verdict == "timeout"
    last, other = mine.transcripts[-1], its.transcripts[-1]
    return len(last) > 0 and len(last) == len(other) and all(_equal(a, b) for a, b in zip(last, other, strict=True))


def _equal(a: Any, b: Any) -> bool:
    if isinstance(a, list | tuple) and isinstance(b, list | tuple):
        return len(a) == len(b) and all(_equal(x, y) for x, y in zip(a, b, strict=True))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(_equal(a[key], b[key]) for key in a)
    if isinstance(a, torch.Tensor) and isinstance(b, torch.Tensor) and a.dtype != b.dtype:
        return False
    if isinstance(a, torch.Tensor | np.ndarray | float) and isinstance(b, torch.Tensor | np.ndarray | float):
        x, y = as_array(a), as_array(b)
        if x is None or y is None or x.shape != y.shape:
            return False
        return bool(np.allclose(x, y, rtol=1e-6, atol=1e-12, equal_nan=True))
    return type(a) is type(b) and bool(a == b)
