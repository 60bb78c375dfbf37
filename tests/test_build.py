"""notebooks/ is what solutions/ builds."""

import nbformat
from nbgrader.nbgraderformat import MetadataValidator

from autograder.build import build, products
from autograder.places import NOTEBOOKS


def test_notebooks_are_up_to_date():
    assert build(check_only=True) == []


def test_unchanged_source_gives_the_same_bytes():
    assert products() == products()


def test_notebooks_are_valid_and_without_outputs():
    for path in NOTEBOOKS.glob("*.ipynb"):
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
        MetadataValidator().validate_nb(notebook)
        assert not any(cell.get("outputs") or cell.get("execution_count") for cell in notebook.cells)
