"""course.py: what it says, makes and leaves alone. Nothing is installed: the runner is a fake."""

import ast
import errno
import importlib.util
import json
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

SOURCE = Path(__file__).resolve().parents[1] / "course.py"
COMMANDS = {"lab", "test", "build", "class", "prove", "release", "read"}
PYPROJECT = """
[build-system]
requires = ["setuptools"]
[project]
dependencies = ["torch"]
[project.optional-dependencies]
dev = ["ruff"]
"""


class Runner:
    """Stands in for the commands that make .venv: keeps what was asked for, and fails where it is told to."""

    def __init__(self, course: ModuleType) -> None:
        self.course = course
        self.asked: list[str] = []
        self.fail_at = ""
        self.output = ""
        self.raises: BaseException | None = None

    def __call__(self, command: list[str], lock: int, tick: Callable[[], None]) -> int:
        part = self.part(command)
        self.asked.append(part)
        tick()
        if part == self.fail_at:
            self.course.LOG.write_text(self.output)
            if self.raises:
                raise self.raises
            return 1
        if part == "venv":
            self.course.BIN.mkdir()
            self.course.VENV_PYTHON.touch()
        return 0

    @staticmethod
    def part(command: list[str]) -> str:
        if command[1:3] == ["-m", "venv"]:
            return "venv"
        assert command[1:4] == ["-m", "pip", "install"]
        if "--editable" in command:
            return "project"
        assert command[command.index("--constraint") + 1].endswith("constraints.txt")
        return {"torch": "base", "ruff": "dev"}[next(word for word in command if word in ("torch", "ruff"))]

    def since(self) -> list[str]:
        """What was asked for since the last call."""
        asked, self.asked = self.asked, []
        return asked


def load(folder: Path, autograder: bool = True) -> ModuleType:
    """A copy of course.py in a folder of its own, imported."""
    folder.mkdir(exist_ok=True)
    shutil.copy(SOURCE, folder)
    (folder / "pyproject.toml").write_text(PYPROJECT)
    (folder / "constraints.txt").write_text("torch==2.13.0\n")
    (folder / "glassbox").mkdir()
    if autograder:
        (folder / "autograder").mkdir()
    spec = importlib.util.spec_from_file_location("course_under_test", folder / "course.py")
    assert spec and spec.loader
    course = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(course)
    return course


@pytest.fixture
def course(tmp_path: Path) -> ModuleType:
    return load(tmp_path / "glass box")


