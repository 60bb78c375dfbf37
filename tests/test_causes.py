"""The guesses at why two arrays differ."""

import numpy as np
import pytest
import torch

from glassbox.testing.causes import likely_cause
from glassbox.testing.crashes import crash_cause
from glassbox.testing.student import Crashed

A = np.arange(1.0, 7).reshape(2, 3)
CASES = {
    "transpose": (A.T, A),
    "sign": (-A, A),
    "2 times": (2 * A, A),
    "½ times": (A / 2, A),
    "plus 3": (A + 3, A),
    "off-by-one": (A[:, :2], A),
    "keepdim": (A[None], A),
    "single number": (A.sum(), A),
    "another order": (A[::-1], A),
    "negative number": (A * np.nan, A),
    "overflow": (A * np.inf, A),
    "float32": (A + 1e-6, A),
    "A matrix": (np.outer(A[0], A[0]), A[0]),
    "one shorter": (A[0, :1], A[0, :2]),
    "zero everywhere": (A * 0, A),
}


@pytest.mark.parametrize("word", CASES)
def test_each_slip_is_named(word):
    assert word in (likely_cause(*CASES[word]) or "")


def test_no_guess_where_nothing_stands_out():
    assert likely_cause(np.array([1.0, 5.0]), np.array([2.0, 3.0])) is None


CRASHES = {
    "write x**2": lambda: torch.ones(2) ^ 2,
    "never given a value": lambda: nobody,  # noqa: F821
    "different dtype": lambda: torch.ones(2, 2) @ torch.ones(2, dtype=torch.float64),
    "Two shapes do not fit": lambda: torch.ones(2) + torch.ones(3),
    "A function is used": lambda: 2 * torch.sqrt,
    "used as one number": lambda: float(torch.ones(2)),
    "n // b is whole": lambda: range(7 / 2),
    "different shapes": lambda: torch.stack([torch.ones(1), torch.ones(2)]),
    "used as a list": lambda: len(torch.tensor(1.0)),
    "A reshape": lambda: torch.ones(3).reshape(2),
    "calls itself": lambda: (lambda f: f(f))(lambda f: f(f)),
}


@pytest.mark.parametrize("word", CRASHES)
def test_each_crash_is_explained(word):
    """By the words that this version of Python and torch really use."""
    with pytest.raises(Exception) as caught:
        CRASHES[word]()
    assert word in (crash_cause(Crashed("f", caught.value, None)) or "")
