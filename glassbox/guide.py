"""Help on the way: hints by degrees, the solution where it is at hand, and quiet payoff cells."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import matplotlib.pyplot as plt

from glassbox import backstage
from glassbox.contents import UnknownName, exercise
from glassbox.report import Panel, code, note
from glassbox.testing.student import stub_of

STEPS = ("The idea", "The formula", "The outline")
_shown: dict[str, int] = {}


def hint(name: str) -> Panel:
    """The next hint of an exercise: first the idea, then the formula, then the outline."""
    try:
        hints = exercise(name).hints
    except UnknownName as unknown:
        return note(str(unknown))
    step = min(_shown.get(name, 0), len(hints) - 1)
    _shown[name] = step + 1
    more = f'Run `hint("{name}")` again for more.' if step + 1 < len(hints) else "This is the last hint."
    text = "\n\n".join([f"{STEPS[step]} ({step + 1} of {len(hints)})", hints[step], more])
    return _Markdown("note", f"<pre>{code(hints[step])}</pre><p>{code(more)}</p>", text)


class _Markdown(Panel):
    """A panel whose text is markdown, so that a notebook sets its formulas."""

    def _repr_markdown_(self) -> str:
        return repr(self)

    def _repr_html_(self) -> None:  # type: ignore[override]
        return None


def solution(name: str) -> Panel:
    """The reference solution of an exercise, for self-study, where the solutions are part of this copy."""
    try:
        exercise(name)
    except UnknownName as unknown:
        return note(str(unknown))
    stage = backstage.find()
    if stage is None:
        return note("The solutions are not part of this copy of the course.")
    source = stage.solution_text(name)
    return _Markdown("note", f"<pre>{code(source)}</pre>", f"```python\n{source}\n```")


@contextmanager
def payoff(*names: str) -> Iterator[None]:
    """Run a cell's body that uses these exercises; where one is not written yet, say so in one line.

    Any other exception passes, so that a learner sees the traceback of their own code, after one line that says
    which checks to look at. A figure that was begun in vain is not shown.
    """
    figures_before = set(plt.get_fignums())
    try:
        yield
    except Exception as error:
        unwritten = stub_of(error)
        undefined = error.name if isinstance(error, NameError) and error.name in names else None
        for number in set(plt.get_fignums()) - figures_before:
            plt.close(number)
        if not (unwritten or undefined):
            checks = ", ".join(f'`check("{name}")`' for name in names)
            _say(f"This cell uses your own functions. Does each of these pass? {checks}")
            raise
        what = f"`{unwritten}` is not written yet" if unwritten else f"`{undefined}` is not defined yet"
        _say(f"{what}. Write it in its cell above, run that cell, then run this one again.")


def _say(sentence: str) -> None:
    panel = note(sentence)
    if "IPython" in sys.modules:
        from IPython.display import display

        display(panel)
    else:
        print(panel)
