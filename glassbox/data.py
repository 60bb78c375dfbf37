"""Small real data sets that travel with the course. Sources and licences: data/README.md."""

import os
import zipfile
from pathlib import Path

import numpy as np
import torch
from torch import Tensor


def folder() -> Path:
    """The data folder: $GLASSBOX_DATA where it is set, else data/ beside the package."""
    override = os.environ.get("GLASSBOX_DATA")
    return Path(override) if override else Path(__file__).resolve().parent.parent / "data"


def digits() -> tuple[Tensor, Tensor]:
    """1797 handwritten digits of 8 × 8 pixels.

    Returns X, float32 (1797, 64) with pixels in 0..1 row by row, and y, int64 (1797,) with labels 0..9.
    Raises FileNotFoundError or ValueError where data/digits.npz is missing or damaged.
    """
    file = folder() / "digits.npz"
    remedy = "make it again with: python data/build/digits.py"
    try:
        with np.load(file) as arrays:
            images, labels = arrays["images"], arrays["labels"]
    except FileNotFoundError:
        raise FileNotFoundError(f"{file} is missing; {remedy}") from None
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        raise ValueError(f"{file} is damaged; {remedy}") from None
    if images.shape != (1797, 8, 8) or labels.shape != (1797,):
        raise ValueError(f"{file} is damaged; {remedy}")
    X = torch.from_numpy(images.reshape(len(images), 64).astype(np.float32) / 16)
    return X, torch.from_numpy(labels.astype(np.int64))
