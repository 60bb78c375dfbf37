"""check(): what a learner is told, by kind of answer."""

import json
import time

import pytest

from autograder.reference import exercise

HEAD = "def adam_step(theta, grad, m, v, k, alpha=0.001, beta1=0.9, beta2=0.999, eps=1e-8):\n"
RIGHT = exercise("ch03", "adam_step").code.text


@pytest.fixture
def checked(tmp_path, monkeypatch):
    """Run an answer, then check it as a cell would, in a folder of its own: the panel."""
    monkeypatch.chdir(tmp_path)

    def run(answer: str, call: str = 'check("adam_step")'):
        names: dict[str, object] = {}
        setup = "import time, torch\nfrom torch import Tensor\nfrom glassbox import check\n"
        exec(f"{setup}{answer}\npanel = {call}", names)
        return names["panel"]

    return run


def body(text: str) -> str:
    return HEAD + "\n".join(f"    {line}" for line in text.splitlines())


def test_right_answer_shows_the_idea_worth_keeping(checked):
    panel = checked(RIGHT)
    assert "9 of 9 properties hold" in repr(panel)
    assert "Worth keeping" in repr(panel) and "Worth keeping" in panel._repr_html_()


def test_wrong_answer_shows_input_both_results_and_cause(checked):
    panel = checked(RIGHT.replace("return theta - alpha", "return theta + alpha"))
    text = repr(panel)
    for word in ("given", "yours", "expected", "yours − expected"):
        assert word in text or word == "given"
    assert "The step goes uphill: subtract it." in text
    assert "theta is" in text.lower() or "Theta" in text
    assert "Traceback" not in text and "glassbox/" not in text


ODD = {
    "not written": ("raise NotImplementedError", "is not written yet"),
    "returns None": ("pass", "returned None"),
    "loops for ever": ("while True: pass", "loop that never ends"),
    "swallows the alarm": (
        "while True:\n  try: time.sleep(9)\n  except Exception: pass",
        "loop that never ends",
    ),
    "raises": ("return thetas", "name 'thetas' is not defined"),
    "ends the program": ("exit()", "ends the program"),
    "recurses": ("return adam_step(theta, grad, m, v, k)", "calls itself without end"),
    "power by ^": ("return theta - alpha * grad ^ 2, m, v", "write x**2"),
    "own assertion": ("assert k > 100, 'too early'", "raised AssertionError: too early"),
    "carries autograd": (
        "theta.requires_grad_(); m = beta1 * m + (1 - beta1) * grad; v = beta2 * v + (1 - beta2) * grad**2\n"
        "return theta - alpha * m / (1 - beta1**k) / ((v / (1 - beta2**k)).sqrt() + eps), m, v",
        "autograd",
    ),
    "skips the tests": ("import pytest; pytest.skip('ha')", "raised Skipped"),
    "no numbers to be had": ("return theta, m.to('meta'), v", "without plain numbers"),
    "returns a number": ("return 3.0", "the tuple (theta, m, v) is expected"),
    "changes its input": (
        "m *= beta1; m += (1 - beta1) * grad; v = beta2 * v + (1 - beta2) * grad**2\n"
        "return theta - alpha * m / (1 - beta1**k) / ((v / (1 - beta2**k)).sqrt() + eps), m, v",
        "changed its argument m in place",
    ),
}


@pytest.mark.parametrize("case", ODD)
def test_odd_answers_get_a_sentence_of_their_own(checked, case):
    code, sentence = ODD[case]
    panel = checked(body(code))
    assert sentence in repr(panel)
    assert "Traceback" not in repr(panel)
    assert "_repr_html_" in dir(panel) and panel._repr_html_()


def test_wrong_signature_is_told_apart(checked):
    text = repr(checked("def adam_step(theta): return theta"))
    assert "adam_step(theta) cannot be called as the exercise says" in text


def test_missing_and_overwritten_names(checked):
    assert "adam_step is not defined" in repr(checked(""))
    assert "adam_step is int, not a function" in repr(checked("adam_step = 3"))


def test_printing_is_kept_out_and_counted(checked, capsys):
    panel = checked(RIGHT.replace("### BEGIN SOLUTION", "print('sawdust'); import sys; print('hum', file=sys.stderr)"))
    printed = capsys.readouterr()
    assert "9 of 9" in repr(panel) and "of output or warnings" in repr(panel)
    assert "sawdust" not in printed.out + printed.err + repr(panel)


