"""The guesses at why two arrays differ."""

import numpy as np
import pytest

from glassbox.testing.causes import likely_cause

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
