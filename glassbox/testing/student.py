"""What a suite sees of a submission.

`student.adam_step(...)` calls the learner's function with copies of the arguments, so that no call can spoil
the inputs of the next, as it would be across a process border. `student.run(probe, ...)` runs a probe of the
suite's own beside the learner's code: `probe(learner, ...)`, where `learner.adam_step` is the bare function.
"""

import contextlib
import copy
import inspect
import io
import linecache
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch

from glassbox.testing.clock import TimeUp
from glassbox.testing.expect import Mismatch


class NotWritten(Exception):
    """The exercise has no answer yet."""


class WrongSignature(Exception):
    """The learner's function cannot be called the way the exercise says."""


class Crashed(Exception):
    """The learner's code raised an exception; `original` is it, `line` the learner's line that raised."""

    def __init__(self, name: str, original: BaseException, line: str | None):
        self.name, self.original, self.line = name, original, line
        self.kind = type(original).__name__.lstrip("_")
        place = f", at the line `{line}`" if line else ""
        super().__init__(f"`{name}` raised {self.kind}: {_one_line(original)}{place}")


WRITE_IT = "Replace `raise NotImplementedError` with your code, run the cell, then this one."


def stub_of(error: BaseException) -> str | None:
    """The name of the function that raised a bare NotImplementedError, as a stub does; else None.

    torch raises NotImplementedError too, with a message, for instance for `x ^ 2` on real numbers.
    """
    if not isinstance(error, NotImplementedError) or str(error):
        return None
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return trace.tb_frame.f_code.co_name if trace else None


class Learner:
    """The learner's names as attributes."""

    def __init__(self, namespace: Mapping[str, Any]):
        self._namespace = namespace

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if name not in self._namespace:
            raise NotWritten(f"`{name}` is not defined. Run the cell that defines it, or undo a change of name.")
        return self._namespace[name]


class Console(io.StringIO):
    """Keeps what is printed, and stays open when the submission closes its stdout."""

    def close(self) -> None:
        pass


class Student:
    """A submission in this process.

    transcript: (name, outcome) of each call of the running test. console: what the submission has printed.
    """

    def __init__(self, namespace: Mapping[str, Any]):
        self._learner = Learner(namespace)
        self.transcript: list[tuple[str, Any]] = []
        self.console = Console()

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("__"):
            raise AttributeError(name)

        def call(*args: Any, **kwargs: Any) -> Any:
            target = getattr(self._learner, name)
            if not callable(target):
                raise NotWritten(f"`{name}` is {type(target).__name__}, not a function. Run its cell again.")
            args, kwargs = _copied(args), _copied(kwargs)
            _fits(name, target, args, kwargs)
            return self._recorded(name, target, *args, **kwargs)

        return call

    def run(self, probe: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """What `probe(learner, *args, **kwargs)` returns."""
        return self._recorded(probe.__name__, probe, self._learner, *_copied(args), **_copied(kwargs))

    def _recorded(self, name: str, target: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        try:
            with contextlib.redirect_stdout(self.console), contextlib.redirect_stderr(self.console):
                result = target(*args, **kwargs)
        except (NotWritten, Mismatch, TimeUp, KeyboardInterrupt):
            raise
        except BaseException as error:
            if stub := stub_of(error):
                raise NotWritten(f"`{stub}` is not written yet. {WRITE_IT}") from None
            self.transcript.append((name, f"{type(error).__name__}: {error}"))
            raise Crashed(name, error, _learners_line(error)) from None
        self.transcript.append((name, copy.deepcopy(_detached(result))))
        return result


def _fits(name: str, target: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    try:
        signature = inspect.signature(target)
    except (TypeError, ValueError):
        return
    try:
        signature.bind(*args, **kwargs)
    except TypeError as reason:
        raise WrongSignature(
            f"`{name}{signature}` cannot be called as the exercise says ({reason}). "
            "Restore the first line of the exercise cell."
        ) from None


def _copied(value: Any) -> Any:
    if isinstance(value, tuple | list):
        return type(value)(_copied(item) for item in value)
    if isinstance(value, dict):
        return {key: _copied(item) for key, item in value.items()}
    if isinstance(value, torch.Generator):
        twin = torch.Generator(device=value.device)
        twin.set_state(value.get_state())
        return twin
    if isinstance(value, torch.Tensor):
        return value.detach().clone().requires_grad_(value.requires_grad)
    return value if callable(value) else copy.deepcopy(value)


def _detached(value: Any) -> Any:
    if isinstance(value, tuple | list):
        return [_detached(item) for item in value]
    if isinstance(value, torch.Tensor):
        return value.detach()
    plain = bool | int | float | complex | str | bytes | dict | np.ndarray | None
    return value if isinstance(value, plain) else type(value).__name__


def _learners_line(error: BaseException) -> str | None:
    """The source line, in a notebook cell, that the exception passed through last."""
    line, trace = None, error.__traceback__
    while trace is not None:
        filename = trace.tb_frame.f_code.co_filename
        if "ipykernel" in filename or filename.startswith("<"):
            line = linecache.getline(filename, trace.tb_lineno).strip() or line
        trace = trace.tb_next
    return line


def _one_line(error: BaseException) -> str:
    text = " ".join(str(error).split())
    return text if len(text) <= 200 else text[:197] + "…"
