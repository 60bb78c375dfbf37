"""The autograder command."""

import argparse
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path

from autograder.source import SourceError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit code."""
    warnings.filterwarnings("ignore", category=DeprecationWarning)
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except (SourceError, LookupError, OSError) as mistake:
        print(mistake, file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="autograder", description="What the instructor runs.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    build = commands.add_parser("build", help="write notebooks/ from solutions/")
    build.add_argument("--check", action="store_true", help="write nothing; exit 1 when notebooks/ is not up to date")
    build.set_defaults(run=_build)

    prove = commands.add_parser("prove", help="test the hidden suites themselves: the kill matrix")
    prove.add_argument(
        "names", nargs="*", metavar="NAME", help="chapters or exercises (ch03 adam_step); all when left out"
    )
    prove.add_argument("--no-mutants", action="store_true", help="the bug library only")
    prove.add_argument("--changed", action="store_true", help="mutants only where docs/proof.json is out of date")
    prove.add_argument("--write", action="store_true", help="keep the result in docs/proof.json and docs/proof.md")
    prove.set_defaults(run=_prove)

    course = commands.add_parser("class", help="make an nbgrader course folder")
    course.add_argument("folder", type=Path, help="where; outside the repository")
    course.set_defaults(run=_class)

    release = commands.add_parser("release", help="write the learner's archive")
    release.add_argument("--out", type=Path, default=Path("dist"), help="the folder it is written to")
    release.set_defaults(run=_release)

    read = commands.add_parser("read", help="write the finished chapters as web pages, every figure drawn")
    read.add_argument("chapters", nargs="*", metavar="CHAPTER", help="for example ch03; all when left out")
    read.add_argument("--out", type=Path, default=Path("dist/read"), help="the folder they are written to")
    read.set_defaults(run=_read)
    return parser


def _build(options: argparse.Namespace) -> int:
    from autograder.build import build

    changed = build(check_only=options.check)
    if options.check and changed:
        print("Not what solutions/ builds: " + ", ".join(changed) + ". Run: python3 course.py build")
        return 1
    print("Up to date." if not changed else "Written: " + ", ".join(changed))
    return 0


def _prove(options: argparse.Namespace) -> int:
    import torch

    from autograder.places import SOLUTIONS
    from autograder.prove import matrix, table
    from autograder.source import read_all

    torch.set_num_threads(1)
    known = [e for source in read_all(SOLUTIONS) for e in source.exercises]
    exercises, chapters = {e.name for e in known}, {e.chapter for e in known}
    for name in options.names:
        if name not in exercises | chapters:
            raise LookupError(
                f"There is no {name!r}. There are: {', '.join(sorted(chapters))}, {', '.join(exercises)}."
            )
    named = set(options.names) & exercises
    chosen = [e for e in known if (e.name in named if named else e.chapter in (options.names or chapters))]
    recorded, done = table.recorded(), []
    for one in chosen:
        unchanged = recorded.get(one.name, {}).get("digest") == matrix.digest(one)
        with_mutants = not options.no_mutants and not (options.changed and unchanged)
        done.append(matrix.prove(one, with_mutants=with_mutants))
        print(table.line(done[-1]), flush=True)
    if options.write:
        table.keep(done)
    holes = sum(len(m.holes) for m in done)
    print(f"{len(done)} exercises, {holes} hole{'s' * (holes != 1)}.")
    return int(holes > 0)


def _class(options: argparse.Namespace) -> int:
    from autograder.classroom import make

    for written in make(options.folder):
        print(f"Written: {written}")
    return 0


def _release(options: argparse.Namespace) -> int:
    from autograder.release import release

    print(f"Written: {release(options.out)}")
    return 0


def _read(options: argparse.Namespace) -> int:
    from autograder.reading import write_pages

    for written in write_pages(options.out, options.chapters):
        print(f"Written: {written}")
    return 0
