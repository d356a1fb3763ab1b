"""Writes features.json: the 138 numbers of the Python stack for every window of four signals made by formulas.

Made with Python 3, librosa 0.11.0, numpy 2; run from anywhere: python make_golden_features.py
The functions that are called are those of bench/python_stack.py. tests/it/features.rs makes the same signals.
"""

import json
import pathlib
import sys

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[4]
sys.path.insert(0, str(ROOT / "bench"))
import python_stack  # noqa: E402

# Three windows of 3.0 s by the notebook's rule.
SAMPLES = 7 * 44_100 + 22_050
n = np.arange(SAMPLES)
t = n / 44_100.0


def tone(frequency, partials, vibrato):
    """Partials falling as 1 / number; `vibrato` is the depth of a 5.5 Hz phase modulation in radians."""
    phase = 2 * np.pi * frequency * t + vibrato * np.sin(2 * np.pi * 5.5 * t)
    return sum(np.sin(k * phase) / k for k in range(1, partials + 1))


def melody():
    """Five notes a second over a scale, each with a soft attack and a decay."""
    out = np.zeros(SAMPLES)
    since = t % 0.2
    for number, step in enumerate([0, 2, 4, 5, 7, 9, 11, 12]):
        sounds = (n // 8820) % 8 == number
        out += sounds * tone(293.66 * 2 ** (step / 12 + 0.13 / 12), 14, 0.0)
    return 0.2 * out * (1 - np.exp(-since / 0.01)) * np.exp(-since / 0.15)


def swell():
    """One note with vibrato that grows for as long as it lasts."""
    return 0.3 * (0.05 + t / t[-1]) * tone(440.0 * 2 ** (-0.21 / 12), 24, 2.0)


def chord_and_pulse():
    """A minor triad, quiet, and two sharp pulses a second."""
    chord = sum(tone(196.0 * 2 ** ((step + 0.3) / 12), 8, 0.5) for step in (0, 3, 7))
    return 0.05 * chord + 0.5 * np.exp(-(t % 0.5) / 0.005) * np.sin(2 * np.pi * 1500 * t)


def hiss():
    """White noise between -1 and 1."""
    state, out = 1, np.empty(SAMPLES)
    for place in range(SAMPLES):
        state = (state * 1_664_525 + 1_013_904_223) % 2**32
        out[place] = (state >> 8) / 2**23 - 1
    return out


HISS = hiss()


def noise():
    """White noise that swells and falls every 0.8 s."""
    return 0.1 * HISS * (1.1 + np.cos(2 * np.pi * t / 0.8))


# Every microphone hisses. Without it the quietest bins, which spectral contrast measures, would hold only rounding.
ROOM = 1e-3 * HISS

signals = {"melody": melody() + ROOM, "swell": swell() + ROOM, "chord_and_pulse": chord_and_pulse() + ROOM, "noise": noise()}
golden = []
for name, signal in signals.items():
    for window in python_stack.windows(signal.astype("f4")):
        values = [float(f"{value:.9g}") for value in python_stack.features(window)]
        golden.append({"signal": name, "values": values})
text = json.dumps(golden).replace('}, {', '},\n{')
pathlib.Path(__file__).with_name("features.json").write_text(text + "\n")
