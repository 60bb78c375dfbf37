"""An nbgrader course folder, outside the repository, so that learners' work never lands in git."""

from pathlib import Path

import nbformat

from autograder.build import STUB, WRITE_HERE, instructors_notebook
from autograder.places import ROOT, SOLUTIONS
from autograder.source import read_all

CONFIGURATION = f'''"""nbgrader's settings for this course. Change them as its manual says."""

from pathlib import Path

c = get_config()  # noqa: F821
c.CourseDirectory.course_id = "glass-box"
c.CourseDirectory.root = str(Path(__file__).resolve().parent)
c.ClearSolutions.code_stub = {{"python": {STUB!r}}}
c.ClearSolutions.text_stub = {WRITE_HERE!r}
# A check cell that a learner deleted comes back, so that its exercise is graded all the same.
c.OverwriteCells.add_missing_cells = True
# A chapter's slowest cell takes some ten seconds on two cores.
c.ExecutePreprocessor.timeout = 300
'''


def make(folder: Path) -> list[Path]:
    """Write nbgrader_config.py and source/ with the instructor's notebooks; the files written.

    A configuration that is there already is left as it is. Raises OSError for a folder inside the repository.
    """
    folder = folder.resolve()
    if folder.is_relative_to(ROOT):
        raise OSError(f"{folder.name} lies inside the repository; choose a folder outside it for learners' work.")
    written = []
    for source in read_all(SOLUTIONS):
        if source.exercises:
            path = folder / "source" / source.notebook / f"{source.notebook}.ipynb"
            path.parent.mkdir(parents=True, exist_ok=True)
            nbformat.write(instructors_notebook(source), path)
            written.append(path)
    configuration = folder / "nbgrader_config.py"
    if not configuration.exists():
        configuration.write_text(CONFIGURATION, encoding="utf-8")
        written.append(configuration)
    return written
