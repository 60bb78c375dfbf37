"""The finished chapters, run from top to bottom with the reference solutions, for people who read."""

from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbconvert import HTMLExporter

from autograder.build import instructors_notebook
from autograder.places import SOLUTIONS
from autograder.source import Source, read_all, without_markers

SECONDS_A_CELL = 300


def solved(source: Source) -> nbformat.NotebookNode:
    """The chapter with its solutions, without the markers around them."""
    notebook = instructors_notebook(source)
    for cell in notebook.cells:
        cell.source = without_markers(cell.source)
    return notebook


def run(notebook: nbformat.NotebookNode, folder: Path) -> nbformat.NotebookNode:
    """Execute a notebook in a folder. Raises nbclient's CellExecutionError."""
    NotebookClient(notebook, timeout=SECONDS_A_CELL, resources={"metadata": {"path": str(folder)}}).execute()
    return notebook


def write_pages(out: Path, chapters: list[str]) -> list[Path]:
    """One HTML page a chapter, every figure drawn; the files written."""
    out.mkdir(parents=True, exist_ok=True)
    written = []
    for source in read_all(SOLUTIONS):
        if chapters and source.chapter not in chapters:
            continue
        print(f"Running {source.notebook} ...", flush=True)
        body, _ = HTMLExporter().from_notebook_node(run(solved(source), out))
        written.append(out / f"{source.notebook}.html")
        written[-1].write_text(body, encoding="utf-8")
    return written
