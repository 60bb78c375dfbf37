#!/usr/bin/env python3
"""Glass Box's launcher: makes .venv beside this file on first use, then starts what you ask for.

Needs nothing but Python's standard library. Even Python 3.6 can read this file, so that an old Python can say
in one sentence that it is too old.
"""

import contextlib
import errno
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

OLDEST = (3, 11)


def too_old(version: tuple) -> str:
    """The sentence for a Python that is too old; empty where it is not."""
    if tuple(version[:2]) >= OLDEST:
        return ""
    return (
        "Glass Box needs Python {}.{} or newer, and this is Python {}.{}: ".format(*OLDEST, *version[:2])
        + "install a newer one and start course.py with it."
    )


if too_old(sys.version_info):
    sys.exit(too_old(sys.version_info))

PYTHON_VERSION = "{}.{}".format(*sys.version_info)
PYTHON = "py" if sys.platform == "win32" else "python3"
ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if sys.platform == "win32" else "bin")
VENV_PYTHON = BIN / ("python.exe" if sys.platform == "win32" else "python")
STATE = VENV / "glass-box.json"  # says that this launcher made .venv, and what is in it
LOG = VENV / "install.log"
LOCK = ROOT / ".venv.lock"
LAB_FOLDER = VENV / "lab"  # JupyterLab's settings and open tabs for this copy


class Stop(Exception):
    """A reason to end, in words for the user."""


# Commands


def main(arguments: list[str]) -> int:
    """Run one command; the exit code, where the command does not take this process over."""
    try:
        return run(arguments)
    except Stop as stop:
        print(stop, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped. The next start goes on from here.", file=sys.stderr)
        return 130
    except OSError as error:
        print(explain_os_error(error), file=sys.stderr)
        return 1


def run(arguments: list[str]) -> int:
    command, rest = (arguments or ["--help"])[0], arguments[1:]
    if command in ("-h", "--help", "help"):
        print(usage())
        return 0
    if command not in LEARNER and command not in INSTRUCTOR:
        raise Stop(f"There is no command {command!r}. `{PYTHON} course.py --help` lists them all.")
    if command in INSTRUCTOR and is_learners_copy():
        here = ", ".join(f"`{PYTHON} course.py {name}`" for name in LEARNER)
        raise Stop(f"This copy of Glass Box is for learners and has no `{command}`; what it has is {here}.")
    if command in ("lab", "test") and rest[:1] in (["-h"], ["--help"]):
        print(usage())
        return 0
    prepare(with_test_tools=command in NEEDS_TEST_TOOLS)
    if command == "lab":
        return lab(rest)
    if command == "test":
        os.chdir(ROOT)
        return hand_over(["-m", "pytest", *rest])
    return hand_over(["-m", "autograder", command, *rest])


LEARNER = {"lab": "open the notebooks in JupyterLab; options go to JupyterLab"}
INSTRUCTOR = {
    "read": "read the finished chapters, with every figure drawn",
    "release": "write the archive that learners get",
    "class": "make an nbgrader course folder for a class",
    "build": "write notebooks/ from solutions/; --check only says whether they are up to date",
    "prove": "test the hidden suites themselves: known bugs and mutants must fail",
    "test": "run all tests of Glass Box; options go to pytest",
}
NEEDS_TEST_TOOLS = ("prove", "test")


def usage() -> str:
    """The help page: what this copy can do, with examples."""
    commands, examples = dict(LEARNER), ["lab", "lab --no-browser --port=9000"]
    if not is_learners_copy():
        commands.update(INSTRUCTOR)
        examples += ["build --check", "prove ch03 adam_step", "test -k launcher"]
    return "\n".join(
        [
            "Glass Box: deep learning built by hand.",
            "",
            f"    {PYTHON} course.py COMMAND [options]",
            "",
            *(f"    {name:8} {what}" for name, what in commands.items()),
            "",
            "Examples",
            *(f"    {PYTHON} course.py {example}" for example in examples),
            "",
            "The first use makes .venv beside this file: it needs the network and takes minutes. Later uses",
            "start at once. An install that was cut off is repaired by the next use; to start afresh,",
            "delete .venv.",
        ]
    )


def is_learners_copy() -> bool:
    return not (ROOT / "autograder").is_dir()


def hand_over(arguments: list[str]) -> int:
    """Let .venv's Python take this process's place, with .venv's programs first on the path."""
    os.environ["PATH"] = os.pathsep.join([str(BIN), os.environ.get("PATH", os.defpath)])
    os.environ["VIRTUAL_ENV"] = str(VENV)
    command = [str(VENV_PYTHON), *arguments]
    sys.stdout.flush()
    if sys.platform != "win32":
        os.execv(command[0], command)
    child = subprocess.Popen(command)
    while True:
        with contextlib.suppress(KeyboardInterrupt):  # the child gets Ctrl-C too, and ends in its own way
            return child.wait()


# JupyterLab

LAB = """
try:
    from jupyterlab.labapp import main
    main()
except KeyboardInterrupt:
    pass
"""

# nbgrader's server side is for the instructor's course folder, and costs half a second at every start.
LAB_SETTINGS = {
    "jupyter_server_config.json": {
        "ServerApp": {
            "jpserver_extensions": {
                "nbgrader.server_extensions.assignment_list": False,
                "nbgrader.server_extensions.course_list": False,
                "nbgrader.server_extensions.formgrader": False,
                "nbgrader.server_extensions.validate_assignment": False,
            }
        }
    },
    "labconfig/page_config.json": {"disabledExtensions": {"@jupyter/nbgrader": True}},
    "labconfig/default_setting_overrides.json": {
        "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
        "@jupyterlab/docmanager-extension:plugin": {"defaultViewers": {"python": "Jupytext Notebook"}},
    },
}


def lab(options: list[str]) -> int:
    """JupyterLab on this folder, with the welcome notebook open. It prints its address."""
    for name, content in LAB_SETTINGS.items():
        path = LAB_FOLDER / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content, indent=1), encoding="utf-8")
    theirs = os.environ.get("JUPYTER_CONFIG_PATH")
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join([str(LAB_FOLDER), *([theirs] if theirs else [])])
    os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"
    os.chdir(ROOT)
    print("Starting JupyterLab. Ctrl-C stops it.", flush=True)
    return hand_over(["-P", "-c", LAB, *lab_flags(), *options])


