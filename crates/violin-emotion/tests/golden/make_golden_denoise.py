"""Writes denoise.json: noisereduce's output for signals that tests/it/denoise.rs renders by the same formula.

Made with Python 3.11, noisereduce 3.0.3 and the versions of numpy and scipy named in the file:
    python make_golden_denoise.py
"""

import json
import pathlib

import noisereduce
import numpy as np
import scipy

RATE = 44100
# One chunk of noisereduce has 600,000 samples: the second signal has a join in it.
SIGNALS = {"short": (3 * RATE, 101), "long": (640_000, 4001)}
NOISE = 30_000


def hiss(samples):
    state, values = 7, np.zeros(samples)
    for n in range(samples):
        state = (state * 1664525 + 1013904223) % 2**32
        values[n] = (state >> 8) / 2**23 - 1
    return values


def signal(samples):
    """Notes of 0.8 s in rests of 0.2 s, one of a few pitches each, with vibrato, in hiss."""
    n = np.arange(samples)
    t = n / RATE
    note = n // RATE % 4
    frequency = np.array([293.66, 440.0, 659.26, 880.0])[note]
    sounds = (n % RATE) < 35_280
    y = sum(np.sin(2 * np.pi * frequency * k * t + 0.4 * k * np.sin(2 * np.pi * 5.5 * t)) / k for k in range(1, 7))
    return (0.1 * y * sounds + 0.01 * hiss(samples)).astype(np.float32)


golden = {
    "made_with": {"noisereduce": "3.0.3", "numpy": np.__version__, "scipy": scipy.__version__},
    "outputs": [],
}
for name, (samples, step) in SIGNALS.items():
    y = signal(samples)
    clip = (0.012 * hiss(NOISE)).astype(np.float32)
    for mode, settings in {
        "stationary": {"stationary": True},
        "clip": {"stationary": True, "y_noise": clip},
        "nonstationary": {"stationary": False},
    }.items():
        out = noisereduce.reduce_noise(y=y, sr=RATE, **settings)
        values = [float(f"{value:.6g}") for value in out[::step]]
        golden["outputs"].append({"samples": samples, "step": step, "mode": mode, "values": values})
pathlib.Path(__file__).with_name("denoise.json").write_text(json.dumps(golden) + "\n")