@pytest.fixture
def runner(course: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Runner:
    fake = Runner(course)
    monkeypatch.setattr(course, "run_logged", fake)
    return fake


@pytest.fixture
def handed_over(course: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The command lines that would have taken the launcher's place."""
    calls: list[list[str]] = []
    monkeypatch.setattr(course, "hand_over", lambda arguments: calls.append(arguments) or 0)
    return calls


# What it says


def test_old_python_can_read_the_file() -> None:
    ast.parse(SOURCE.read_text(encoding="utf-8"), feature_version=(3, 6))


def test_only_the_standard_library_is_imported() -> None:
    nodes = ast.walk(ast.parse(SOURCE.read_text(encoding="utf-8")))
    names = {a.name for n in nodes if isinstance(n, ast.Import) for a in n.names}
    nodes = ast.walk(ast.parse(SOURCE.read_text(encoding="utf-8")))
    names |= {n.module or "" for n in nodes if isinstance(n, ast.ImportFrom)}
    assert {name.split(".")[0] for name in names} <= sys.stdlib_module_names


def test_too_old_a_python_is_told_in_one_sentence(course: ModuleType) -> None:
    said = course.too_old((3, 9, 1))
    assert "needs Python 3.11 or newer" in said
    assert "this is Python 3.9" in said
    assert "\n" not in said
    for enough in ((3, 11, 0), (3, 12, 1), (3, 13, 0), (4, 0, 0)):
        assert not course.too_old(enough)


@pytest.mark.parametrize("minor", range(6, 11))
def test_a_real_old_python_says_it(minor: int) -> None:
    old = shutil.which(f"python3.{minor}")
    if not old or subprocess.run([old, "-c", ""], capture_output=True, check=False).returncode:
        pytest.skip(f"no Python 3.{minor} here")
    told = subprocess.run([old, str(SOURCE), "lab"], capture_output=True, text=True, check=False)
    assert told.returncode == 1
    assert f"this is Python 3.{minor}" in told.stderr
    assert len(told.stderr.splitlines()) == 1


@pytest.mark.parametrize("asked", [[], ["--help"], ["-h"], ["help"], ["lab", "--help"]])
def test_help_lists_every_command(
    course: ModuleType, runner: Runner, asked: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert course.main(asked) == 0
    page = capsys.readouterr().out
    assert set(re.findall(r"^    (\w+) {2,}\S", page, re.MULTILINE)) == COMMANDS
    assert "course.py lab --no-browser" in page
    assert not runner.asked


def test_unknown_command(course: ModuleType, runner: Runner, capsys: pytest.CaptureFixture[str]) -> None:
    assert course.main(["labb"]) == 1
    said = capsys.readouterr().err
    assert "no command 'labb'" in said
    assert "--help" in said
    assert not runner.asked


@pytest.mark.parametrize("command", sorted(COMMANDS - {"lab"}))
def test_a_learners_copy_says_what_it_has(tmp_path: Path, command: str, capsys: pytest.CaptureFixture[str]) -> None:
    course = load(tmp_path / "learner", autograder=False)
    assert course.main([command]) == 1
    said = capsys.readouterr().err
    assert f"no `{command}`" in said
    assert "course.py lab`" in said
    assert not course.VENV.exists()


def test_a_learners_help_lists_only_what_works(tmp_path: Path) -> None:
    page = load(tmp_path / "learner", autograder=False).usage()
    assert re.findall(r"^    (\w+) {2,}\S", page, re.MULTILINE) == ["lab"]


def test_a_missing_file_is_named(course: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    (course.ROOT / "constraints.txt").unlink()
    assert course.main(["lab"]) == 1
    assert "constraints.txt is missing" in capsys.readouterr().err


# What it hands over to


def test_commands_get_their_arguments(
    course: ModuleType, runner: Runner, handed_over: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(course.ROOT)
    for line in ("build --check", "test -k launcher", "prove ch03 adam_step"):
        assert course.main(line.split()) == 0
    assert handed_over == [
        ["-m", "autograder", "build", "--check"],
        ["-m", "pytest", "-k", "launcher"],
        ["-m", "autograder", "prove", "ch03", "adam_step"],
    ]


def test_lab_opens_the_welcome_notebook(
    course: ModuleType, runner: Runner, handed_over: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(course.ROOT)
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", "theirs")
    monkeypatch.delenv("JUPYTER_PREFER_ENV_PATH", raising=False)
    (course.ROOT / "notebooks").mkdir()
    assert course.main(["lab", "--no-browser"]) == 0
    assert "--LabApp.default_url=/lab/tree/notebooks" in handed_over[0]
    (course.ROOT / "notebooks" / "welcome.ipynb").touch()
    assert course.main(["lab", "--no-browser"]) == 0
    assert "--LabApp.default_url=/lab/tree/notebooks/welcome.ipynb" in handed_over[1]
    assert handed_over[1][-1] == "--no-browser"
    settings = course.VENV / "lab" / "labconfig" / "default_setting_overrides.json"
    viewers = json.loads(settings.read_text())["@jupyterlab/docmanager-extension:plugin"]["defaultViewers"]
    assert viewers == {"python": "Jupytext Notebook"}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no root")
def test_only_root_is_allowed_as_root(course: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(course.os, "geteuid", lambda: 0)
    assert "--allow-root" in course.lab_flags()
    monkeypatch.setattr(course.os, "geteuid", lambda: 1000)
    assert "--allow-root" not in course.lab_flags()


# What it makes


def test_each_part_is_made_once(course: ModuleType, runner: Runner) -> None:
    course.prepare(with_test_tools=False)
    assert runner.since() == ["venv", "base", "project"]
    course.prepare(with_test_tools=False)
    assert runner.since() == []
    course.prepare(with_test_tools=True)
    assert runner.since() == ["dev"]
    course.prepare(with_test_tools=False)
    course.prepare(with_test_tools=True)
    assert runner.since() == []


def test_a_first_start_shows_a_line_for_each_step(
    course: ModuleType, runner: Runner, capsys: pytest.CaptureFixture[str]
) -> None:
    course.prepare(with_test_tools=True)
    lines = capsys.readouterr().out.splitlines()
    assert [line[:5] for line in lines] == ["[1/4]", "[2/4]", "[3/4]", "[4/4]"]
    assert all(line.endswith(" s") for line in lines)


def test_new_pins_install_the_packages_again(course: ModuleType, runner: Runner) -> None:
    course.prepare(with_test_tools=True)
    runner.since()
    (course.ROOT / "constraints.txt").write_text("torch==2.13.1\n")
    course.prepare(with_test_tools=False)
    assert runner.since() == ["base"]
    course.prepare(with_test_tools=True)
    assert runner.since() == ["dev"]


def test_a_new_dependency_installs_its_group_again(course: ModuleType, runner: Runner) -> None:
    course.prepare(with_test_tools=True)
    runner.since()
    (course.ROOT / "pyproject.toml").write_text(PYPROJECT.replace('["ruff"]', '["ruff", "mypy"]'))
    course.prepare(with_test_tools=True)
    assert runner.since() == ["dev", "project"]


@pytest.mark.parametrize("part", ["venv", "base", "dev", "project"])
@pytest.mark.parametrize("how", [None, KeyboardInterrupt()])
def test_a_failed_step_leaves_no_stamp_and_is_repaired(
    course: ModuleType, runner: Runner, part: str, how: BaseException | None
) -> None:
    order = ["venv", "base", "dev", "project"]
    runner.fail_at, runner.raises = part, how
    with pytest.raises(type(how) if how else course.Stop):
        course.prepare(with_test_tools=True)
    assert runner.since() == order[: order.index(part) + 1]
    assert part not in (course.read_state() or {})
    runner.fail_at = ""
    course.prepare(with_test_tools=True)
    assert runner.since() == order[order.index(part) :]
    course.prepare(with_test_tools=True)
    assert runner.since() == []


@pytest.mark.parametrize("spoil", ["no python", "other python", "moved", "garbled", "empty folder"])
def test_a_spoilt_venv_is_made_again(course: ModuleType, runner: Runner, spoil: str) -> None:
    course.prepare(with_test_tools=False)
    runner.since()
    leftover = course.VENV / "leftover"
    leftover.touch()
    state = course.read_state()
    if spoil == "no python":
        course.VENV_PYTHON.unlink()
    elif spoil == "other python":
        course.write_state({**state, "python": "3.0"})
    elif spoil == "moved":
        course.write_state({**state, "root": "elsewhere"})
    elif spoil == "garbled":
        course.STATE.write_text("{")
    else:
        shutil.rmtree(course.VENV)
        course.VENV.mkdir()
    course.prepare(with_test_tools=False)
    assert runner.since() == ["venv", "base", "project"]
    assert not leftover.exists()


@pytest.mark.parametrize("kind", ["folder", "file"])
def test_somebody_elses_venv_is_left_alone(
    course: ModuleType, runner: Runner, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if kind == "folder":
        course.VENV.mkdir()
        (course.VENV / "pyvenv.cfg").write_text("theirs")
    else:
        course.VENV.write_text("theirs")
    assert course.main(["lab"]) == 1
    assert "did not make the .venv" in capsys.readouterr().err
    assert not runner.asked
    assert (course.VENV / "pyvenv.cfg" if kind == "folder" else course.VENV).read_text() == "theirs"


def test_a_package_whose_unpacking_was_cut_off_is_dropped(course: ModuleType, runner: Runner) -> None:
    course.prepare(with_test_tools=False)
    packages = course.VENV / "lib" / "python3" / "site-packages"
    for name in ("whole", "half"):
        (packages / f"{name}-1.0.dist-info").mkdir(parents=True)
        (packages / f"{name}-1.0.dist-info" / "METADATA").touch()
    (packages / "whole-1.0.dist-info" / "INSTALLER").touch()
    (course.ROOT / "constraints.txt").write_text("torch==2.13.1\n")
    course.prepare(with_test_tools=False)
    assert [p.name for p in packages.iterdir()] == ["whole-1.0.dist-info"]


def test_two_starts_at_once_install_once(course: ModuleType, runner: Runner) -> None:
    starts = [threading.Thread(target=course.prepare, args=(False,)) for _ in range(3)]
    for start in starts:
        start.start()
    for start in starts:
        start.join()
    assert runner.since() == ["venv", "base", "project"]


def test_ctrl_c_shows_no_traceback(course: ModuleType, runner: Runner, capsys: pytest.CaptureFixture[str]) -> None:
    runner.fail_at, runner.raises = "base", KeyboardInterrupt()
    assert course.main(["lab"]) == 130
    assert capsys.readouterr().err.startswith("Stopped.")


def test_a_real_command_is_logged(course: ModuleType) -> None:
    course.VENV.mkdir()
    ticks: list[None] = []
    with course.one_at_a_time() as lock:
        code = course.run_logged(
            [sys.executable, "-c", "import time; print('heard'); time.sleep(0.7); raise SystemExit(3)"],
            lock,
            lambda: ticks.append(None),
        )
    assert code == 3
    assert ticks
    assert "heard" in course.read_log()


# What went wrong

DNS = """Collecting torch==2.13.0
WARNING: Retrying (Retry(total=0, connect=None)) after connection broken by 'NewConnectionError('<object>: \
Failed to establish a new connection: [Errno -3] Temporary failure in name resolution')': /torch/
ERROR: Could not find a version that satisfies the requirement torch==2.13.0 (from versions: none)
ERROR: No matching distribution found for torch==2.13.0
"""
FULL = "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device\n"
CERTIFICATE = "Caused by SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED]')) connection broken\n"
ABSENT = """ERROR: Could not find a version that satisfies torch==2.13.0 (from versions: 2.2.2)
ERROR: No matching distribution found for torch==2.13.0
"""
NO_VENV = "The virtual environment was not created successfully because ensurepip is not available.\n"
FORBIDDEN = "ERROR: Could not install packages due to an OSError: [Errno 13] Permission denied: '/somewhere'\n"


@pytest.mark.parametrize(
    ("log", "free", "words"),
    [
        (DNS, 10**10, "index cannot be reached"),
        (FULL, 10**10, "no room left on the disk"),
        (DNS + FULL, 10**10, "no room left on the disk"),
        ("", 1000, "no room left on the disk"),
        (CERTIFICATE, 10**10, "could not prove who it is"),
        (ABSENT, 10**10, "torch==2.13.0 is not to be had for Python"),
        (NO_VENV, 10**10, "apt install python3"),
        (FORBIDDEN, 10**10, "may not write"),
        ("something new", 10**10, "ended with code 2"),
    ],
)
def test_a_failure_is_explained(course: ModuleType, log: str, free: int, words: str) -> None:
    said = course.explain(log, 2, free)
    assert words in said
    assert "\n" not in said


def test_a_killed_step_is_explained(course: ModuleType) -> None:
    assert "memory" in course.explain("Collecting torch\n", -9, 10**10)


def test_a_failure_names_the_log(course: ModuleType, runner: Runner, capsys: pytest.CaptureFixture[str]) -> None:
    runner.fail_at, runner.output = "base", DNS
    assert course.main(["lab"]) == 1
    shown = capsys.readouterr()
    assert shown.out.endswith("... not done\n")
    assert "index cannot be reached" in shown.err
    assert str(course.LOG) in shown.err


@pytest.mark.parametrize(
    ("code", "words"),
    [(errno.ENOSPC, "no room left"), (errno.EACCES, "may not write"), (errno.EROFS, "may not write")],
)
def test_what_the_system_refuses_is_explained(
    course: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    code: int,
    words: str,
) -> None:
    def refuse(with_test_tools: bool) -> None:
        raise OSError(code, "refused")

    monkeypatch.setattr(course, "prepare", refuse)
    assert course.main(["lab"]) == 1
    assert words in capsys.readouterr().err


def test_progress_in_a_few_words(course: ModuleType) -> None:
    log = "Collecting numpy<3,>=2.4\n  Downloading numpy.whl (16 MB)\nCollecting torch==2.13.0\n"
    assert course.doing("") == ""
    assert course.doing(log) == "2 found, now torch"
    assert course.doing(log + "Installing collected packages: numpy, torch\n") == "unpacking 2 packages"
