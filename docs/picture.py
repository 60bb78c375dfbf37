"""Make docs/race.png: run the solved chapter 3 and keep the picture of its race."""

import base64
import tempfile
from pathlib import Path

from autograder.reading import run, solved
from autograder.reference import source


def main() -> None:
    """Write the picture beside this file."""
    with tempfile.TemporaryDirectory() as folder:
        notebook = run(solved(source("ch03")), Path(folder))
    (cell,) = [cell for cell in notebook.cells if "explorers.race(" in cell.source]
    pictures = [output.data["image/png"] for output in cell.outputs if "image/png" in output.get("data", {})]
    Path(__file__).with_name("race.png").write_bytes(base64.b64decode(pictures[-1]))


if __name__ == "__main__":
    main()
