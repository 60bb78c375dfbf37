"""The bug library: for each exercise, wrong answers that learners really write, and other right ones.

A file bugs/chNN/<exercise>.py holds functions marked with one of

    @wrong("The sentence that would help.")
    @right("what is different about it")

and may list generated mutants of the reference that behave the same as it does:

    EQUIVALENT = {"the changed line": "why nothing can tell it from the original"}
"""

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from autograder.places import bug_file

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class Answer:
    """One answer to an exercise. sentence: the diagnosis of a wrong one, the style of a right one."""

    name: str
    right: bool
    sentence: str
    answer: Callable[..., Any]


@dataclass(frozen=True)
class Library:
    """All answers to one exercise, and the mutants known to be equivalent, by their changed line."""

    answers: tuple[Answer, ...]
    equivalent: dict[str, str]

    @property
    def wrong(self) -> tuple[Answer, ...]:
        return tuple(a for a in self.answers if not a.right)

    @property
    def right(self) -> tuple[Answer, ...]:
        return tuple(a for a in self.answers if a.right)


def wrong(sentence: str) -> Callable[[F], F]:
    """Mark a wrong answer with the sentence that would help its author."""
    return lambda function: _mark(function, right=False, sentence=sentence)


def right(style: str) -> Callable[[F], F]:
    """Mark another right answer with what is different about it."""
    return lambda function: _mark(function, right=True, sentence=style)


def _mark(function: F, *, right: bool, sentence: str) -> F:
    function.glassbox_answer = Answer(function.__name__, right, sentence, function)  # type: ignore[attr-defined]
    return function


@cache
def library(chapter: str, exercise: str) -> Library:
    """The bug library of one exercise."""
    path = bug_file(chapter, exercise)
    spec = importlib.util.spec_from_file_location(f"autograder.bugs.{chapter}.{exercise}", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    marked = (getattr(item, "glassbox_answer", None) for item in vars(module).values())
    return Library(tuple(a for a in marked if a), dict(getattr(module, "EQUIVALENT", {})))
