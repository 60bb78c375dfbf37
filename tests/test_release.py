"""The learner's archive: complete, and nothing of the instructor's side in it."""

import subprocess
import sys
import zipfile

import pytest

from autograder.places import SOLUTIONS
from autograder.release import release
from autograder.source import read_all, solution_lines


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    folder = tmp_path_factory.mktemp("learner")
    with zipfile.ZipFile(release(folder)) as archive:
        archive.extractall(folder)
    (inside,) = [path for path in folder.iterdir() if path.is_dir()]
    return inside


def test_has_what_a_learner_needs(unpacked):
    top = {path.name for path in unpacked.iterdir()}
    assert {
        "notebooks",
        "glassbox",
        "data",
        "course.py",
        "constraints.txt",
        "pyproject.toml",
        "README.md",
    } <= top
    assert not top & {"solutions", "autograder", "tests", "docs"}


def test_nothing_of_the_solutions_or_hidden_suites(unpacked):
    files = [p for p in unpacked.rglob("*") if p.suffix in (".py", ".ipynb", ".json", ".md", ".toml")]
    tight = {path: "".join(path.read_text(encoding="utf-8").split()).replace('\\"', '"') for path in files}
    for source in read_all(SOLUTIONS):
        for exercise in source.exercises:
            for line in solution_lines(exercise.code.text):
                assert not [path for path, text in tight.items() if line in text], line
    assert not [path for path, text in tight.items() if "Hiddensuiteof" in text or "fromautograder" in text]


def test_same_tree_same_bytes(tmp_path):
    assert release(tmp_path / "a").read_bytes() == release(tmp_path / "b").read_bytes()


def test_project_file_is_sound_and_names_no_autograder(unpacked):
    import tomllib

    text = (unpacked / "pyproject.toml").read_text(encoding="utf-8")
    assert tomllib.loads(text)["project"]["dependencies"]
    assert "autograder." not in text and "scripts" not in text and "backstage" not in text


def test_checks_work_from_the_archive(unpacked):
    probe = "import glassbox as g; print(g.__file__); print(g.check('adam_step')); print(len(g.data.digits()[0]))"
    done = subprocess.run([sys.executable, "-c", probe], cwd=unpacked, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert str(unpacked) in done.stdout and "adam_step is not defined" in done.stdout and "1797" in done.stdout


def test_launcher_of_the_archive_knows_that_it_is_for_learners(unpacked):
    done = subprocess.run([sys.executable, "course.py", "prove"], cwd=unpacked, capture_output=True, text=True)
    assert done.returncode != 0 and "for learners" in done.stdout + done.stderr
