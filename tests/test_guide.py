"""Hints by degrees, solutions where they are at hand, and quiet payoff cells."""

import matplotlib.pyplot as plt
import pytest

from glassbox import guide, hint, payoff, solution
from glassbox.contents import exercise


@pytest.fixture(autouse=True)
def from_the_first_hint(monkeypatch):
    monkeypatch.setattr(guide, "_shown", {})


def test_hints_come_one_at_a_time():
    shown = [repr(hint("adam_step")) for _ in range(4)]
    assert ["The idea (1 of 3)" in shown[0], "The formula (2 of 3)" in shown[1], "The outline (3 of 3)" in shown[2]]
    assert shown[2] == shown[3] and "last hint" in shown[3]
    assert exercise("adam_step").hints[1] in shown[1]


def test_solution_is_the_reference():
    assert "def adam_step(" in repr(solution("adam_step")) and "BEGIN SOLUTION" not in repr(solution("adam_step"))


def test_solution_absent_is_one_sentence(monkeypatch):
    monkeypatch.setattr("glassbox.backstage.entry_points", lambda group: ())
    assert repr(solution("adam_step")) == "The solutions are not part of this copy of the course."


@pytest.mark.parametrize("ask", [hint, solution])
def test_unknown_names(ask):
    assert "Did you mean 'adam_step'?" in repr(ask("adam_steps"))


def not_yet():
    raise NotImplementedError


def test_payoff_of_a_stub_is_one_line(capsys):
    with payoff("other", "not_yet"):
        not_yet()
    assert "not_yet is not written yet" in "".join(capsys.readouterr().out.split("\n"))


def test_payoff_of_a_missing_name_is_one_line(capsys):
    with payoff("nobody"):
        nobody()  # type: ignore[name-defined]  # noqa: F821
    assert "nobody is not defined yet" in capsys.readouterr().out


def test_figure_begun_in_vain_is_closed():
    kept = plt.figure()
    with payoff("not_yet"):
        plt.subplots()
        not_yet()
    assert plt.get_fignums() == [kept.number]
    plt.close(kept)


def test_payoff_lets_other_errors_through(capsys):
    with pytest.raises(NameError), payoff("adam_step"):
        nobody()  # type: ignore[name-defined]  # noqa: F821
    assert 'Does each of these pass? check("adam_step")' in capsys.readouterr().out
    with pytest.raises(ValueError), payoff("adam_step"):
        raise ValueError
