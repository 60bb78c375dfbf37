"""The reference solutions, read from the solution cells of a chapter's source."""

import linecache
from functools import cache
from pathlib import Path
from types import CodeType
from typing import Any

from autograder.places import SOLUTIONS
from autograder.source import Exercise, Source, read


@cache
def source(chapter: str) -> Source:
    """The source of a chapter, for example "ch03"."""
    found = sorted(SOLUTIONS.glob(f"{chapter}_*.py"))
    if not found:
        raise LookupError(f"There is no chapter called {chapter!r} in solutions/.")
    return read(found[0])


def exercise(chapter: str, name: str) -> Exercise:
    """One exercise of a chapter's source."""
    return next(e for e in source(chapter).exercises if e.name == name)


@cache
def _compiled(path: Path, chapter: str) -> tuple[CodeType, ...]:
    cells = [c for c in source(chapter).cells if c.role in ("setup", "exercise")]
    return tuple(compile_cell(c.text, f"<{path.name}:{c.line}>") for c in cells)


def namespace(chapter: str) -> dict[str, Any]:
    """A fresh namespace in which every setup and solution cell of the chapter has run."""
    names: dict[str, Any] = {"__name__": f"reference_{chapter}"}
    for code in _compiled(source(chapter).path, chapter):
        exec(code, names)
    return names


def compile_cell(text: str, filename: str) -> CodeType:
    """A cell's code, its lines kept so that a message can show them."""
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    return compile(text, filename, "exec")
