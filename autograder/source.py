"""Read a chapter's source, solutions/chNN_*.py, and refuse one that has a mistake in it.

The source is a jupytext percent file. Options stand on the `# %%` line of a cell:

    setup=true                          imports; always run, by the grader too
    exercise="adam_step" points=6       one function, its body between the solution markers
    hint="adam_step"      (markdown)    idea, formula and outline, with a line *** between
    check="adam_step" keep="…"          the check cell, and the idea worth keeping after success
    question="saddle" points=3 (markdown)   a written question
    rubric="saddle"       (markdown)    its model answer and rubric; the learner's answer cell stands in its place
"""

import ast
import copy
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import jupytext

from autograder.places import ROOT, bug_file, hidden_suite, public_suite

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
OPTIONS = {
    "setup": {"setup"},
    "exercise": {"exercise", "points"},
    "hint": {"hint"},
    "check": {"check", "keep"},
    "question": {"question", "points"},
    "rubric": {"rubric"},
}
LAYOUT = {"lines_to_next_cell", "lines_to_end_of_cell_marker"}
MARKDOWN_ROLES = {"hint", "question", "rubric"}
NAME = re.compile(r"\w+", re.ASCII)
HINT_BREAK = re.compile(r"^\*\*\*$", re.MULTILINE)
SHORTEST_LEAK = 14


class SourceError(Exception):
    """Mistakes in a source, one a line: file:line: sentence."""


@dataclass(frozen=True)
class Cell:
    """One cell. role: a key of OPTIONS, or "prose" or "demo". line: its first line in the file, from 1."""

    role: str
    kind: str
    text: str
    options: dict[str, Any]
    line: int

    @property
    def name(self) -> str:
        """The exercise or question that the cell belongs to."""
        return str(self.options.get(self.role, ""))


@dataclass(frozen=True)
class Exercise:
    """An exercise as its chapter's source has it: the three cells, in the notebook's order."""

    name: str
    chapter: str
    code: Cell
    hint: Cell
    check: Cell

    @property
    def points(self) -> float:
        return float(self.code.options["points"])

    @property
    def keep(self) -> str:
        return str(self.check.options["keep"])

    @property
    def hints(self) -> list[str]:
        return [part.strip() for part in HINT_BREAK.split(self.hint.text)]

    @cached_property
    def definition(self) -> ast.FunctionDef | ast.ClassDef:
        """The syntax tree of the function or class that the learner writes."""
        return next(node for node in ast.parse(self.code.text).body if _defines(node, self.name))  # type: ignore[return-value]

    @property
    def signature(self) -> str:
        """The definition's head on one line, without the colon."""
        head = copy.copy(self.definition)
        head.body, head.decorator_list = [], []
        return ast.unparse(head).strip().removesuffix(":")


@dataclass(frozen=True)
class Source:
    """One source file. chapter: ch03 for ch03_gradient_descent.py; the welcome page has no exercises."""

    path: Path
    cells: tuple[Cell, ...]

    @property
    def notebook(self) -> str:
        return self.path.stem

    @property
    def chapter(self) -> str:
        return self.path.stem.split("_")[0]

    @property
    def title(self) -> str:
        heads = [line for cell in self.cells for line in cell.text.splitlines() if cell.kind == "markdown"]
        return next((line[2:].strip() for line in heads if line.startswith("# ")), self.notebook)

    @cached_property
    def exercises(self) -> tuple[Exercise, ...]:
        found = {(cell.role, cell.name): cell for cell in self.cells}
        return tuple(
            Exercise(cell.name, self.chapter, cell, found["hint", cell.name], found["check", cell.name])
            for cell in self.cells
            if cell.role == "exercise"
        )


