"""A suite's result as a learner sees it: an HTML table, and its plain-text twin for terminals."""

import html
from typing import Any

import numpy as np
import torch

from glassbox.contents import Exercise
from glassbox.testing.expect import MISSING, Mismatch, as_array
from glassbox.testing.plugin import Outcome
from glassbox.testing.runner import SuiteResult

MARKS = {"passed": ("✓", "passed"), "not run": ("–", "not run"), "not written": ("–", "not written")}
LARGEST_PICTURE = 24

STYLE = """<style>
.glassbox {font: 14px/1.5 var(--jp-ui-font-family, system-ui, sans-serif); color: var(--jp-ui-font-color1, #222);
  border-left: 4px solid var(--gb-line); padding: 4px 14px; margin: 4px 0; max-width: 60em}
.glassbox.good {--gb-line: #009e73} .glassbox.bad {--gb-line: #d55e00} .glassbox.note {--gb-line: #0072b2}
.glassbox table {border-collapse: collapse; margin: 6px 0; font-size: 14px}
.glassbox td, .glassbox th {text-align: left !important; padding: 3px 14px 3px 0; vertical-align: top;
  background: transparent; border: 0; white-space: normal; font-weight: 400}
.glassbox td.mark {font-weight: 700; white-space: nowrap}
.glassbox .good {color: #009e73} .glassbox .bad {color: #d55e00}
.glassbox pre {margin: 0; padding: 0; white-space: pre-wrap; color: inherit;
  background: transparent !important; font-size: 13px;
  font-family: var(--jp-code-font-family, monospace)}
.glassbox p {margin: 4px 0} .glassbox svg {margin: 0 14px 0 0}
</style>"""


class Panel:
    """Something to show at the end of a cell: HTML in a notebook, text in a terminal."""

    def __init__(self, kind: str, body: str, text: str):
        self._html = f'{STYLE}<div class="glassbox {kind}">{body}</div>'
        self._text = text

    def _repr_html_(self) -> str:
        return self._html

    def __repr__(self) -> str:
        return self._text


def note(sentence: str) -> Panel:
    """One sentence."""
    return Panel("note", f"<p>{code(sentence)}</p>", sentence.replace("`", ""))


def code(sentence: str) -> str:
    """Escaped HTML of a sentence, with `backticks` set as code."""
    pieces = html.escape(sentence).split("`")
    return "".join(f"<code>{p}</code>" if i % 2 else p for i, p in enumerate(pieces))


def suite_panel(exercise: Exercise, result: SuiteResult) -> Panel:
    """The table of properties, the first failure, and on success the idea worth keeping."""
    if result.not_written:
        return note(next(o.failure.sentence for o in result.outcomes if o.verdict == "not written" and o.failure))
    done = sum(o.passed for o in result.outcomes)
    head = f"{exercise.name}: {done} of {len(result.outcomes)} properties hold"
    rows, lines = [], [head, ""]
    for outcome in result.outcomes:
        mark, word = MARKS.get(outcome.verdict, ("✗", outcome.verdict))
        kind = "good" if outcome.passed else "bad"
        rows.append(f'<tr><td class="mark {kind}">{mark} {word}</td><td>{code(outcome.property)}</td></tr>')
        lines.append(f"  {mark} {word:<8} {outcome.property.replace('`', '')}")
    body = [f"<p><b>{html.escape(head)}</b></p><table>{''.join(rows)}</table>"]
    if result.first_failure:
        failed_html, failed_text = _failure(result.first_failure, result.diagnosis)
        body.append(failed_html)
        lines += ["", failed_text]
    elif result.passed and exercise.keep:
        body.append(f"<p><b>Worth keeping.</b> {code(exercise.keep)}</p>")
        lines += ["", f"Worth keeping. {exercise.keep}"]
    if result.printed.strip():
        count = len(result.printed.splitlines())
        lines_of_it = f"{count} line{'s' * (count != 1)} of output or warnings"
        what = f"While it was checked, your code wrote {lines_of_it}; they are not shown here."
        body.append(f"<p>{what}</p>")
        lines += ["", what]
    return Panel("good" if result.passed else "bad", "".join(body), "\n".join(lines))


