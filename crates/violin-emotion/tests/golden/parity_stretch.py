"""Time stretching against librosa 0.11: there and back on recorded violin phrases.

    python crates/violin-emotion/tests/golden/parity_stretch.py [RECORDING...]

Needs librosa==0.11.0 and soundfile, and the release build (or VIOLIN_EMOTION=path of the program). Without arguments it takes
the phrases in ../shared/data, and skips where they are absent. Each recording is stretched by r and then by 1/r, by both
sides; what comes back is compared with the recording: SI-SDR after alignment by the strongest cross-correlation, F1 of the
onsets that librosa hears (50 ms), and the energy after the first step.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import librosa
import numpy as np
import soundfile

ROOT = Path(__file__).resolve().parents[4]
DATA = ROOT.parent / "shared/data/violin/bach_violin_phrases"
PROGRAM = os.environ.get("VIOLIN_EMOTION", ROOT / "target/release/violin-emotion")
RATES = (0.9, 1.1)
NEAR_S = 0.05
# Samples by which what comes back may lie off.
FARTHEST = 4096


def children_s():
    spent = os.times()
    return spent.children_user + spent.children_system


def ours(path, rate, folder):
    begun = children_s()
    command = [PROGRAM, "augment", path, "--out-dir", folder, "--stretch", repr(rate)]
    written = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout.decode().strip()
    return written, children_s() - begun


def onsets(y):
    return librosa.onset.onset_detect(y=y.astype(np.float32), sr=44_100, units="time", hop_length=256)


def f1(expected, found):
    left, hits = list(found), 0
    for onset in expected:
        near = [other for other in left if abs(other - onset) <= NEAR_S]
        if near:
            left.remove(min(near, key=lambda other: abs(other - onset)))
            hits += 1
    return 2 * hits / max(len(expected) + len(found), 1)


def si_sdr(reference, estimate):
    length = min(len(reference), len(estimate))
    reference, estimate = reference[:length], estimate[:length]
    size = 2 * length
    across = np.fft.irfft(np.conj(np.fft.rfft(reference, size)) * np.fft.rfft(estimate, size), size)
    near = np.r_[across[:FARTHEST], across[-FARTHEST:]]
    lag = int(np.argmax(near))
    lag = lag if lag < FARTHEST else lag - 2 * FARTHEST
    if lag > 0:
        reference, estimate = reference[: length - lag], estimate[lag:]
    elif lag < 0:
        reference, estimate = reference[-lag:], estimate[: length + lag]
    target = (reference @ estimate) / (reference @ reference) * reference
    return 10 * np.log10((target @ target) / ((estimate - target) @ (estimate - target)))


def energy_db(y, x):
    return 10 * np.log10(np.mean(y**2) / np.mean(x**2))


def main():
    paths = [Path(path) for path in sys.argv[1:]] or sorted(DATA.glob("*.wav"))
    if not paths:
        print(f"skipped: no recordings in {DATA}")
        return 0
    print("recording | rate | SI-SDR dB: ours, librosa | onset F1: ours, librosa | energy dB: ours, librosa")
    rows, cpu = [], [0.0, 0.0]
    for path in paths:
        x = soundfile.read(path, dtype="float32")[0].astype(float)
        heard = onsets(x)
        for rate in RATES:
            with tempfile.TemporaryDirectory() as folder:
                there, first_s = ours(path, rate, folder)
                back, second_s = ours(there, 1 / rate, folder)
                cpu[0] += first_s + second_s
                ours_there, ours_back = (soundfile.read(file)[0] for file in (there, back))
            begun = time.process_time()
            there = librosa.effects.time_stretch(x.astype(np.float32), rate=rate)
            back = librosa.effects.time_stretch(there, rate=1 / rate)
            cpu[1] += time.process_time() - begun
            expected = round(len(x) / rate)
            assert len(ours_there) == expected, f"{path}: {len(ours_there)} samples, expected {expected}"
            row = [
                [si_sdr(x, ours_back), si_sdr(x, back.astype(float))],
                [f1(heard, onsets(ours_back)), f1(heard, onsets(back))],
                [energy_db(ours_there, x), energy_db(there.astype(float), x)],
            ]
            rows.append(row)
            cells = " | ".join(f"{a:.2f}, {b:.2f}" for a, b in row)
            print(f"{path.stem} | {rate} | {cells}", flush=True)
    rows = np.array(rows)
    mean = rows.mean(axis=0)
    print("mean | | " + " | ".join(f"{a:.2f}, {b:.2f}" for a, b in mean))
    better = (rows[:, :2, 0] >= rows[:, :2, 1]).sum(axis=0)
    print(f"ours at least as good in {better[0]} (SI-SDR) and {better[1]} (onsets) of {len(rows)}")
    print(f"CPU: ours {cpu[0]:.2f} s, reading and writing files too; librosa {cpu[1]:.2f} s")
    passed = mean[0, 0] >= mean[0, 1] and mean[1, 0] >= mean[1, 1] and np.abs(rows[:, 2, 0]).max() <= 0.5
    print("passed" if passed else "FAILED")
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