def test_ipythons_exit_is_shadowed(checked):
    """Its own would end the kernel after the cell."""
    panel = checked("exit = object()\n" + body("exit()"))
    assert "ends the program" in repr(panel)


def test_interrupt_is_one_sentence(checked):
    assert repr(checked(body("raise KeyboardInterrupt"))) == "Stopped. Nothing was recorded."


def test_stub_of_another_function_is_named(checked):
    panel = checked("def helper(): raise NotImplementedError\n" + body("return helper()"))
    assert "helper is not written yet" in repr(panel)


@pytest.mark.parametrize("call", ["check(adam_step)", "check()", "check(['adam_step'])"])
def test_name_without_quotes(checked, call):
    assert "in quotes" in repr(checked(RIGHT, call))


def test_unknown_name_suggests_the_right_one(checked):
    assert "Did you mean 'rmsprop_step'?" in repr(checked("", 'check("RMSProp")'))
    assert "Did you mean 'adam_step'?" in repr(checked("", 'check("adam")'))
    assert "There are:" in repr(checked("", 'check("zzzz")'))


def test_text_of_the_learner_is_escaped(checked):
    panel = checked(body("raise ValueError('<script>alert(1)</script>')"))
    assert "<script>" not in panel._repr_html_()


def test_check_answers_within_three_tenths_of_a_second(checked):
    checked(RIGHT)
    start = time.perf_counter()
    checked(RIGHT)
    assert time.perf_counter() - start < 0.3


def test_hidden_suite_gives_a_diagnosis(checked):
    panel = checked(RIGHT.replace("1 - beta1**k", "1 - beta1").replace("1 - beta2**k", "1 - beta2"),
                    'check("adam_step", hidden=True)')  # fmt: skip
    assert "the power is missing" in repr(panel)


def test_hidden_suite_absent_is_one_sentence(checked, monkeypatch):
    monkeypatch.setattr("glassbox.backstage.entry_points", lambda group: ())
    assert repr(checked(RIGHT, 'check("adam_step", hidden=True)')).startswith("The hidden suites are not part")


def test_under_nbgrader_the_result_is_the_points(checked, monkeypatch, capsys):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    assert checked(RIGHT) == 6.0
    assert checked(body("raise NotImplementedError")) == 0.0
    half = checked(RIGHT.replace("return theta -", "return theta +"))
    assert 0 < half < 6
    assert "adam_step: 6 of 6 points" in capsys.readouterr().out
    monkeypatch.setattr("glassbox.backstage.entry_points", lambda group: ())
    with pytest.raises(RuntimeError, match="not part of this copy"):
        checked(RIGHT)


def test_progress_keeps_the_best_and_survives_damage(checked, tmp_path):
    from glassbox import progress

    checked(RIGHT)
    checked(RIGHT.replace("return theta -", "return theta +"))
    kept = json.loads((tmp_path / "progress.json").read_text())
    assert kept["adam_step"]["held"] == kept["adam_step"]["of"] == 9
    assert "✓ adam_step" in repr(progress("ch03"))
    (tmp_path / "progress.json").write_text("{not json")
    checked(RIGHT)
    assert (tmp_path / "progress.damaged.json").read_text() == "{not json"
    assert "✓ adam_step" in repr(progress("ch03"))


def test_progress_of_an_unwritable_folder_is_no_error(checked, monkeypatch):
    monkeypatch.setattr("pathlib.Path.write_text", lambda *_, **__: (_ for _ in ()).throw(PermissionError()))
    assert "9 of 9" in repr(checked(RIGHT))


def test_matrices_are_shown_as_pictures():
    import torch

    from glassbox.contents import Exercise
    from glassbox.report import suite_panel
    from glassbox.testing import expect
    from glassbox.testing.plugin import Outcome
    from glassbox.testing.runner import SuiteResult

    expected = torch.arange(6.0).reshape(2, 3)
    with pytest.raises(expect.Mismatch) as caught:
        expect.close(expected + torch.eye(2, 3), expected)
    outcome = Outcome("test_a", "A property.", 1.0, "failed", caught.value)
    panel = suite_panel(Exercise("a", "ch03", 1.0, "", (), ""), SuiteResult("a", (outcome,), "", 0.0))
    assert panel._repr_html_().count("<svg") == 3
    assert "most at [0, 0], 1 against 0" in repr(panel)
