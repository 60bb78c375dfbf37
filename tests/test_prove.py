"""The bug library of every exercise holds, and the mutants of those that changed are killed."""

import pytest
import torch
from cosmic_ray.mutating import mutate_code

from autograder.places import SOLUTIONS
from autograder.prove import matrix, table
from autograder.prove.mutants import RemoveStatement, SwapArguments, mutants
from autograder.source import read_all

EXERCISES = [e for source in read_all(SOLUTIONS) for e in source.exercises]


@pytest.fixture(autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: f"{e.chapter}-{e.name}")
def test_suites_deserve_trust(exercise):
    """With mutants where the solution, the hidden suite or the bug file is newer than docs/proof.json."""
    unchanged = table.recorded().get(exercise.name, {}).get("digest") == matrix.digest(exercise)
    proven = matrix.prove(exercise, with_mutants=not unchanged)
    assert not proven.holes, table.line(proven)


def test_page_is_what_the_record_says():
    assert table.PAGE.read_text(encoding="utf-8") == table.page(list(table.recorded().values()))
    assert all(not record["holes"] for record in table.recorded().values())


@pytest.mark.parametrize("operator", [RemoveStatement(), SwapArguments()], ids=lambda o: type(o).__name__)
def test_own_operators_do_what_their_examples_say(operator):
    for example in operator.examples():
        assert mutate_code(example.pre_mutation_code, operator, example.occurrence) == example.post_mutation_code


def test_mutants_are_distinct_and_leave_the_docstring_alone():
    (adam,) = [e for e in EXERCISES if e.name == "adam_step"]
    generated = mutants(adam)
    assert len({m.source for m in generated}) == len(generated) > 50
    lines = {m.line for m in generated}
    assert "pass" in lines and not any('"""' in line for line in lines)


def test_a_hole_is_found(monkeypatch):
    """A wrong answer called right, and a suite that cannot tell, are holes."""
    from autograder.bugs import Answer, Library, library

    (adam,) = [e for e in EXERCISES if e.name == "adam_step"]
    known = library("ch03", "adam_step")
    wrong = known.wrong[0]
    swapped = Library(
        (
            Answer(wrong.name, True, "a style", wrong.answer),
            *(Answer(r.name, False, "s", r.answer) for r in known.right),
        ),
        {},
    )
    monkeypatch.setattr(matrix, "library", lambda *_: swapped)
    holes = " ".join(matrix.prove(adam, with_mutants=False).holes)
    assert f"right answer {wrong.name} fails hidden" in holes
    assert "wrong answer passes: folded_into_the_rate" in holes
    assert "only 2 wrong answers" in holes
