"""Writes pitch.json: librosa's pYIN of signals that tests/it/golden_pitch.rs renders by the same formulas.

Made with Python 3.11, librosa 0.11.0, numpy 2.4.6, scipy 1.17.1:
    python make_golden_pitch.py
"""

import json
import pathlib

import librosa
import numpy as np
import scipy

RATE = 44100
SECONDS = 3


def hiss(samples):
    state, values = 1, np.zeros(samples)
    for n in range(samples):
        state = (state * 1664525 + 1013904223) % 2**32
        values[n] = (state >> 8) / 2**23 - 1
    return values


def melody():
    """Three notes with vibrato, each swelling from a rest and back, in hiss; the last one plays an octave below along."""
    n = np.arange(RATE * SECONDS)
    t = n / RATE
    note = n // RATE
    frequency = np.array([293.66, 880.0, 1318.5])[note] * 2 ** (17 / 1200)
    y = np.zeros(len(n))
    for partial in range(1, 9):
        y += np.sin(2 * np.pi * frequency * partial * t + 0.5 * partial * np.sin(2 * np.pi * 5.5 * t)) / partial
    y += np.where(note == 2, np.sin(np.pi * frequency * t), 0)
    return (0.2 * y * np.sin(np.pi * (t % 1)) ** 4 + 0.01 * hiss(len(n))).astype(np.float32)


def track(y, **settings):
    hz, voiced, probability = librosa.pyin(y, sr=RATE, fill_na=None, **settings)
    return {
        **settings,
        "hz": [round(float(value), 4) for value in hz],
        "voiced": "".join(str(int(value)) for value in voiced),
        "probability": [round(float(value), 6) for value in probability],
    }


golden = {
    "made_with": {module.__name__: module.__version__ for module in (librosa, np, scipy)},
    "tracks": [
        track(melody(), fmin=196.0, fmax=2637.0, frame_length=2048, hop_length=512),
        track(melody(), fmin=65.0, fmax=1000.0, frame_length=4096, hop_length=1024),
    ],
}
pathlib.Path(__file__).with_name("pitch.json").write_text(json.dumps(golden, indent=0) + "\n")