def lab_flags() -> list[str]:
    """JupyterLab's own options: quiet, no question at Ctrl-C, this copy's folder and tabs, the start page."""
    start = next((p for p in ("notebooks/welcome.ipynb", "notebooks") if (ROOT / p).exists()), "")
    flags = [
        "--ServerApp.log_level=WARN",
        "--LabApp.log_level=WARN",
        "-y",
        f"--ServerApp.root_dir={ROOT}",
        f"--LabApp.workspaces_dir={LAB_FOLDER / 'workspaces'}",
        f"--LabApp.default_url=/lab/tree/{start}".rstrip("/"),
    ]
    if sys.platform != "win32" and os.geteuid() == 0:
        flags.append("--allow-root")
    return flags


# The environment

LABELS = {
    "venv": f"Making .venv with Python {sys.version.split()[0]}",
    "base": "Installing the packages",
    "dev": "Installing the test tools",
    "project": "Linking Glass Box into .venv",
}


def prepare(with_test_tools: bool) -> None:
    """Bring .venv up to date: make what is missing or changed, and note each part once it is whole."""
    if not missing_parts(with_test_tools):
        return
    with one_at_a_time() as lock:
        parts = missing_parts(with_test_tools)
        wanted = wanted_state(with_test_tools)
        for number, part in enumerate(parts, 1):
            label = f"[{number}/{len(parts)}] {LABELS[part]}"
            if part == "venv":
                make_venv(label, lock)
            else:
                drop_half_installed()
                run_step(label, pip_command(part), lock)
            state = read_state() or {}
            state.update({key: wanted[key] for key in (("root", "python") if part == "venv" else (part,))})
            write_state(state)


def missing_parts(with_test_tools: bool) -> list[str]:
    """What has to be made, in order. Raises Stop where .venv is not this launcher's."""
    wanted = wanted_state(with_test_tools)
    parts = [key for key in wanted if key in LABELS]
    state = read_state()
    if state is None:
        if VENV.exists() and (not VENV.is_dir() or any(VENV.iterdir())):
            raise Stop("course.py did not make the .venv that stands beside it. Move it away, then start again.")
        return ["venv", *parts]
    whole = all(state.get(key) == wanted[key] for key in ("root", "python")) and VENV_PYTHON.exists()
    if not whole:
        return ["venv", *parts]
    return [part for part in parts if state.get(part) != wanted[part]]


