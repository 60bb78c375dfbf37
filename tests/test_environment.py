"""pyproject.toml, constraints.txt, environment.yml and the running environment say the same."""

import sysconfig
import tomllib
from importlib.metadata import distribution, distributions
from pathlib import Path

import pytest
import yaml
from packaging.markers import Environment, default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[1]
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
BASE = [Requirement(line) for line in SETTINGS["project"]["dependencies"]]
DEV = [Requirement(line) for line in SETTINGS["project"]["optional-dependencies"]["dev"]]
BUILD = [Requirement(line) for line in SETTINGS["build-system"]["requires"]]
LINES = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
PINS = [Requirement(line) for line in LINES if line and not line.startswith("#")]
CONDA = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
SYSTEMS = {
    "linux": {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix"},
    "darwin": {"sys_platform": "darwin", "platform_system": "Darwin", "os_name": "posix"},
    "win32": {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt"},
}
PYTHONS = ("3.11", "3.12", "3.13")


def name_of(requirement: Requirement) -> str:
    return canonicalize_name(requirement.name)


def applies(requirement: Requirement, environment: Environment, extra: str = "") -> bool:
    return requirement.marker is None or requirement.marker.evaluate({**environment, "extra": extra})


def environment_of(system: str, python: str) -> Environment:
    place = {**default_environment(), **SYSTEMS[system]}
    return {**place, "python_version": python, "python_full_version": f"{python}.0"}  # type: ignore[typeddict-item]


def pinned(environment: Environment) -> dict[str, Version]:
    """The locked version of each package that this environment gets."""
    return {name_of(pin): Version(next(iter(pin.specifier)).version) for pin in PINS if applies(pin, environment)}


def needed(roots: list[Requirement], environment: Environment) -> list[tuple[str, Requirement]]:
    """Everything that the requirements lead to in an environment: (who asks, what for).

    Read from the installed packages' own metadata, so it stops at a package that is not installed here.
    """
    found: list[tuple[str, Requirement]] = []
    seen: set[tuple[str, str]] = set()
    waiting = [("pyproject.toml", root) for root in roots if applies(root, environment)]
    while waiting:
        asker, requirement = waiting.pop()
        found.append((asker, requirement))
        name = name_of(requirement)
        for extra in ("", *requirement.extras):
            if (name, extra) in seen or name not in INSTALLED:
                continue
            seen.add((name, extra))
            wishes = [Requirement(line) for line in distribution(name).requires or []]
            waiting += [(name, w) for w in wishes if applies(w, environment, extra) and not torchs_own(name, w)]
    return found


def torchs_own(asker: str, requirement: Requirement) -> bool:
    """What torch asks for on some systems only (the CUDA libraries, triton): torch itself pins it."""
    return asker == "torch" and "platform" in str(requirement.marker)


# Only what stands in the environment: setuptools, once imported, shows the copies that it carries as well.
SITE = [sysconfig.get_path("purelib")]
INSTALLED = {canonicalize_name(d.metadata["Name"]): Version(d.version) for d in distributions(path=SITE)}


def test_every_pin_is_one_version() -> None:
    for pin in PINS:
        assert [clause.operator for clause in pin.specifier] == ["=="], str(pin)
    names = [str(pin.name).lower() for pin in PINS]
    assert len(set(names)) == len(names)


def test_every_range_has_an_upper_bound() -> None:
    for requirement in (*BASE, *DEV, *BUILD):
        operators = {clause.operator for clause in requirement.specifier}
        assert operators in ({"=="}, {">=", "<"}), str(requirement)


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("system", SYSTEMS)
def test_the_lock_holds_all_that_is_needed(system: str, python: str) -> None:
    """On every system and Python: each package needed there is pinned, as its askers accept it."""
    environment = environment_of(system, python)
    pins = pinned(environment)
    for asker, requirement in needed([*BASE, *DEV, *BUILD], environment):
        name = name_of(requirement)
        assert name in pins, f"{asker} needs {requirement}, which constraints.txt does not pin"
        assert requirement.specifier.contains(pins[name], prereleases=True), f"{asker} needs {requirement}"


def test_the_lock_holds_nothing_else() -> None:
    everywhere = {
        name_of(requirement)
        for system in SYSTEMS
        for python in PYTHONS
        for _, requirement in needed([*BASE, *DEV, *BUILD], environment_of(system, python))
    }
    assert {name_of(pin) for pin in PINS} == everywhere


def test_conda_says_the_same() -> None:
    """torch is called pytorch there, and has the range that pyproject.toml gives where Linux has its pin."""
    conda = {r.name: r.specifier for r in (Requirement(line.replace("=3", "==3", 1)) for line in CONDA[:1])}
    conda |= {r.name: r.specifier for r in map(Requirement, CONDA[1:])}
    for python in conda.pop("python"):
        assert Version(python.version) in Requirement("python" + SETTINGS["project"]["requires-python"]).specifier
    conda.pop("pip")
    conda["torch"] = conda.pop("pytorch")
    outside_linux = environment_of("darwin", "3.12")
    ours = {r.name: r.specifier for r in (*BASE, *BUILD) if applies(r, outside_linux)}
    assert conda == ours
    assert pinned(environment_of("linux", "3.12"))["torch"] in ours["torch"]


def test_the_pins_are_installed() -> None:
    """A local version such as 2.13.0+cpu is the pinned version, built another way."""
    wrong = {
        name: (str(version), str(INSTALLED.get(name)))
        for name, version in pinned(default_environment()).items()
        if name not in INSTALLED or INSTALLED[name].public != version.public
    }
    assert not wrong, f"pinned and installed versions differ: {wrong}"


def test_nothing_is_installed_without_a_pin() -> None:
    here = default_environment()
    torch_brings = [
        wish for line in distribution("torch").requires or [] if torchs_own("torch", wish := Requirement(line))
    ]
    allowed = {name_of(requirement) for _, requirement in needed(torch_brings, here)} | {"pip", "glass-box"}
    extra = set(INSTALLED) - set(pinned(here)) - allowed
    assert not extra, f"installed, but not in constraints.txt: {sorted(extra)}. Delete .venv to start afresh."