def _failure(outcome: Outcome, diagnosis: str | None) -> tuple[str, str]:
    failure = outcome.failure or Mismatch("")
    cause = diagnosis or failure.cause
    fields = [(name, value) for name, value in failure.given.items()]
    if failure.yours is not MISSING:
        fields.append(("yours", failure.yours))
    if failure.expected is not MISSING:
        fields.append(("expected", failure.expected))
        gap = _difference(failure)
        fields += [("yours − expected", gap)] if gap is not None else []
    rows = "".join(
        f"<tr><th>{html.escape(name)}</th><td><pre>{html.escape(show(value))}</pre></td></tr>" for name, value in fields
    )
    body = f"<p>{code(failure.sentence)}</p>" + (f"<table>{rows}</table>" if rows else "") + _picture(failure)
    width = max((len(name) for name, _ in fields), default=0)
    lines = [failure.sentence.replace("`", "")]
    for name, value in fields:
        lines.append(f"  {name:<{width}}  " + show(value).replace("\n", "\n" + " " * (width + 4)))
    if cause:
        body += f"<p><b>Likeliest cause.</b> {code(cause)}</p>"
        lines.append(f"Likeliest cause. {cause.replace('`', '')}")
    return body, "\n".join(lines)


def _difference(failure: Mismatch) -> np.ndarray | None:
    yours, expected = as_array(failure.yours), as_array(failure.expected)
    if yours is None or expected is None or yours.shape != expected.shape or yours.ndim == 0:
        return None
    return yours.astype(float) - expected.astype(float)


def show(value: Any) -> str:
    """A value in few words: numbers to six digits, long arrays cut, shape and dtype where there are axes."""
    if isinstance(value, torch.Tensor | np.ndarray):
        array = as_array(value)
        if array is not None:
            text = np.array2string(
                array, precision=6, threshold=40, edgeitems=3, suppress_small=False, max_line_width=90
            )
            if array.ndim == 0:
                return text
            return f"{text}\nshape {tuple(array.shape)}, {str(value.dtype).removeprefix('torch.')}"
    if isinstance(value, list | tuple) and any(isinstance(item, torch.Tensor | np.ndarray) for item in value[:8]):
        return "\n".join(show(item) for item in value[:8]) + ("\n…" if len(value) > 8 else "")
    if callable(value):
        return getattr(value, "__name__", "a function")
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= 400 else text[:397] + "…"


def _picture(failure: Mismatch) -> str:
    """Yours, expected and the difference as three small pictures, where they are matrices of one shape."""
    gap = _difference(failure)
    if gap is None or gap.ndim != 2 or max(gap.shape) > LARGEST_PICTURE or min(gap.shape) < 2:
        return ""
    yours, expected = as_array(failure.yours), as_array(failure.expected)
    assert yours is not None and expected is not None
    top = float(np.nanmax(np.abs(np.where(np.isfinite(expected), expected, 0)))) or 1.0
    widest = float(np.nanmax(np.abs(np.where(np.isfinite(gap), gap, 0)))) or 1.0
    cells = [("yours", yours, top), ("expected", expected, top), ("difference", gap, widest)]
    return "<p>" + "".join(_heat(title, array.astype(float), scale) for title, array, scale in cells) + "</p>"


def _heat(title: str, array: np.ndarray, scale: float, side: int = 14) -> str:
    """One matrix as coloured squares: blue below zero, orange above, crossed out where not finite."""
    rows, columns = array.shape
    squares = []
    for (i, j), value in np.ndenumerate(array):
        x, y = j * side, 16 + i * side
        if not np.isfinite(value):
            squares.append(f'<path d="M{x} {y}l{side} {side}m0 -{side}l-{side} {side}" stroke="#d55e00"/>')
            continue
        colour = "#e69f00" if value > 0 else "#0072b2"
        strength = min(abs(value) / scale, 1.0)
        squares.append(
            f'<rect x="{x}" y="{y}" width="{side - 1}" height="{side - 1}" fill="{colour}" '
            f'fill-opacity="{0.06 + 0.94 * strength:.2f}"/>'
        )
    width = max(columns * side, 70)
    return (
        f'<svg width="{width}" height="{16 + rows * side}" role="img" aria-label="{title}">'
        f'<text x="0" y="11" font-size="11" fill="currentColor">{title}</text>{"".join(squares)}</svg>'
    )
