"""Our pYIN against librosa 0.11's on real phrases: decisions, pitch, and time on one thread in the same run.

    cargo build --release --example pitch_track
    OMP_NUM_THREADS=1 python crates/violin-emotion/tests/golden/parity_pitch.py [WAV…]

Takes WAV files at 44.1 kHz; without arguments the violin phrases in ../shared/data, and skips where they are absent.
"""

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[4]
DATA = ROOT.parent / "shared/data/violin/bach_violin_phrases"
PROGRAM = ROOT / "target/release/examples/pitch_track"
VOICED_SHARE, MEDIAN_CENTS = 0.99, 1.0


def main():
    recordings = sys.argv[1:] or sorted(DATA.glob("*.wav"))
    if not recordings:
        print(f"skipped: no recordings in {DATA}")
        return 0
    import librosa
    import numpy as np

    settings = {"fmin": 196.0, "fmax": 2637.0, "frame_length": 2048, "hop_length": 512}
    librosa.pyin(np.zeros(44100, np.float32), sr=44100, **settings)  # compiles its loops
    agree, cents, seconds = [], [], np.zeros(2)
    for path in recordings:
        process = subprocess.run([PROGRAM, path], check=True, capture_output=True, text=True)
        ours = np.array([line.split(",") for line in process.stdout.splitlines()[1:]], dtype=float)
        y, rate = librosa.load(path, sr=None)
        assert rate == 44100, f"{path}: {rate} Hz"
        start = time.process_time()
        hz, voiced, _ = librosa.pyin(y, sr=rate, **settings)
        seconds += float(process.stderr.split()[0]), time.process_time() - start
        agree.append(voiced == (ours[:, 2] > 0))
        both = voiced & (ours[:, 2] > 0)
        cents.append(1200 * np.abs(np.log2(ours[both, 1] / hz[both])))
    agree, cents = np.concatenate(agree), np.concatenate(cents)
    print(f"{len(recordings)} recordings, {len(agree)} frames")
    print(f"voiced or not: the same in {agree.mean():.2%}")
    print(f"pitch where both are voiced: median {np.median(cents):.4f}, largest {cents.max():.4f} cents apart")
    print(f"{seconds[0]:.2f} s, librosa {seconds[1]:.2f} s: {seconds[1] / seconds[0]:.0f} times as fast")
    return int(agree.mean() < VOICED_SHARE or np.median(cents) > MEDIAN_CENTS)


if __name__ == "__main__":
    sys.exit(main())
