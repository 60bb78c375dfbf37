"""The kill matrix in print, and the record kept in docs/."""

import json
from dataclasses import asdict
from typing import Any

from autograder.places import DOCS
from autograder.prove.matrix import Matrix

RECORD = DOCS / "proof.json"
PAGE = DOCS / "proof.md"
HEADS = ("exercise", "properties", "wrong answers caught", "of them by the public suite", "other right answers",
         "mutants", "killed", "equivalent", "score")  # fmt: skip
INTRODUCTION = """# Proof of the suites

Each hidden suite is itself tested. The reference passes, the stub is refused, every known wrong answer fails with
its own diagnosis, every other right answer passes, and small generated changes of the reference (mutants) are
killed, or listed in the bug library as equivalent with a reason. Made by `autograder prove --write`.
"""


def row(matrix: Matrix) -> tuple[str, ...]:
    """One line of the table."""
    score = "not run" if matrix.score is None else f"{matrix.score:.1%}"
    mutants = ("–", "–", "–") if matrix.mutants is None else (matrix.mutants, matrix.killed, matrix.equivalent)
    numbers = (matrix.tests, matrix.bugs, matrix.seen_in_public, matrix.alternatives, *mutants)
    return (matrix.exercise, *map(str, numbers), score)


def line(matrix: Matrix) -> str:
    """One exercise for a terminal, its holes and survivors below."""
    name, tests, bugs, public, right, mutants, killed, equivalent, score = row(matrix)
    text = (
        f"{name:<20} {tests:>2} properties · {bugs} wrong caught ({public} by public) · {right} right pass · "
        f"mutants {killed}/{mutants}, {equivalent} equivalent · {score}"
    )
    below = [f"  survivor  {s}" for s in matrix.survivors] + [f"  HOLE      {h}" for h in matrix.holes]
    return "\n".join([text, *below])


def page(matrices: list[dict[str, Any]]) -> str:
    """docs/proof.md."""
    lines = [INTRODUCTION, "| " + " | ".join(HEADS) + " |", "|" + "---|" * len(HEADS)]
    for record in matrices:
        lines.append("| " + " | ".join(row(Matrix(**record))) + " |")
    return "\n".join(lines) + "\n"


def recorded() -> dict[str, dict[str, Any]]:
    """The matrices of the last full proof, by exercise."""
    if not RECORD.exists():
        return {}
    return {item["exercise"]: item for item in json.loads(RECORD.read_text(encoding="utf-8"))}


def keep(matrices: list[Matrix]) -> None:
    """Put these into the record and write its page again."""
    merged = recorded() | {m.exercise: asdict(m) for m in matrices}
    items = sorted(merged.values(), key=lambda item: (int(item["chapter"][2:]), item["exercise"]))
    DOCS.mkdir(exist_ok=True)
    RECORD.write_text(json.dumps(items, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    PAGE.write_text(page(items), encoding="utf-8")
