"""What the built notebooks tell the package about their exercises: order, points, hints, ideas.

The files chapters/chNN.json are written by the build from solutions/, next to the notebooks.
"""

import difflib
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Exercise:
    """One exercise. signature: its first line. hints: idea, formula, outline. keep: the idea worth keeping."""

    name: str
    chapter: str
    points: float
    signature: str
    hints: tuple[str, ...]
    keep: str

    @property
    def suite(self) -> Path:
        """The public suite."""
        return HERE / "suites" / self.chapter / f"test_{self.name}.py"


@dataclass(frozen=True)
class Chapter:
    """One chapter: its short name (ch03), title, notebook name, and exercises in order."""

    name: str
    title: str
    notebook: str
    exercises: tuple[Exercise, ...]


class UnknownName(LookupError):
    """No exercise or chapter is called so; the message names the right ones."""


@cache
def chapters() -> dict[str, Chapter]:
    """All chapters by short name."""
    found = {}
    for path in sorted((HERE / "chapters").glob("ch*.json")):
        record = json.loads(path.read_text(encoding="utf-8"))
        exercises = tuple(
            Exercise(**{**item, "hints": tuple(item["hints"]), "chapter": record["name"]})
            for item in record["exercises"]
        )
        found[record["name"]] = Chapter(record["name"], record["title"], record["notebook"], exercises)
    return found


def chapter(name: str) -> Chapter:
    """The chapter called name, for example "ch03". Raises UnknownName."""
    if name not in chapters():
        raise UnknownName(f"There is no chapter called {name!r}. There are: {', '.join(chapters())}.")
    return chapters()[name]


def exercise(name: str) -> Exercise:
    """The exercise called name, for example "adam_step". Raises UnknownName."""
    every = {e.name: e for c in chapters().values() for e in c.exercises}
    if not isinstance(name, str) or not name:
        example = getattr(name, "__name__", next(iter(every)))
        raise UnknownName(f'Give the name of an exercise, in quotes, for example "{example}".')
    if name in every:
        return every[name]
    near = difflib.get_close_matches(name.lower(), every, n=1)
    if near:
        raise UnknownName(f"No exercise is called {name!r}. Did you mean {near[0]!r}?")
    raise UnknownName(f"No exercise is called {name!r}. There are: {', '.join(every)}.")
