"""Where things are in the repository."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOLUTIONS = ROOT / "solutions"
NOTEBOOKS = ROOT / "notebooks"
CHAPTERS = ROOT / "glassbox" / "chapters"
DOCS = ROOT / "docs"


def public_suite(chapter: str, exercise: str) -> Path:
    """The suite that the learner's check runs."""
    return ROOT / "glassbox" / "suites" / chapter / f"test_{exercise}.py"


def hidden_suite(chapter: str, exercise: str) -> Path:
    """The suite that grades."""
    return ROOT / "autograder" / "hidden" / chapter / f"test_{exercise}.py"


def bug_file(chapter: str, exercise: str) -> Path:
    """The named wrong answers and other right ones."""
    return ROOT / "autograder" / "bugs" / chapter / f"{exercise}.py"
