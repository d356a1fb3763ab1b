"""Writes harmony.json: what librosa makes of signals that tests/it/golden_harmony.rs renders by the same formulas.

Made with Python 3.11, librosa 0.11.0, numpy 2.4.6, scipy 1.17.1, soxr 1.1.0:
    python make_golden_harmony.py
"""

import json
import pathlib

import librosa
import numpy as np
import scipy
import soxr

RATE = 44100
HOP = 512


def phrase(samples):
    """Three notes of ten partials with vibrato, 17 cents sharp, and a click every quarter of a second."""
    n = np.arange(samples)
    t = n / RATE
    note = np.minimum(n // (samples // 3 + 1), 2)
    frequency = np.array([392.0, 523.25, 659.26])[note] * 2 ** (17 / 1200)
    y = np.zeros(samples)
    for partial in range(1, 11):
        vibrato = 0.3 * partial * np.sin(2 * np.pi * 5.5 * t)
        y += np.sin(2 * np.pi * frequency * partial * t + vibrato) / partial**1.5
    y *= 0.2
    y[n % (RATE // 4) < 3] += 0.5
    return y.astype(np.float32)


def bands(frames):
    """A log-mel picture, 128 bands, with a beat every 37 frames."""
    band, frame = np.meshgrid(np.arange(128), np.arange(frames), indexing="ij")
    return (-50 + 20 * np.sin(0.37 * band) + 25 * np.exp(-(frame % 37) / 6) + 3 * np.cos(0.9 * frame + band)).astype(
        np.float32
    )


def numbers(values):
    return [float(f"{value:.7g}") for value in np.ravel(values)]


def harmony(samples):
    y = phrase(samples)
    harmonic = librosa.effects.harmonic(y)
    tuning = librosa.estimate_tuning(y=harmonic, sr=RATE, bins_per_octave=36)
    magnitudes = np.abs(librosa.cqt(harmonic, sr=RATE, hop_length=HOP, n_bins=252, bins_per_octave=36, tuning=tuning))
    frames = [0, magnitudes.shape[1] // 2, magnitudes.shape[1] - 1]
    return {
        "samples": samples,
        "harmonic_every_97th": numbers(harmonic[::97]),
        "tuning": round(float(tuning), 2),
        "frames": frames,
        "magnitudes": [numbers(magnitudes[:, frame]) for frame in frames],
        "tonnetz_mean": numbers(librosa.feature.tonnetz(y=harmonic, sr=RATE).mean(axis=1)),
    }


def rhythm(frames):
    strength = librosa.onset.onset_strength(S=bands(frames), sr=RATE, hop_length=HOP, aggregate=np.median)
    tempo, _ = librosa.beat.beat_track(onset_envelope=strength, sr=RATE, hop_length=HOP)
    return {"frames": frames, "strength": numbers(strength), "tempo": numbers(tempo)[0]}


golden = {
    "made_with": {module.__name__: module.__version__ for module in (librosa, np, scipy, soxr)},
    "harmony": [harmony(samples) for samples in (22050, 60000)],
    "rhythm": [rhythm(frames) for frames in (44, 259, 900)],
}
path = pathlib.Path(__file__).with_name("harmony.json")
path.write_text(json.dumps(golden, indent=0) + "\n")
