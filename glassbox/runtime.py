"""The device that tensors live on, and one seed for every random generator."""

import random
import sys
import threading

import numpy as np
import torch


def _best_device() -> torch.device:
    if torch.cuda.is_available():
        return torch.device("cuda")
    if torch.backends.mps.is_available():
        return torch.device("mps")
    return torch.device("cpu")


device: torch.device = _best_device()
# Suites work in float64, which Apple's GPUs do not have.
suite_device: torch.device = torch.device("cpu") if device.type == "mps" else device


def seed_everything(seed: int = 0) -> None:
    """Seed Python's, NumPy's and torch's global generators, on every device."""
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)


def warm_up() -> None:
    """In a notebook, import in the background what the first optimizer of a session would stop for, for a second.

    Only in a notebook's kernel: elsewhere a process may fork, and must not do so in the middle of an import.
    """
    if "ipykernel" in sys.modules:
        threading.Thread(target=__import__, args=("torch._dynamo",), daemon=True).start()
