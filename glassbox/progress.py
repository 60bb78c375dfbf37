"""What a learner has solved, kept in a small file beside the notebook."""

import datetime
import html
import json
import os
from pathlib import Path
from typing import Any

from glassbox.contents import UnknownName, chapter
from glassbox.report import Panel, note
from glassbox.testing.runner import SuiteResult

FILE = "progress.json"


def record(result: SuiteResult) -> None:
    """Keep the best result of an exercise so far. A folder that cannot be written is no error."""
    kept = _read()
    held = sum(o.passed for o in result.outcomes)
    best = kept.get(result.exercise, {"held": -1})
    if not isinstance(best, dict) or held > best.get("held", -1) or best.get("of") != len(result.outcomes):
        today = datetime.date.today().isoformat()
        kept[result.exercise] = {"held": held, "of": len(result.outcomes), "on": today}
        _write(kept)


def progress(name: str) -> Panel:
    """The progress panel of a chapter, for example progress("ch03")."""
    try:
        this = chapter(name)
    except UnknownName as unknown:
        return note(str(unknown))
    kept = _read()
    rows, lines, solved = [], [], 0
    for exercise in this.exercises:
        best = kept.get(exercise.name) or {"held": 0, "of": 0}
        full = best["of"] > 0 and best["held"] == best["of"]
        solved += full
        share = best["held"] / best["of"] if best["of"] else 0
        words = f"solved on {best['on']}" if full else f"{best['held']} of {best['of']} hold" if best["of"] else "to do"
        rows.append(
            f"<tr><td><code>{html.escape(exercise.name)}</code></td><td>{_bar(share)}</td>"
            f"<td>{words}</td><td>{exercise.points:g} points</td></tr>"
        )
        lines.append(f"  {'✓' if full else '·'} {exercise.name:<24} {words:<20} {exercise.points:g} points")
    head = f"{this.title}: {solved} of {len(this.exercises)} exercises solved"
    body = f"<p><b>{html.escape(head)}</b></p><table>{''.join(rows)}</table>"
    return Panel("good" if solved == len(this.exercises) else "note", body, "\n".join([head, "", *lines]))


def _bar(share: float) -> str:
    return (
        f'<svg width="120" height="12" role="img" aria-label="{share:.0%}">'
        '<rect width="120" height="12" rx="2" fill="currentColor" fill-opacity="0.12"/>'
        f'<rect width="{120 * share:.0f}" height="12" rx="2" fill="#009e73"/></svg>'
    )


def _read() -> dict[str, Any]:
    path = Path(FILE)
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(kept, dict):
            raise ValueError(kept)
    except FileNotFoundError:
        return {}
    except (OSError, ValueError):
        path.replace(path.with_suffix(".damaged.json"))
        return {}
    return kept


def _write(kept: dict[str, Any]) -> None:
    draft = Path(f"{FILE}.{os.getpid()}")
    try:
        draft.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        draft.replace(FILE)
    except OSError:
        draft.unlink(missing_ok=True)
