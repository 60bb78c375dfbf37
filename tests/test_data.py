"""The data files are what data/README.md says, and what is wrong with them is said in one sentence."""

import hashlib
import importlib.util
import re

import pytest
import torch
from sklearn.datasets import load_digits

from glassbox import data

README = data.folder() / "README.md"
ROW = re.compile(r"^\| `(?P<file>[^`]+)` .*\| (?P<bytes>\d+) \| `(?P<sha256>[0-9a-f]{64})` \|", re.MULTILINE)


def test_files_match_their_row():
    rows = {row["file"]: row for row in ROW.finditer(README.read_text())}
    on_disk = {file.name for file in data.folder().iterdir() if file.is_file()} - {"README.md"}
    assert set(rows) == on_disk
    for name, row in rows.items():
        content = (data.folder() / name).read_bytes()
        assert len(content) == int(row["bytes"])
        assert hashlib.sha256(content).hexdigest() == row["sha256"]


def test_digits_equal_their_source():
    X, y = data.digits()
    source = load_digits()
    assert X.shape == (1797, 64) and X.dtype == torch.float32
    assert y.shape == (1797,) and y.dtype == torch.int64
    assert torch.equal(X * 16, torch.tensor(source.data, dtype=torch.float32))
    assert torch.equal(y, torch.tensor(source.target))


def test_build_gives_the_same_bytes(tmp_path, monkeypatch):
    script = importlib.util.spec_from_file_location("build_digits", data.folder() / "build" / "digits.py")
    build = importlib.util.module_from_spec(script)
    script.loader.exec_module(build)
    monkeypatch.setattr(build, "TARGET", tmp_path / "digits.npz")
    build.main()
    assert (tmp_path / "digits.npz").read_bytes() == (data.folder() / "digits.npz").read_bytes()


def test_another_scikit_learn_is_refused(tmp_path, monkeypatch):
    script = importlib.util.spec_from_file_location("build_digits", data.folder() / "build" / "digits.py")
    build = importlib.util.module_from_spec(script)
    script.loader.exec_module(build)
    monkeypatch.setattr(build, "TARGET", tmp_path / "digits.npz")
    monkeypatch.setattr(build.sklearn, "__version__", "0.1")
    with pytest.raises(SystemExit, match=r"0\.1 is installed"):
        build.main()
    assert not (tmp_path / "digits.npz").exists()


def test_missing_file(tmp_path, monkeypatch):
    monkeypatch.setenv("GLASSBOX_DATA", str(tmp_path))
    with pytest.raises(FileNotFoundError, match=r"digits\.npz is missing; .* python data/build/digits\.py"):
        data.digits()


@pytest.mark.parametrize("damage", ["empty", "cut", "flipped", "text"])
def test_damaged_file(tmp_path, monkeypatch, damage):
    good = (data.folder() / "digits.npz").read_bytes()
    flipped = bytearray(good)
    flipped[5000] ^= 1
    bad = {"empty": b"", "cut": good[:50_000], "flipped": bytes(flipped), "text": b"not an archive"}[damage]
    (tmp_path / "digits.npz").write_bytes(bad)
    monkeypatch.setenv("GLASSBOX_DATA", str(tmp_path))
    with pytest.raises(ValueError, match=r"digits\.npz is damaged; .* python data/build/digits\.py"):
        data.digits()
