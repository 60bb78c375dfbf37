"""What a suite says of a result.

Every helper raises `Mismatch` when the property does not hold. A mismatch carries what a learner needs to
see: the input, the learner's result, the expected one, and a sentence on the likeliest cause.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch

from glassbox.testing.causes import kind_cause, likely_cause

MISSING: Any = type("Missing", (), {"__repr__": lambda self: "MISSING", "__bool__": lambda self: False})()


class Mismatch(AssertionError):
    """A property that does not hold.

    sentence: what is wrong, in words. given: the inputs by name. yours, expected: the two results, when the
    property compares two. cause: the likeliest reason.
    """

    def __init__(
        self,
        sentence: str,
        *,
        given: Mapping[str, Any] | None = None,
        yours: Any = MISSING,
        expected: Any = MISSING,
        cause: str | None = None,
    ):
        super().__init__(sentence)
        self.sentence = sentence
        self.given = dict(given or {})
        self.yours = yours
        self.expected = expected
        self.cause = cause


def as_array(value: Any) -> np.ndarray | None:
    """The numbers in a tensor, array, number or nested list; None when there are none to be had."""
    if isinstance(value, torch.Tensor):
        try:
            value = value.detach().cpu()
            return value.float().numpy() if value.dtype in (torch.bfloat16, torch.float16) else value.numpy()
        except (RuntimeError, NotImplementedError, TypeError):  # sparse, meta, quantized
            return None
    if isinstance(value, list | tuple) and any(isinstance(item, torch.Tensor) for item in value):
        value = [as_array(item) for item in value]
    try:
        array = np.asarray(value)
    except ValueError:
        return None
    return array if array.dtype.kind in "biufc" else None


def close(
    yours: Any,
    expected: Any,
    *,
    what: str = "the result",
    given: Mapping[str, Any] | None = None,
    likely: Mapping[str, Any] | None = None,
    rtol: float | None = None,
    atol: float | None = None,
) -> None:
    """The numbers agree, within the rounding of the coarser of the two precisions.

    likely: slips by sentence, each with the result that it would give (worked by hand). The first that the
    learner's result equals is named as the cause.
    """
    mismatch = {"given": given, "yours": yours, "expected": expected}
    if yours is None:
        raise Mismatch(f"{_upper(what)} is None. Is there a `return` at the end of the function?", **mismatch)
    ours = as_array(expected)
    theirs = as_array(yours)
    if ours is None:
        raise TypeError(f"expected is no array of numbers: {expected!r}")
    if theirs is None or (isinstance(expected, torch.Tensor) and not _tensor_like(yours, expected)):
        sentence = f"{_upper(what)} is {_kind(yours)} where {_kind(expected)} is asked for."
        raise Mismatch(sentence, cause=kind_cause(yours), **mismatch)
    if rtol is None:
        rtol = _relative_rounding(yours, expected)
    if atol is None:
        atol = rtol * 1e-2
    if theirs.shape == ours.shape and np.allclose(theirs, ours, rtol=rtol, atol=atol, equal_nan=True):
        return
    for sentence, slip in (likely or {}).items():
        wrong = as_array(slip)
        if wrong is None or wrong.shape != theirs.shape:
            continue
        if np.allclose(theirs, wrong, rtol=1e-4, atol=1e-9, equal_nan=True):
            raise Mismatch(f"{_upper(what)} is not what is expected.", cause=sentence, **mismatch)
    if theirs.shape != ours.shape:
        sentence = f"{_upper(what)} has shape {theirs.shape}; {ours.shape} is expected."
    else:
        sentence = f"{_upper(what)} differs from what is expected: {_where(theirs, ours)}."
    raise Mismatch(sentence, cause=likely_cause(theirs, ours), **mismatch)


def like(yours: Any, model: torch.Tensor, *, what: str = "the result") -> None:
    """The tensor has the dtype and the device of the model, and no more of an autograd graph than it."""
    if not isinstance(yours, torch.Tensor):
        sentence = f"{_upper(what)} is {_kind(yours)} where a tensor is asked for."
        raise Mismatch(sentence, yours=yours, cause=kind_cause(yours))
    for trait in ("dtype", "device"):
        have, want = getattr(yours, trait), getattr(model, trait)
        if have != want:
            raise Mismatch(
                f"{_upper(what)} has {trait} {have}; the {trait} of the input, {want}, is expected.",
                cause=f"A tensor of another {trait} came in: make new ones like the input (torch.zeros_like), "
                f"convert others with .to(x.{trait}).",
            )
    if yours.requires_grad and not model.requires_grad:
        raise Mismatch(
            f"{_upper(what)} carries an autograd graph (requires_grad is set).",
            cause="No autograd here: the gradient has a formula. Leave requires_grad_, backward and Parameter out.",
        )


def that(holds: Any, sentence: str, *, cause: str | None = None, **shown: Any) -> None:
    """A condition, and the sentence that says what is wrong when it does not hold.

    shown: `yours`, `expected` and `given`, as in Mismatch.
    """
    if not bool(holds):
        raise Mismatch(sentence, cause=cause, **shown)


def parts(result: Any, *names: str) -> tuple[Any, ...]:
    """The result as a tuple of so many parts, named for the learner."""
    wanted = f"({', '.join(names)})"
    if result is None:
        raise Mismatch(f"The function returned None; {wanted} is expected. Is there a `return`?")
    if not isinstance(result, tuple | list) or len(result) != len(names):
        count = f" of length {len(result)}" if isinstance(result, tuple | list) else ""
        raise Mismatch(
            f"The function returned {_kind(result)}{count}; the tuple {wanted} is expected.",
            cause=f"Return all of it, in this order: {', '.join(names)}.",
        )
    return tuple(result)


def unchanged(student: Any, name: str, arguments: Mapping[str, Any]) -> None:
    """The call leaves the caller's tensors and arrays as they were."""
    after = student.run(_call_and_keep, name, dict(arguments))
    for argument, value in arguments.items():
        if not isinstance(value, torch.Tensor | np.ndarray):
            continue
        if isinstance(value, torch.Tensor) and value.requires_grad != after[argument].requires_grad:
            raise Mismatch(
                f"`{name}` switched autograd on in its argument `{argument}` (requires_grad_).",
                cause="No autograd here: the gradient has a formula.",
            )
        before, now = as_array(value), as_array(after[argument])
        if before is None or now is None:
            continue
        if before.shape != now.shape or not np.array_equal(before, now, equal_nan=True):
            raise Mismatch(
                f"`{name}` changed its argument `{argument}` in place.",
                given={argument: value},
                yours=after[argument],
                expected=value,
                cause="Operations such as += , sub_ and [...] = write into the caller's tensor; "
                "make a new one: a = a + b.",
            )


