"""A mistake in a chapter's source stops the build, with file and line."""

from pathlib import Path

import pytest

from autograder.build import learners_notebook
from autograder.places import SOLUTIONS
from autograder.source import SourceError, read, read_all, solution_lines

SOUND = '''# %% [markdown]
# # A chapter

# %% setup=true
import torch

# %% exercise="adam_step" points=6
def adam_step(theta):
    """Adam."""
    ### BEGIN SOLUTION
    return theta - 0.001 * theta.sign()
    ### END SOLUTION

# %% [markdown] hint="adam_step"
# idea
# ***
# formula
# ***
# outline

# %% check="adam_step" keep="A sentence."
check("adam_step")

# %% [markdown] question="why" points=3
# Why?

# %% [markdown] rubric="why"
# Because. One point each.
'''


def write(folder: Path, text: str, name: str = "ch03_x.py") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_sound_source_is_read(tmp_path):
    source = read(write(tmp_path, SOUND))
    (exercise,) = source.exercises
    assert (exercise.name, exercise.points, exercise.keep) == ("adam_step", 6, "A sentence.")
    assert exercise.hints == ["idea", "formula", "outline"]
    assert exercise.signature == "def adam_step(theta)"
    assert source.title == "A chapter"


MISTAKES = {
    "unknown option": ('points=6', 'pionts=6', 7, "unknown option 'pionts'"),
    "no points": ('exercise="adam_step" points=6', 'exercise="adam_step"', 7, "needs points="),
    "unknown exercise in check": ('check="adam_step"', 'check="adm_step"', 21, "a check without its exercise"),
    "no suites": ('adam_step', 'adam_leap', 7, "has no public suite: glassbox/suites/ch03/test_adam_leap.py"),
    "begin only": ("    ### END SOLUTION\n", "", 7, "needs one '### BEGIN SOLUTION' and one"),
    "other name": ("def adam_step", "def adam_leap", 7, "the cell defines no 'adam_step'"),
    "no python": ("return theta -", "return theta theta -", 11, "is no Python"),
    "no docstring": ('    """Adam."""\n', "", 7, "has no docstring"),
    "two hints": ("# formula\n# ***\n", "", 14, "needs three parts"),
    "other body": ('\ncheck("adam_step")', '\nprint(1)', 21, "the body of the check"),
    "no idea": (' keep="A sentence."', "", 21, "needs keep="),
    "rubric missing": ('# %% [markdown] rubric="why"\n', "# %% [markdown]\n", 24, "has no rubric"),
    "leak": ("# Why?", "# Is `return theta - 0.001 * theta.sign()` right?", 24, "solution line"),
    "leak in a hint": ("# outline", "#     return theta - 0.001*theta.sign()", 14, "solution line"),
    "stray marker": ("import torch", "import torch  ### BEGIN SOLUTION", 4, "markers stand outside"),
    "name taken": ('question="why"', 'question="adam_step"', 24, "the name 'adam_step' is taken"),
    "no name": ('question="why"', 'question="why not?"', 24, "'why not?' is no name"),
    "two setups": ("# Why?", "# Why?\n\n# %% setup=true\nimport os", 27, "a second setup"),
    "hint as code": ('# %% [markdown] hint="adam_step"', '# %% hint="adam_step"', 14, "is markdown"),
}  # fmt: skip


@pytest.mark.parametrize("case", MISTAKES)
def test_mistake_is_named_with_its_line(tmp_path, case):
    old, new, line, sentence = MISTAKES[case]
    assert old in SOUND
    with pytest.raises(SourceError) as caught:
        read(write(tmp_path, SOUND.replace(old, new)))
    assert any(m.startswith(f"ch03_x.py:{line}:") and sentence in m for m in str(caught.value).splitlines()), (
        caught.value
    )


def test_check_before_its_exercise(tmp_path):
    check = '# %% check="adam_step" keep="A sentence."\ncheck("adam_step")\n\n'
    with pytest.raises(SourceError, match=r"ch03_x\.py:4: a check before its exercise 'adam_step'"):
        read(write(tmp_path, SOUND.replace(check, "").replace("# %% setup", check + "# %% setup")))


def test_names_are_used_once(tmp_path):
    write(tmp_path, SOUND + SOUND)
    with pytest.raises(SourceError, match="a second exercise 'adam_step'; the first is on line 7"):
        read_all(tmp_path)
    write(tmp_path, SOUND, "ch03_x.py")
    write(tmp_path, SOUND, "ch03_y.py")
    with pytest.raises(SourceError, match="an exercise of ch03_x already"):
        read_all(tmp_path)


def test_learners_notebook(tmp_path):
    notebook = learners_notebook(read(write(tmp_path, SOUND)))
    cells = {cell.id: cell for cell in notebook.cells}
    assert cells["adam_step-code"].source.endswith("raise NotImplementedError")
    assert cells["adam_step"].metadata.nbgrader.points == 6
    assert cells["why"].source == "*Write your answer here.*"
    assert "Because" not in str(notebook) and "sign()" not in str(notebook)


def test_no_solution_line_is_in_the_repository_notebooks():
    for source in read_all(SOLUTIONS):
        text = "".join((SOLUTIONS.parent / "notebooks" / f"{source.notebook}.ipynb").read_text().split())
        for exercise in source.exercises:
            for line in solution_lines(exercise.code.text):
                assert line.replace('"', '\\"') not in text