def wanted_state(with_test_tools: bool) -> dict[str, str]:
    """The state of a .venv that is up to date: its place, its Python, and a hash for each part."""
    project = read_beside("pyproject.toml")
    pins = read_beside("constraints.txt")
    groups = requirements()
    packages = [name for name in ("autograder", "glassbox") if (ROOT / name).is_dir()]
    state = {
        "root": str(ROOT),
        "python": "{}.{}".format(*sys.version_info),
        "base": digest(pins, groups["base"]),
    }
    if with_test_tools:
        state["dev"] = digest(pins, groups["dev"])
    state["project"] = digest(project, packages)
    return state


def requirements() -> dict[str, list[str]]:
    """pyproject.toml's requirements: base (with what builds this package) and dev (the test tools)."""
    import tomllib  # not in the old Pythons that have to read this file

    settings = tomllib.loads(read_beside("pyproject.toml"))
    project = settings["project"]
    return {
        "base": [*project["dependencies"], *settings["build-system"]["requires"]],
        "dev": project.get("optional-dependencies", {}).get("dev", []),
    }


def read_beside(name: str) -> str:
    """A file that belongs beside course.py. Raises Stop where it is missing."""
    try:
        return (ROOT / name).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise Stop(f"{name} is missing: course.py works only in the folder it came in, with all of it.") from None


