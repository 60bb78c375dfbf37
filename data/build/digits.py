"""Make data/digits.npz from the copy of the digits that ships with scikit-learn.

    python data/build/digits.py

The same bytes come out every time: entries are stored uncompressed, in a fixed order, with a fixed date.
"""

import hashlib
import io
import sys
import zipfile
from pathlib import Path

import numpy as np
import sklearn
from sklearn.datasets import load_digits

MADE_FROM = "1.9.1"  # scikit-learn
TARGET = Path(__file__).resolve().parent.parent / "digits.npz"


def write_npz(file: Path, arrays: dict[str, np.ndarray]) -> None:
    """Write arrays as NumPy's .npz, byte for byte the same on every run and every system."""
    with zipfile.ZipFile(file, "w") as archive:
        for name, array in arrays.items():
            buffer = io.BytesIO()
            np.lib.format.write_array(buffer, array, version=(1, 0), allow_pickle=False)
            entry = zipfile.ZipInfo(f"{name}.npy", date_time=(1980, 1, 1, 0, 0, 0))
            entry.create_system = 3
            archive.writestr(entry, buffer.getvalue())


def main() -> None:
    if sklearn.__version__ != MADE_FROM:
        sys.exit(f"digits.npz is made from scikit-learn {MADE_FROM}, but {sklearn.__version__} is installed.")
    digits = load_digits()
    # (1797, 8, 8) pixels 0..16 and (1797,) labels 0..9
    write_npz(TARGET, {"images": digits.images.astype(np.uint8), "labels": digits.target.astype(np.uint8)})
    content = TARGET.read_bytes()
    print(f"{TARGET.name}: {len(content)} bytes, sha256 {hashlib.sha256(content).hexdigest()}")


if __name__ == "__main__":
    main()
