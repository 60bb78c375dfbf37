"""Tensors as suites write them."""

import torch
from torch import Tensor


def tensor(*values: float | list[float]) -> Tensor:
    """float64 numbers worked by hand: tensor(1, 2) has shape (2,), tensor([1, 2], [3, 4]) shape (2, 2)."""
    return torch.tensor(values, dtype=torch.float64)
