"""`features --out F.npz` opened by NumPy: same figures as the CSV. Run by ./check; needs the debug build and NumPy."""

import csv
import subprocess
import tempfile
import wave
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[3]
PROGRAM = ROOT / "target/debug/violin-emotion"


def write_tone(path, seconds, rate=44_100):
    samples = 0.3 * np.sin(2 * np.pi * 440.0 * np.arange(int(seconds * rate)) / rate)
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, rate, 0, "NONE", ""))
        file.writeframes((samples * 32767).astype("<i2").tobytes())


def number(cell):
    """What could not be measured is an empty cell in CSV, NaN in NumPy."""
    return float(cell) if cell else np.nan


def check(folder, feature_set, features):
    recordings = [folder / "a.wav", folder / "bé.wav"]
    for name in ("features.csv", "features.npz"):
        subprocess.run([PROGRAM, "features", *recordings, "--set", feature_set, "--out", folder / name], check=True)
    with open(folder / "features.csv", newline="", encoding="utf-8") as file:
        header, *rows = csv.reader(file)
    npz = np.load(folder / "features.npz", allow_pickle=False)
    assert list(npz["names"]) == header[3:], "names"
    assert list(npz["path"]) == [row[0] for row in rows], "paths"
    assert np.array_equal(npz["spans_s"], np.array([row[1:3] for row in rows], dtype=float)), "spans"
    values = np.array([[number(cell) for cell in row[3:]] for row in rows], dtype=np.float32)
    assert np.array_equal(npz["features"], values, equal_nan=True), "features"
    assert npz["features"].shape == (3, features)
    assert np.isnan(values).any() == (feature_set != "classic"), "missing values"


with tempfile.TemporaryDirectory() as folder:
    folder = Path(folder)
    for name, seconds in (("a.wav", 4.0), ("bé.wav", 1.0)):
        write_tone(folder / name, seconds)
    for feature_set, features in (("classic", 138), ("violin", 34), ("music", 256)):
        check(folder, feature_set, features)
        print(f"features.npz, {feature_set}: as the CSV, 3 windows of {features} features")
