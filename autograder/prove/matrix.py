"""The kill matrix of one exercise: every answer whose verdict is known, against its suites."""

import hashlib
from dataclasses import dataclass, field
from typing import Any

from autograder.bugs import library
from autograder.build import STUB
from autograder.diagnose import run_hidden, with_answer
from autograder.places import bug_file, hidden_suite, public_suite
from autograder.prove.mutants import Mutant, mutants
from autograder.reference import compile_cell, namespace
from autograder.source import BEGIN, END, Exercise
from glassbox.testing.runner import SuiteResult, run_suite
from glassbox.testing.student import Student

GOAL = 0.95
FEWEST_WRONG, FEWEST_RIGHT = 3, 1
ANY_FAILURE = ("failed", "error", "timeout", "not written")


@dataclass
class Matrix:
    """What was proven of one exercise. holes: what is missing, in words; empty when the suites can be trusted."""

    exercise: str
    chapter: str
    digest: str
    tests: int = 0
    bugs: int = 0
    seen_in_public: int = 0
    alternatives: int = 0
    mutants: int | None = None
    killed: int = 0
    equivalent: int = 0
    survivors: list[str] = field(default_factory=list)
    holes: list[str] = field(default_factory=list)

    @property
    def score(self) -> float | None:
        """Killed share of the mutants that are not equivalent; None when no mutants were run."""
        if self.mutants is None:
            return None
        judged = self.mutants - self.equivalent
        return self.killed / judged if judged else 1.0


def digest(exercise: Exercise) -> str:
    """A hash of what the mutation score depends on: the solution, the hidden suite and the bug file."""
    parts = [exercise.code.text.encode()]
    for path in (hidden_suite, bug_file):
        parts.append(path(exercise.chapter, exercise.name).read_bytes())
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:16]


def prove(exercise: Exercise, *, with_mutants: bool = True) -> Matrix:
    """Run every known answer, and the generated mutants, against the suites of one exercise."""
    matrix = Matrix(exercise.name, exercise.chapter, digest(exercise))
    _reference_and_stub(exercise, matrix)
    _bugs(exercise, matrix)
    _alternatives(exercise, matrix)
    if with_mutants and not matrix.holes:
        _mutants(exercise, matrix)
    return matrix


def _public(exercise: Exercise, names: dict[str, Any]) -> SuiteResult:
    suite = public_suite(exercise.chapter, exercise.name)
    return run_suite(suite, Student(names), halt_on=("timeout",))


def _hidden(exercise: Exercise, names: dict[str, Any], seed: int = 0) -> SuiteResult:
    return run_hidden(exercise.chapter, exercise.name, Student(names), seed=seed)


def _reference_and_stub(exercise: Exercise, matrix: Matrix) -> None:
    names = namespace(exercise.chapter)
    for seed in (0, 1):
        result = _hidden(exercise, names, seed)
        matrix.holes += [f"reference fails hidden (seed {seed}): {o.property}" for o in result.outcomes if not o.passed]
    matrix.tests = len(result.outcomes)
    matrix.holes += [f"reference fails public: {o.property}" for o in _public(exercise, names).outcomes if not o.passed]
    stub = names | _run(_stubbed(exercise.code.text), exercise, names)
    for suite, outcome in (("hidden", _hidden(exercise, stub)), ("public", _public(exercise, stub))):
        if outcome.fraction > 0 or not outcome.not_written:
            matrix.holes.append(f"the stub is not refused by the {suite} suite")


def _bugs(exercise: Exercise, matrix: Matrix) -> None:
    wrong = library(exercise.chapter, exercise.name).wrong
    matrix.bugs = len(wrong)
    if len(wrong) < FEWEST_WRONG:
        matrix.holes.append(f"only {len(wrong)} wrong answers in the bug library")
    for bug in wrong:
        names = with_answer(exercise.chapter, exercise.name, bug.answer)
        result = _hidden(exercise, names)
        if result.passed:
            matrix.holes.append(f"wrong answer passes: {bug.name}")
        elif result.diagnosis != bug.sentence:
            matrix.holes.append(f"wrong answer {bug.name} is diagnosed as: {result.diagnosis}")
        matrix.seen_in_public += not _public(exercise, names).passed


def _alternatives(exercise: Exercise, matrix: Matrix) -> None:
    right = library(exercise.chapter, exercise.name).right
    matrix.alternatives = len(right)
    if len(right) < FEWEST_RIGHT:
        matrix.holes.append("no other right answer in the bug library")
    for answer in right:
        names = with_answer(exercise.chapter, exercise.name, answer.answer)
        for suite, result in (("hidden", _hidden(exercise, names)), ("public", _public(exercise, names))):
            for outcome in result.outcomes:
                if not outcome.passed:
                    matrix.holes.append(f"right answer {answer.name} fails {suite}: {outcome.property}")


def _mutants(exercise: Exercise, matrix: Matrix) -> None:
    equivalent = dict(library(exercise.chapter, exercise.name).equivalent)
    generated = mutants(exercise)
    matrix.mutants = len(generated)
    unused = set(equivalent)
    for mutant in generated:
        if _killed(exercise, mutant):
            matrix.killed += 1
            if mutant.line in equivalent:
                matrix.holes.append(f"listed as equivalent, but killed: {mutant.line}")
        elif mutant.line in equivalent:
            matrix.equivalent += 1
        else:
            matrix.survivors.append(f"{mutant.before}  ->  {mutant.line}")
        unused.discard(mutant.line)
    matrix.holes += [f"listed as equivalent, but never generated: {line}" for line in sorted(unused)]
    if (matrix.score or 0) < GOAL:
        matrix.holes.append(f"only {matrix.score:.1%} of the mutants are killed; {GOAL:.0%} is the goal")


def _killed(exercise: Exercise, mutant: Mutant) -> bool:
    names = namespace(exercise.chapter)
    try:
        names |= _run(mutant.source, exercise, names)
    except Exception:
        return True
    suite = hidden_suite(exercise.chapter, exercise.name)
    reference = Student(namespace(exercise.chapter))
    return not run_suite(suite, Student(names), reference=reference, halt_on=ANY_FAILURE).passed


def _run(text: str, exercise: Exercise, names: dict[str, Any]) -> dict[str, Any]:
    """The exercise's name as this text defines it, in its own copy of the namespace."""
    own = dict(names)
    exec(compile_cell(text, f"<{exercise.name}>"), own)
    return {exercise.name: own[exercise.name]}


def _stubbed(text: str) -> str:
    head, rest = text.split(BEGIN)
    return head + STUB + rest.split(END)[1]
