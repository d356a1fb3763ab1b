"""Our 138 features against librosa 0.11 on real recordings, window by window.

    python crates/violin-emotion/tests/golden/parity.py [RECORDING…]

Needs librosa==0.11.0 and the release build (or VIOLIN_EMOTION=path of the program). Without arguments it takes the
recordings in ../shared/data, and skips where they are absent. Every recording is first written as 16-bit WAV at
44.1 kHz, so that both sides see the same samples. Where the Python package is installed, the X of its `create_temporal_dataset` must
hold the same numbers.
"""

import csv
import io
import os
import subprocess
import sys
import tempfile
import wave
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[4]
DATA = ROOT.parent / "shared/data"
PROGRAM = os.environ.get("VIOLIN_EMOTION", ROOT / "target/release/violin-emotion")
sys.path.insert(0, str(ROOT / "bench"))
import python_stack  # noqa: E402

# A difference this small against how much a feature varies over real windows changes nothing downstream.
TOLERANCE = 1e-3
# The constant-Q transform's decimation filter is not sample-equal to soxr's.
TONNETZ_TOLERANCE = 1e-2
# Windows whose tuning estimate is a tie, or within rounding of one, may fall the other way.
CHROMA_SHARE = 0.97
TEMPO_TOLERANCE, TEMPO_SHARE = 0.01, 0.95


def default_recordings():
    phrases = sorted((DATA / "violin/bach_violin_phrases").glob("*.wav"))
    tracks = [DATA / f"emotify_classical/audio/{number}.mp3" for number in (1, 17, 42, 88)]
    return [path for path in phrases + tracks if path.is_file()]


def as_wav(path, folder, number):
    import librosa

    y, _ = librosa.load(path, sr=python_stack.SAMPLE_RATE, duration=30.0)
    target = Path(folder) / f"{number:02}.wav"
    with wave.open(str(target), "wb") as file:
        file.setparams((1, 2, python_stack.SAMPLE_RATE, 0, "NONE", ""))
        file.writeframes(np.clip(np.round(y * 32768), -32768, 32767).astype("<i2").tobytes())
    return target


def ours(paths):
    command = [PROGRAM, "features", *paths, "--set", "classic", "--windowing", "notebook"]
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout.decode()
    header, *rows = csv.reader(io.StringIO(output))
    places = [f"{Path(row[0]).stem} at {float(row[1]):.1f} s" for row in rows]
    return header[3:], places, np.array([row[3:] for row in rows], dtype=float)


def same_from_python(folder, paths, found):
    """Whether the notebook's call gives these rows, its padding taken off."""
    try:
        import violin_emotion
    except ImportError:
        print("not compared: the X of create_temporal_dataset, for the Python package is not installed", file=sys.stderr)
        return
    labels = Path(folder) / "labels.csv"
    labels.write_text("filename,one,other\n" + "".join(f"{path.name},0.5,0.5\n" for path in paths))
    x, _, lengths = violin_emotion.create_temporal_dataset(folder, labels, augment=False, lengths=True)
    rows = np.concatenate([row[:length] for row, length in zip(x, lengths)])
    np.testing.assert_array_equal(rows, found.astype(np.float32))
    assert not any(row[length:].any() for row, length in zip(x, lengths)), "what follows is padding"
    print(f"X of create_temporal_dataset {x.shape}: the same numbers")


def main():
    recordings = [Path(name) for name in sys.argv[1:]] or default_recordings()
    if not recordings:
        print(f"skipped: no recordings in {DATA}")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        paths = [as_wav(path, folder, number) for number, path in enumerate(recordings)]
        names, places, found = ours(paths)
        same_from_python(folder, paths, found)
        expected = np.concatenate([python_stack.recording_features(path) for path in paths])
    assert found.shape == expected.shape, f"{found.shape} is not {expected.shape}"
    np.savez_compressed(os.environ["PARITY_OUT"], found=found, expected=expected) if "PARITY_OUT" in os.environ else None
    return report(names, places, found, expected, len(recordings))


def report(names, places, found, expected, recordings):
    difference = np.abs(found - expected) / np.maximum(expected.std(axis=0), 1e-12)
    groups = {}
    for column, name in enumerate(names):
        groups.setdefault(name.rstrip("0123456789").rstrip("_"), []).append(column)
    print(f"{recordings} recordings, {len(found)} windows; differences in standard deviations of the feature")
    print("| features | largest | windows within the bar | bar |\n|---|---|---|---|")
    failed = []
    for group, columns in groups.items():
        if group == "tempo":
            apart = np.abs(found[:, columns] / expected[:, columns] - 1).max(axis=1)
            tolerance, share = TEMPO_TOLERANCE, TEMPO_SHARE
        else:
            apart = difference[:, columns].max(axis=1)
            tolerance = TONNETZ_TOLERANCE if group.startswith("tonnetz") else TOLERANCE
            share = CHROMA_SHARE if group.startswith(("tonnetz", "chroma")) else 1.0
        within = (apart <= tolerance).mean()
        print(f"| {group} ({len(columns)}) | {apart.max():.2g} | {within:.1%} | {tolerance:g} on {share:.0%} |")
        if not within >= share:
            failed.append(group)
        if share < 1.0:
            for window in np.flatnonzero(~(apart <= tolerance)):
                print(f"  exception: {group}, {places[window]}: {apart[window]:.3g}", file=sys.stderr)
    print("failed: " + ", ".join(failed) if failed else "all within their bars")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