def _call_and_keep(learner: Any, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    getattr(learner, name)(**arguments)
    return arguments


def raises(
    call: Callable[[], Any],
    kinds: type[Exception] | tuple[type[Exception], ...],
    when: str,
    *,
    cause: str | None = None,
) -> None:
    """The call is refused with one of the exceptions."""
    from glassbox.testing.student import Crashed

    names = " or ".join(k.__name__ for k in (kinds if isinstance(kinds, Sequence) else (kinds,)))
    try:
        result = call()
    except Crashed as crash:
        if isinstance(crash.original, kinds):
            return
        raise Mismatch(f"{_upper(when)}, {names} is expected; yours raised {crash.kind}.", cause=cause) from None
    raise Mismatch(f"{_upper(when)}, {names} is expected; yours returned a result.", yours=result, cause=cause)


def _upper(text: str) -> str:
    """The text as the beginning of a sentence; a name from the code keeps its small letter."""
    return f"`{text}`" if text.isidentifier() else text[:1].upper() + text[1:]


def _kind(value: Any) -> str:
    if isinstance(value, torch.Tensor):
        return "a tensor" if as_array(value) is not None else "a tensor without plain numbers (sparse or meta)"
    if isinstance(value, np.ndarray):
        return "a numpy array"
    if isinstance(value, tuple | list):
        return f"a {type(value).__name__}"
    return "None" if value is None else f"{type(value).__name__} ({str(value)[:60]})"


def _tensor_like(yours: Any, expected: torch.Tensor) -> bool:
    return isinstance(yours, torch.Tensor) or (expected.ndim == 0 and isinstance(yours, int | float))


def _relative_rounding(*values: Any) -> float:
    sizes = [v.dtype.itemsize for v in values if isinstance(v, torch.Tensor) and v.is_floating_point()]
    return {8: 1e-9, 4: 1e-5, 2: 1e-2}[min(sizes, default=8)]


def _where(yours: np.ndarray, expected: np.ndarray) -> str:
    with np.errstate(invalid="ignore"):
        gap = np.abs(yours.astype(complex) - expected.astype(complex))
    gap = np.where(np.isnan(gap), np.inf, gap)
    at = np.unravel_index(int(gap.argmax()), gap.shape)
    place = ", ".join(str(int(i)) for i in at)
    return (f"most at [{place}], " if place else "") + _against(yours[at], expected[at])


def _against(yours: Any, expected: Any) -> str:
    """The two numbers, to as many digits as tell them apart."""
    pairs = ((f"{yours:.{digits}g}", f"{expected:.{digits}g}") for digits in (6, 10, 17))
    mine, its = next((pair for pair in pairs if pair[0] != pair[1]), (str(yours), str(expected)))
    return f"{mine} against {its}"
