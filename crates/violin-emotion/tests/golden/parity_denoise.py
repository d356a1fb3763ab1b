"""Noise reduction against noisereduce 3.0.3 on real recordings: how far apart, and CPU time on one thread in the same run.

    pip install noisereduce==3.0.3 soundfile
    cargo build --release --example denoise_samples
    OMP_NUM_THREADS=1 python crates/violin-emotion/tests/golden/parity_denoise.py [WAV...]

Takes mono WAV files at 44.1 kHz; without arguments the violin phrases and two recordings of noise in ../shared/data, and skips
where they are absent. Our seconds are those of the whole process, reading included; noisereduce's are its own alone.
"""

import resource
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[4]
DATA = ROOT.parent / "shared/data"
PROGRAM = ROOT / "target/release/examples/denoise_samples"
LARGEST = 1e-3


def child_seconds():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def main():
    phrases = sorted(DATA.glob("violin/bach_violin_phrases/*.wav"))
    clip = DATA / "noise/nr_fish.wav"
    recordings = [Path(path) for path in sys.argv[1:]] or phrases + sorted(DATA.glob("noise/nr_*.wav"))
    if not recordings:
        print(f"skipped: no recordings in {DATA}")
        return 0
    import noisereduce
    import numpy as np
    import soundfile

    def ours(mode, path, *noise):
        before = child_seconds()
        bytes_ = subprocess.run([PROGRAM, mode, path, *noise], check=True, capture_output=True).stdout
        return np.frombuffer(bytes_, np.float32), child_seconds() - before

    cases = [("stationary", {"stationary": True}, []), ("nonstationary", {"stationary": False}, [])]
    if clip.exists():
        noise = soundfile.read(clip, dtype="float32")[0]
        cases.append(("stationary", {"stationary": True, "y_noise": noise}, [clip]))
    worst, theirs_s = 0.0, {}
    for mode, settings, extra in cases:
        errors, seconds = [], np.zeros(2)
        for path in recordings:
            y, rate = soundfile.read(path, dtype="float32")
            assert rate == 44100 and y.ndim == 1, f"{path}: {rate} Hz, {y.ndim} channels"
            start = time.process_time()
            expected = noisereduce.reduce_noise(y=y, sr=rate, **settings)
            theirs = time.process_time() - start
            found, mine = ours(mode, path, *extra)
            seconds += mine, theirs
            errors.append(float(np.linalg.norm(found - expected) / np.linalg.norm(expected)))
        name = mode + (" with a clip" if extra else "")
        theirs_s[name] = seconds[1]
        worst = max(worst, *errors)
        print(f"{name}: {len(errors)} recordings, relative error at most {max(errors):.1e}, median {np.median(errors):.1e}; "
              f"{seconds[0]:.2f} s, noisereduce {seconds[1]:.2f} s: {seconds[1] / seconds[0]:.1f} times as fast")
    mine = sum(ours("violin", path)[1] for path in recordings)
    for name in ("stationary", "nonstationary"):
        print(f"violin: {mine:.2f} s, noisereduce {name} {theirs_s[name]:.2f} s: {theirs_s[name] / mine:.1f} times as fast")
    return int(worst > LARGEST)


if __name__ == "__main__":
    sys.exit(main())