def digest(*parts: object) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def read_state() -> "dict[str, str] | None":
    """What .venv holds; {} where that is not known, None where .venv is not this launcher's."""
    try:
        state = json.loads(STATE.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except ValueError:
        return {}
    return state if isinstance(state, dict) else {}


def write_state(state: dict[str, str]) -> None:
    """Replace the state file at once, so that a crash leaves the old one or the new one."""
    fresh = STATE.with_suffix(".new")
    fresh.write_text(json.dumps(state, indent=1), encoding="utf-8")
    os.replace(fresh, STATE)


def make_venv(label: str, lock: int) -> None:
    """A new .venv in place of a half-made, moved or outdated one, first of all marked as this launcher's."""
    if VENV.exists():
        shutil.rmtree(VENV)
    VENV.mkdir()
    write_state({})
    outer_python = getattr(sys, "_base_executable", sys.executable)  # also when started by .venv's own Python
    run_step(label, [outer_python, "-m", "venv", str(VENV)], lock)


def pip_command(part: str) -> list[str]:
    pip = [str(VENV_PYTHON), "-m", "pip", "install", "--no-input", "--disable-pip-version-check"]
    if part == "project":
        return [*pip, "--no-deps", "--no-build-isolation", "--editable", str(ROOT)]
    return [*pip, "--constraint", str(ROOT / "constraints.txt"), *requirements()[part]]


def drop_half_installed() -> None:
    """Let pip see a package as missing whose unpacking was cut off: pip writes INSTALLER after all else."""
    for library in VENV.glob("[Ll]ib*"):
        for about in library.glob("**/site-packages/*.dist-info"):
            if not (about / "INSTALLER").exists():
                shutil.rmtree(about)


@contextlib.contextmanager
def one_at_a_time() -> Iterator[int]:
    """Wait while another launcher works on .venv; gives the lock's descriptor.

    The system frees the lock when its last holder ends, however that happens. pip holds it too: the pip of a
    launcher that was killed does not run beside the next one.
    """
    with LOCK.open("a") as handle:
        if not try_lock(handle.fileno()):
            print("Another course.py is preparing .venv. Waiting for it ...", flush=True)
            while not try_lock(handle.fileno()):
                time.sleep(0.3)
        yield handle.fileno()


def try_lock(descriptor: int) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True


# Steps, and what can go wrong in them


def run_step(label: str, command: list[str], lock: int) -> None:
    """Run a command behind one line on the screen. Raises Stop with the likeliest reason where it fails."""
    began = time.monotonic()
    live = sys.stdout.isatty()
    print(f"{label} ...", end="", flush=True)

    def show(rest: str) -> None:
        width = shutil.get_terminal_size().columns - 1
        line = f"\r{label} ... {rest}"[: width + 1].ljust(width + 1) if live else f" {rest}"
        print(line, end="", flush=True)

    def tick() -> None:
        if live:
            show(f"{time.monotonic() - began:.0f} s  {doing(read_log())}")

    code = -1
    try:
        code = run_logged(command, lock, tick)
    finally:
        show(f"{time.monotonic() - began:.0f} s" if code == 0 else "not done")
        print(flush=True)
    if code != 0:
        reason = explain(read_log(), code, shutil.disk_usage(ROOT).free)
        raise Stop(f"{reason}\nThe next start tries again from here. What was said is in {LOG}")


def run_logged(command: list[str], lock: int, tick: Callable[[], None]) -> int:
    """Run a command with its output in the log, calling tick twice a second; its exit code."""
    environment = {**os.environ, "PIP_USER": "0", "PYTHONUNBUFFERED": "1"}
    held = () if sys.platform == "win32" else (lock,)
    with LOG.open("wb") as log:
        child = subprocess.Popen(
            command,
            cwd=str(ROOT),
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            pass_fds=held,
        )
        try:
            while True:
                try:
                    return child.wait(timeout=0.5)
                except subprocess.TimeoutExpired:
                    tick()
        except BaseException:
            child.terminate()
            child.wait()
            raise


def read_log() -> str:
    return LOG.read_text(encoding="utf-8", errors="replace") if LOG.exists() else ""


def doing(log: str) -> str:
    """What pip is at, from its output so far: "12 found, now matplotlib" or "unpacking 140 packages"."""
    unpacking = re.search(r"^Installing collected packages: (.*)", log, re.MULTILINE)
    if unpacking:
        return f"unpacking {unpacking.group(1).count(',') + 1} packages"
    found = re.findall(r"^Collecting ([\w.-]+)", log, re.MULTILINE)
    return f"{len(found)} found, now {found[-1]}" if found else ""


NO_DISK = "There is no room left on the disk. Make some, then start again."
NO_NETWORK = "The package index cannot be reached. Check the network connection, and the proxy if you are behind one."
NO_WRITING = f"course.py may not write in {ROOT}. Move the folder to a place of your own."

REASONS = (
    (r"No space left on device|Errno 28\b|not enough space on the disk|Disk quota exceeded", NO_DISK),
    (
        r"CERTIFICATE_VERIFY_FAILED|SSLError",
        "The package index could not prove who it is. Check the computer's clock, and the proxy.",
    ),
    (
        r"ensurepip is not available",
        f"This Python lacks its venv module. On Debian and Ubuntu: apt install python{PYTHON_VERSION}-venv",
    ),
    (
        r"connection broken|Failed to establish a new connection|name resolution|getaddrinfo failed"
        r"|Network is unreachable|[Tt]imed out|ConnectTimeout|ProxyError|IncompleteRead|Connection reset",
        NO_NETWORK,
    ),
    (r"Permission denied|Read-only file system|Access is denied", NO_WRITING),
    (
        r"Windows Long Path",
        "A path is too long for Windows. Move the folder nearer to the drive's root, or turn long paths on.",
    ),
)


def explain(log: str, code: int, free: int) -> str:
    """One sentence for a failed step, from its output, its exit code and the free bytes on the disk."""
    for pattern, sentence in REASONS:
        if re.search(pattern, log):
            return sentence
    if free < 50_000_000:  # a full disk also cuts the log short
        return NO_DISK
    absent = re.search(r"No matching distribution found for ([^\s;]+)", log)
    if absent:
        return (
            f"{absent.group(1)} is not to be had for Python {PYTHON_VERSION} on this computer. "
            "Try Python 3.11, 3.12 or 3.13, or conda with environment.yml."
        )
    if code < 0:
        return "The system ended the step. Was there too little memory?"
    return f"The step ended with code {code}, for a reason not known to course.py."


def explain_os_error(error: OSError) -> str:
    """One sentence for what the system refused to course.py itself. Raises the error where there is none."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return NO_DISK
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return NO_WRITING
    raise error


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
