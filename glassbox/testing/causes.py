"""Guesses at why two results differ: the slips that look alike in every exercise."""

import math
from typing import Any

import numpy as np

RATIOS = {2.0: "2", 0.5: "½", math.log(2): "ln 2", math.pi: "π"}


def likely_cause(yours: np.ndarray, expected: np.ndarray) -> str | None:
    """One sentence on the likeliest slip, or None when nothing stands out.

    yours, expected: numeric arrays of any shapes; they are known to differ.
    """
    if yours.shape != expected.shape:
        return _shape_cause(yours, expected)
    finite = np.isfinite(yours)
    if not finite.all():
        what = "nan" if np.isnan(yours).any() else "inf"
        why = "the root of a negative number" if what == "nan" else "an overflow"
        return f"There is {what} in yours: look for a division by zero, a logarithm of zero or {why}."
    if _close(yours, expected):
        return (
            "The numbers agree to a few digits only: something in between is float32, as torch.tensor(0.9) is, "
            "or a small number is added."
        )
    return _scale_cause(yours, expected)


def kind_cause(value: Any) -> str | None:
    """One sentence on how a value came not to be a tensor where one is asked for, or None."""
    if isinstance(value, np.ndarray):
        return "torch's own functions keep tensors; a numpy array becomes one again with torch.from_numpy."
    if isinstance(value, list):
        return "torch.stack makes one tensor of a list of tensors, torch.tensor one of a list of numbers."
    if isinstance(value, tuple):
        return "A comma makes a tuple: return the tensor alone, without a comma after it."
    if isinstance(value, int | float):
        return "item(), float() and the functions of math give plain numbers: leave the result in its tensor."
    return None


def _close(a: np.ndarray, b: np.ndarray) -> bool:
    return bool(np.allclose(a, b, rtol=1e-4, atol=1e-9))


def _shape_cause(yours: np.ndarray, expected: np.ndarray) -> str | None:
    if yours.size == expected.size and yours.squeeze().shape == expected.squeeze().shape:
        return "Only axes of length one differ: a keepdim, an unsqueeze or an extra pair of brackets."
    if yours.ndim >= 2 and yours.T.shape == expected.shape:
        same = _close(yours.T, expected)
        return "It is the transpose of what is expected." if same else "Two axes are swapped."
    if expected.ndim == 1 and yours.shape == (expected.size, expected.size):
        return "A matrix comes out: torch.outer, or a column of shape (d, 1) that met a vector. Keep vectors."
    if yours.size == 1 and yours.ndim < expected.ndim:
        return "Yours is a single number: was everything summed or averaged where one axis was meant?"
    if yours.ndim == expected.ndim:
        longer = [yours.shape[i] - expected.shape[i] for i in range(yours.ndim)]
        changed = [n for n in longer if n]
        if changed in ([1], [-1]):
            return f"One axis is one {'longer' if changed == [1] else 'shorter'} than expected: an off-by-one."
    return None


def _scale_cause(yours: np.ndarray, expected: np.ndarray) -> str | None:
    if not np.any(yours) and np.any(expected):
        return "Yours is zero everywhere: was the result ever filled in?"
    if _close(yours, -expected):
        return "The sign is the wrong way round."
    if yours.ndim >= 2 and yours.shape == yours.T.shape and _close(yours.T, expected):
        return "It is the transpose of what is expected."
    if yours.size > 1 and np.all(expected) and np.all(np.isfinite(expected)):
        ratios = yours / expected
        if _close(ratios, np.full_like(ratios, ratios.flat[0])):
            return f"Yours is {_ratio(float(ratios.flat[0]))} times the expected result, everywhere."
        shifts = yours - expected
        if _close(shifts, np.full_like(shifts, shifts.flat[0])):
            return f"Yours is the expected result plus {shifts.flat[0]:.6g}, everywhere."
        if _close(np.sort(yours, axis=None), np.sort(expected, axis=None)):
            return "The numbers are right but stand in another order."
    return None


def _ratio(value: float) -> str:
    for known, name in RATIOS.items():
        if math.isclose(value, known, rel_tol=1e-4):
            return name
    return f"{value:.6g}"