def read(path: Path) -> Source:
    """The source at path, proven sound. Raises SourceError with every mistake found."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise SourceError(f"{_short(path)}:1: the file is not UTF-8: {error.reason}.") from None
    lines = [i for i, line in enumerate(text.splitlines(), start=1) if re.match(r"# %%(\s|$)", line)]
    notebook = jupytext.reads(text, fmt="py:percent")
    if len(lines) != len(notebook.cells):
        raise SourceError(f"{_short(path)}:1: the first cell must begin with its own line '# %%'.")
    cells = tuple(_cell(raw, line) for raw, line in zip(notebook.cells, lines, strict=True))
    source = Source(path, cells)
    mistakes = _mistakes(source)
    if mistakes:
        raise SourceError("\n".join(f"{_short(path)}:{line}: {sentence}" for line, sentence in sorted(mistakes)))
    return source


def read_all(folder: Path) -> list[Source]:
    """Every source in the folder, in order. Raises SourceError."""
    sources = [read(path) for path in sorted(folder.glob("*.py"))]
    seen: dict[str, Source] = {}
    for source in sources:
        for exercise in source.exercises:
            if exercise.name in seen:
                raise SourceError(
                    f"{_short(source.path)}:{exercise.code.line}: {exercise.name!r} is an exercise of "
                    f"{seen[exercise.name].notebook} already; a name is used once in the course."
                )
            seen[exercise.name] = source
    return sources


def _cell(raw: Any, line: int) -> Cell:
    options = {key: value for key, value in raw.metadata.items() if key not in LAYOUT}
    role = next((role for role in OPTIONS if role in options), "prose" if raw.cell_type == "markdown" else "demo")
    return Cell(role, raw.cell_type, raw.source, options, line)


def _mistakes(source: Source) -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = []
    seen: dict[tuple[str, str], int] = {}
    for cell in source.cells:
        unknown = sorted(set(cell.options) - OPTIONS.get(cell.role, set()))
        if unknown:
            found.append((cell.line, f"unknown option {unknown[0]!r} on a {cell.role} cell."))
        if cell.kind != ("markdown" if cell.role in MARKDOWN_ROLES else cell.kind):
            found.append((cell.line, f"a {cell.role} cell is markdown: write '# %% [markdown] {cell.role}=…'."))
        if cell.role in ("exercise", "check", "setup") and cell.kind != "code":
            found.append((cell.line, f"a {cell.role} cell is code."))
        if cell.role in OPTIONS and cell.role != "setup" and not NAME.fullmatch(cell.name):
            found.append((cell.line, f"{cell.name!r} is no name: letters, digits and _ only."))
        if cell.role in ("exercise", "question") and {("exercise", cell.name), ("question", cell.name)} & seen.keys():
            found.append((cell.line, f"the name {cell.name!r} is taken; a name is used once in the course."))
        if cell.role in OPTIONS:
            if (cell.role, cell.name) in seen:
                first = seen[cell.role, cell.name]
                found.append((cell.line, f"a second {cell.role} {cell.name!r}; the first is on line {first}."))
            needs = {"hint": "exercise", "check": "exercise", "rubric": "question"}.get(cell.role)
            if needs and (needs, cell.name) not in seen:
                where = "before" if any(c.role == needs and c.name == cell.name for c in source.cells) else "without"
                found.append((cell.line, f"a {cell.role} {where} its {needs} {cell.name!r}."))
            seen.setdefault((cell.role, cell.name), cell.line)
        found += _body_mistakes(cell)
    for (role, name), line in seen.items():
        for partner in {"exercise": ("hint", "check"), "question": ("rubric",)}.get(role, ()):
            if (partner, name) not in seen:
                found.append((line, f"the {role} {name!r} has no {partner} cell."))
        if role == "exercise":
            for what, file in (
                ("public suite", public_suite(source.chapter, name)),
                ("hidden suite", hidden_suite(source.chapter, name)),
                ("bug library", bug_file(source.chapter, name)),
            ):
                if not file.exists():
                    found.append((line, f"the exercise {name!r} has no {what}: {_short(file)} is missing."))
    return found + _leaks(source)


def _body_mistakes(cell: Cell) -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = []
    begins, ends = cell.text.count(BEGIN), cell.text.count(END)
    if cell.role == "exercise":
        if begins != 1 or ends != 1 or cell.text.index(BEGIN) > cell.text.index(END):
            found.append((cell.line, f"the solution of {cell.name!r} needs one {BEGIN!r} and one {END!r} after it."))
        try:
            defined = [node for node in ast.parse(cell.text).body if _defines(node, cell.name)]
        except SyntaxError as error:
            return [
                *found,
                (cell.line + (error.lineno or 0), f"the exercise {cell.name!r} is no Python: {error.msg}."),
            ]
        if not defined:
            found.append((cell.line, f"the cell defines no {cell.name!r}."))
        elif not ast.get_docstring(defined[0]):  # type: ignore[arg-type]
            found.append((cell.line, f"{cell.name!r} has no docstring."))
        if not _positive(cell.options.get("points")):
            found.append((cell.line, f"the exercise {cell.name!r} needs points=."))
    elif begins or ends:
        found.append((cell.line, f"solution markers stand outside an exercise, in a {cell.role} cell."))
    if cell.role == "question" and not _positive(cell.options.get("points")):
        found.append((cell.line, f"the question {cell.name!r} needs points=."))
    if cell.role == "hint" and len(HINT_BREAK.split(cell.text)) != 3:
        found.append((cell.line, f"the hint of {cell.name!r} needs three parts with a line *** between them."))
    if cell.role == "check":
        if cell.text.strip() != f'check("{cell.name}")':
            found.append((cell.line, f'the body of the check is check("{cell.name}") and nothing else.'))
        if not cell.options.get("keep"):
            found.append((cell.line, f"the check of {cell.name!r} needs keep=, the idea worth keeping."))
    return found


def solution_lines(text: str) -> list[str]:
    """The lines between the markers that would give the answer away, without their white space."""
    body = text[text.index(BEGIN) + len(BEGIN) : text.index(END)]
    tight = ["".join(line.split("#")[0].split()) for line in body.splitlines()]
    return [line for line in tight if len(line) >= SHORTEST_LEAK and re.search(r"=|\(|\breturn", line)]


def without_markers(text: str) -> str:
    """A cell's text without the lines that only mark where the solution begins and ends."""
    return "\n".join(line for line in text.splitlines() if line.strip() not in (BEGIN, END))


def _leaks(source: Source) -> list[tuple[int, str]]:
    found = []
    for exercise in source.cells:
        if exercise.role != "exercise" or BEGIN not in exercise.text or END not in exercise.text:
            continue
        for line in solution_lines(exercise.text):
            for cell in source.cells:
                outside = cell.text.split(BEGIN)[0] if cell.role == "exercise" else cell.text
                if line in "".join(outside.split()):
                    found.append((cell.line, f"a solution line of {exercise.name!r} stands in this cell: {line}"))
    return found


def _defines(node: ast.stmt, name: str) -> bool:
    return isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == name


def _positive(points: Any) -> bool:
    return isinstance(points, int | float) and points > 0


def _short(path: Path) -> str:
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else path.name
