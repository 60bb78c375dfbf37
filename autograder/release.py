"""The learner's archive: notebooks, package, data and launcher; nothing of solutions, hidden suites or tests."""

import subprocess
import tomllib
import zipfile
from pathlib import Path

from autograder.build import build
from autograder.places import ROOT
from autograder.source import SourceError

FOLDERS = ("notebooks", "glassbox", "data")
FILES = ("course.py", "constraints.txt", "environment.yml", "LICENSE", "LICENSE-text.md")
OLDEST = (1980, 1, 1, 0, 0, 0)
README = Path(__file__).with_name("learner_readme.md")


def release(out: Path) -> Path:
    """Write glass-box-<version>.zip into the folder; its path. The same tree gives the same bytes.

    Raises SourceError when notebooks/ is not what solutions/ builds.
    """
    stale = build(check_only=True)
    if stale:
        raise SourceError("Not what solutions/ builds: " + ", ".join(stale) + ". Run: python3 course.py build")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    name = f"{project['name']}-{project['version']}"
    out.mkdir(parents=True, exist_ok=True)
    path = out / f"{name}.zip"
    files = {member: (ROOT / member).read_bytes() for member in _members()}
    files |= {"README.md": README.read_bytes(), "pyproject.toml": _pyproject(project).encode()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, content in sorted(files.items()):
            info = zipfile.ZipInfo(f"{name}/{member}", OLDEST)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, content)
    return path


def _members() -> list[str]:
    """What git knows of the learner's folders, so that nothing lying about slips in."""
    command = ["git", "ls-files", "-z", "--cached", "--", *FOLDERS, *FILES]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout.split("\0")
    return [m for m in listed if m and (ROOT / m).is_file()]


def _pyproject(project: dict[str, object]) -> str:
    """The package without the instructor's side: no autograder command, no door to the hidden suites."""
    kept = {key: project[key] for key in ("name", "version", "description", "requires-python", "dependencies")}
    lines = [
        "[build-system]",
        'requires = ["setuptools"]',
        'build-backend = "setuptools.build_meta"',
        "",
        "[project]",
    ]
    for key, value in kept.items():
        lines.append(f"{key} = [" if isinstance(value, list) else f"{key} = {_toml(value)}")
        if isinstance(value, list):
            lines += [*(f"    {_toml(item)}," for item in value), "]"]
    tools = [
        "",
        "[tool.setuptools.packages.find]",
        'include = ["glassbox*"]',
        "",
        "[tool.setuptools.package-data]",
    ]
    return "\n".join([*lines, *tools, 'glassbox = ["chapters/*.json", "testing/*.ini"]', ""])


def _toml(value: object) -> str:
    """A TOML basic string."""
    return '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'
