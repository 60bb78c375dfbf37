"""From a chapter's source to the notebook that learners open.

source ──▶ instructor's notebook (solutions in, nbgrader metadata) ──▶ nbgrader's own preprocessors ──▶ learner's
The instructor's notebook is what a course folder holds under source/.
"""

import copy
import hashlib
import json
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.preprocessors import (
    CheckCellMetadata,
    ClearHiddenTests,
    ClearMarkScheme,
    ClearOutput,
    ClearSolutions,
    ComputeChecksums,
    LockCells,
)
from traitlets.config import Config

from autograder.places import CHAPTERS, NOTEBOOKS, ROOT, SOLUTIONS
from autograder.source import BEGIN, END, HINT_BREAK, Cell, Exercise, Source, SourceError, read_all, solution_lines

STUB = "raise NotImplementedError"
WRITE_HERE = "*Write your answer here.*"
HINT_TITLES = ("Hint 1: the idea", "Hint 2: the formula", "Hint 3: the outline")
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
# nbgrader's GenerateAssignment runs these, in this order, around its database.
PREPROCESSORS = (
    LockCells,
    ClearSolutions,
    ClearOutput,
    CheckCellMetadata,
    ComputeChecksums,
    ClearHiddenTests,
    ClearMarkScheme,
    ComputeChecksums,
    CheckCellMetadata,
)


def nbgrader_settings() -> Config:
    """The stubs that take the solutions' place; the same in every course folder."""
    return Config(ClearSolutions={"code_stub": {"python": STUB}, "text_stub": WRITE_HERE})


def instructors_notebook(source: Source) -> nbformat.NotebookNode:
    """The notebook with the solutions in it, and nbgrader's metadata."""
    notebook = new_notebook(metadata=copy.deepcopy(METADATA))
    points = {e.name: e.points for e in source.exercises}
    points |= {c.name: float(c.options["points"]) for c in source.cells if c.role == "question"}
    ids: set[str] = set()
    for cell in source.cells:
        notebook.cells.append(_built(cell, points, ids))
    return notebook


def learners_notebook(source: Source) -> nbformat.NotebookNode:
    """The notebook with stubs in place of the solutions. Raises SourceError when one is left in it."""
    notebook = instructors_notebook(source)
    resources: dict[str, Any] = {}
    for step in PREPROCESSORS:
        notebook, resources = step(config=nbgrader_settings()).preprocess(notebook, resources)
    for exercise in source.exercises:
        tight = "".join("".join(cell.source.split()) for cell in notebook.cells)
        for line in solution_lines(exercise.code.text):
            if line in tight:
                raise SourceError(f"{source.path.name}:{exercise.code.line}: {line} is left in the built notebook.")
    return notebook


def _built(cell: Cell, points: dict[str, float], ids: set[str]) -> nbformat.NotebookNode:
    text, grading, name = cell.text, None, None
    if cell.role == "setup":
        grading, name = _grading("setup", locked=True), "setup"
    elif cell.role == "exercise":
        name = f"{cell.name}-code"
        grading = _grading(name, solution=True)
    elif cell.role == "check":
        grading, name = _grading(cell.name, grade=True, locked=True, points=points[cell.name]), cell.name
    elif cell.role == "hint":
        text = _folded(text)
    elif cell.role == "question":
        name = f"{cell.name}-question"
        grading = _grading(name, locked=True)
    elif cell.role == "rubric":
        text = f"{BEGIN}\n{text}\n{END}"
        grading, name = _grading(cell.name, grade=True, solution=True, points=points[cell.name]), cell.name
    make = new_code_cell if cell.kind == "code" else new_markdown_cell
    return make(text, id=_cell_id(name, cell, ids), metadata={"nbgrader": grading} if grading else {})


def _grading(
    grade_id: str,
    *,
    grade: bool = False,
    solution: bool = False,
    locked: bool = False,
    points: float | None = None,
) -> dict[str, Any]:
    """nbgrader's cell metadata, schema 3."""
    kept = {"schema_version": 3, "grade_id": grade_id, "grade": grade, "solution": solution, "locked": locked}
    return {**kept, "task": False} | ({} if points is None else {"points": points})


def _cell_id(name: str | None, cell: Cell, ids: set[str]) -> str:
    """The grade id, or else a hash of the text: the same source gives the same ids."""
    stem = name or hashlib.sha256(f"{cell.kind}:{cell.text}".encode()).hexdigest()[:12]
    unique, count = stem, 1
    while unique in ids:
        count += 1
        unique = f"{stem}-{count}"
    ids.add(unique)
    return unique


def _folded(text: str) -> str:
    parts = [part.strip() for part in HINT_BREAK.split(text)]
    return "\n\n".join(
        f"<details><summary>{title}</summary>\n\n{part}\n\n</details>"
        for title, part in zip(HINT_TITLES, parts, strict=True)
    )


def contents(source: Source) -> dict[str, Any]:
    """What glassbox.contents reads: order, points, hints and ideas of the chapter's exercises."""
    return {
        "name": source.chapter,
        "title": source.title,
        "notebook": source.notebook,
        "exercises": [_entry(exercise) for exercise in source.exercises],
    }


def _entry(exercise: Exercise) -> dict[str, Any]:
    kept = {"name": exercise.name, "points": exercise.points, "signature": exercise.signature}
    return {**kept, "hints": exercise.hints, "keep": exercise.keep}


def products(solutions: Path = SOLUTIONS) -> dict[Path, str]:
    """Every file that the build writes, with its text. Raises SourceError."""
    files: dict[Path, str] = {}
    for source in read_all(solutions):
        notebook = nbformat.writes(learners_notebook(source)) + "\n"
        files[NOTEBOOKS / f"{source.notebook}.ipynb"] = notebook
        if source.exercises:
            entry = json.dumps(contents(source), indent=1, ensure_ascii=False) + "\n"
            files[CHAPTERS / f"{source.chapter}.json"] = entry
    return files


def build(check_only: bool = False) -> list[str]:
    """Write what has changed, and remove chapter records that no source builds; the names of those files.

    A notebook that no source builds is somebody's own and stays.

    check_only: write nothing. Raises SourceError.
    """
    files = products()
    stale = [path for path, text in files.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    orphans = [path for path in CHAPTERS.glob("*.json") if path not in files]
    if not check_only:
        for path in stale:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(files[path], encoding="utf-8")
        for path in orphans:
            path.unlink()
    return [str(path.relative_to(ROOT)) for path in [*stale, *orphans]]
