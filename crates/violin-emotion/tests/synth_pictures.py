"""Compares the rendered violin with recorded ones, in pictures and numbers.

    pip install numpy matplotlib soundfile
    python synth_pictures.py PROGRAM RECORDED OUT

PROGRAM is the built `violin-emotion`, RECORDED a folder with `bach_violin_phrases` (solo phrases) and
`tonejs_violin_notes` (single notes named by their pitch, such as A4 or Cs5). Renders a corpus into a temporary folder, prints what it
measured, and writes spectrum.png and notes.png to OUT. No audio is written there.
"""

import csv
import pathlib
import re
import subprocess
import sys
import tempfile

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402
import numpy as np  # noqa: E402
import soundfile  # noqa: E402

RATE = 44_100
OCTAVES = [250, 500, 1_000, 2_000, 4_000, 8_000]
THIRDS = 1_000 * 2.0 ** (np.arange(-7, 13) / 3)
PARTIALS = 16
# Longer than an attack, shorter than most notes.
STEADY_S = (0.25, 0.65)
# What the players of the recorded phrases do, as far as it changes the sound.
RECIPE = """
emotions = ["a", "b"]
temperature = 1.0
habit = 0.0
[weights]
[ranges]
note_rate = {note_rate}
articulation = {articulation}
register_semitones = [-6.0, 2.0]
level_db = [-28.0, -20.0]
attack_s = [0.02, 0.08]
vibrato_extent_cents = [15.0, 40.0]
brightness_db_per_octave = [-2.5, 0.5]
bow_noise_db = [-28.0, -20.0]
[recording]
snr_db = [50.0, 65.0]
room_db = -16.0
"""


def read(path):
    samples, rate = soundfile.read(path, always_2d=True)
    assert rate == RATE, f"{path}: {rate} Hz"
    return samples.mean(axis=1)


def render(program, note_rate, articulation):
    """Takes as samples, and the true notes of each."""
    with tempfile.TemporaryDirectory() as place:
        place = pathlib.Path(place)
        (place / "recipe.toml").write_text(RECIPE.format(note_rate=note_rate, articulation=articulation))
        command = [program, "render", "--recipe", place / "recipe.toml", "--n", "24", "--out", place / "takes"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        takes = {path.name: read(path) for path in sorted((place / "takes/recordings").glob("*.wav"))}
        with open(place / "takes/notes.csv") as file:
            notes = list(csv.DictReader(file))
    return takes, notes


def single_notes(takes, notes):
    """(samples from 50 ms before the onset to the end, Hz) of the notes that are bowed alone and long enough."""
    for note, after in zip(notes, notes[1:]):
        alone = note["joined"] == "false" and (after["joined"] == "false" or after["filename"] != note["filename"])
        if alone and float(note["sounding_s"]) > STEADY_S[1] + 0.1:
            start = int((float(note["onset_s"]) - 0.05) * RATE)
            length = int((float(note["sounding_s"]) + 0.05) * RATE)
            if start >= 0:
                yield takes[note["filename"]][start : start + length], 440 * 2 ** ((float(note["pitch"]) - 69) / 12)


def recorded_notes(folder):
    for path in sorted(folder.iterdir()):
        named = re.fullmatch(r"([A-G])([s#]?)(\d)", path.stem)
        if named:
            step = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}[named[1]] + bool(named[2])
            yield read(path), 440 * 2 ** ((12 * (int(named[3]) + 1) + step - 69) / 12)


def power_spectrum(samples, length=8192):
    window = np.hanning(length)
    frames = np.lib.stride_tricks.sliding_window_view(samples, length)[:: length // 2]
    return (np.abs(np.fft.rfft(frames * window)) ** 2).mean(axis=0), np.fft.rfftfreq(length, 1 / RATE)


def bands(samples, centres, width):
    """dB of each band re the whole, its width in octaves."""
    power, hz = power_spectrum(samples)
    whole = power[hz > 150].sum()
    inside = [(hz >= c * 2 ** (-width / 2)) & (hz < c * 2 ** (width / 2)) for c in centres]
    return np.array([10 * np.log10(power[band].sum() / whole + 1e-12) for band in inside])


def envelope(samples, hz):
    """Amplitude every 2 ms, over two periods at least."""
    length = int(RATE * max(0.01, 2 / hz))
    hop = RATE // 500
    smooth = np.sqrt(np.convolve(samples**2, np.hanning(length) / np.hanning(length).sum(), "same"))
    return smooth[::hop]


def attack(samples, hz):
    """10-90 % of the rise to the level of the steady part in ms, overshoot within 0.25 s of the start in dB."""
    curve = envelope(samples, hz)
    start = np.argmax(curve > 0.05 * curve.max())
    steady = np.median(curve[start + int(500 * STEADY_S[0]) : start + int(500 * STEADY_S[1])])
    ten, ninety = (start + np.argmax(curve[start:] > share * steady) for share in (0.1, 0.9))
    peak = curve[start : start + 125].max()
    return 2.0 * (ninety - ten), 20 * np.log10(peak / steady), curve[max(start - 10, 0) : start + 250] / steady


def steady_part(samples, hz):
    start = np.argmax(envelope(samples, hz) > 0.05 * envelope(samples, hz).max()) * (RATE // 500)
    return samples[start + int(STEADY_S[0] * RATE) : start + int(STEADY_S[1] * RATE)]


def straightened(part, hz):
    """The part resampled to a constant pitch, with whole periods: partials fall into single bins of its spectrum."""
    time = np.arange(len(part))
    length = int(RATE * 2.5 / hz)
    kernel = np.hanning(length) / np.hanning(length).sum()
    turned = np.convolve(part * np.exp(-2j * np.pi * hz / RATE * time), kernel, "same")
    cycles = hz / RATE * time + np.unwrap(np.angle(turned)) / (2 * np.pi)
    cycles = np.maximum.accumulate(cycles)
    whole = int(cycles[-length] - cycles[length]) - 1
    per_period = int(RATE / hz)
    wanted = cycles[length] + np.arange(whole * per_period) / per_period
    return np.interp(np.interp(wanted, cycles, time), time, part), whole


def partial_levels(part, hz):
    """dB of partials 1 to PARTIALS, and of what lies between each and the next, in the same bandwidth (one period)."""
    even, periods = straightened(part, hz)
    power = np.abs(np.fft.rfft(even * np.hanning(len(even)))) ** 2
    count = min(PARTIALS, int(10_000 / hz))
    tops = [power[k * periods - 3 : k * periods + 4].sum() for k in range(1, count + 1)]
    quarter = max(periods // 4, 4)
    gaps = [power[k * periods + quarter : (k + 1) * periods - quarter].mean() * periods for k in range(1, count + 1)]
    return 10 * np.log10(np.array(tops) + 1e-20), 10 * np.log10(np.array(gaps) + 1e-20)


def unevenness(levels):
    """Spread of the partials about a parabola over log frequency, dB."""
    place = np.log2(np.arange(1, len(levels) + 1))
    return np.std(levels - np.polyval(np.polyfit(place, levels, 2), place))


def tremor(part, hz):
    """Median over partials 2 to 10 of the amplitude's swing at 4 to 8 Hz, dB (standard deviation)."""
    time = np.arange(len(part)) / RATE
    kernel = np.hanning(int(RATE * 0.03))
    swings = []
    for k in range(2, min(11, int(8_000 / hz))):
        curve = np.abs(np.convolve(part * np.exp(-2j * np.pi * k * hz * time), kernel, "valid"))[:: RATE // 500]
        level = 20 * np.log10(curve + 1e-9)
        level -= np.polyval(np.polyfit(np.arange(len(level)), level, 2), np.arange(len(level)))
        swings.append(np.std(level))
    return np.median(swings)


def measured(notes):
    found = {"attack": [], "overshoot": [], "curves": [], "unevenness": [], "tremor": [], "gaps": [], "levels": []}
    for samples, hz in notes:
        if len(samples) < (STEADY_S[1] + 0.1) * RATE:
            continue
        rise, overshoot, curve = attack(samples, hz)
        part = steady_part(samples, hz)
        if len(part) < 0.3 * RATE:
            continue
        levels, gaps = partial_levels(part, hz)
        found["attack"].append(rise)
        found["overshoot"].append(overshoot)
        found["curves"].append(curve)
        found["unevenness"].append(unevenness(levels))
        found["tremor"].append(tremor(part, hz))
        found["levels"].append((hz, levels - levels.max()))
        found["gaps"].append((hz, gaps - levels.max()))
    return found


def quartiles(values):
    return "  ".join(f"{value:6.1f}" for value in np.percentile(values, [25, 50, 75]))


def by_band(pairs, centres):
    """Median dB of the values whose frequency lies in each octave."""
    hz = np.concatenate([pitch * np.arange(1, len(values) + 1) for pitch, values in pairs])
    values = np.concatenate([values for _, values in pairs])
    inside = [values[(hz >= c / 2**0.5) & (hz < c * 2**0.5)] for c in centres]
    return np.array([np.median(band) if len(band) else np.nan for band in inside])


def main():
    program, recorded, out = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    out.mkdir(parents=True, exist_ok=True)
    phrases = [read(path) for path in sorted((recorded / "bach_violin_phrases").glob("*.wav"))]
    takes, _ = render(program, "[2.5, 6.0]", "[0.6, 1.0]")
    slow = render(program, "[1.2, 1.3]", "[0.5, 0.6]")

    real = np.array([bands(samples, THIRDS, 1 / 3) for samples in phrases])
    ours = np.array([bands(samples, THIRDS, 1 / 3) for samples in takes.values()])
    octaves = [np.array([bands(s, OCTAVES, 1) for s in group]).mean(axis=0) for group in (phrases, takes.values())]
    print("octave band (Hz)     " + "".join(f"{c:8}" for c in OCTAVES))
    for name, row in zip(("recorded", "rendered", "difference"), (*octaves, octaves[1] - octaves[0])):
        print(f"{name:<21}" + "".join(f"{value:8.1f}" for value in row))

    single = {"recorded": measured(recorded_notes(recorded / "tonejs_violin_notes")), "rendered": measured(single_notes(*slow))}
    for key, unit in (("attack", "ms"), ("overshoot", "dB"), ("unevenness", "dB"), ("tremor", "dB")):
        for name, found in single.items():
            print(f"{key + ' (' + unit + ')':<17}{name:<10}{quartiles(found[key])}   of {len(found[key])} notes")
    for what in ("levels", "gaps"):
        for name, found in single.items():
            row = by_band(found[what], OCTAVES)
            print(f"{what:<10}{name:<11}" + "".join(f"{value:8.1f}" for value in row))

    plt.rcParams.update({"font.size": 9, "svg.hashsalt": "violin", "axes.spines.top": False, "axes.spines.right": False})
    colours = {"recorded": "#1f6f78", "rendered": "#c8553d"}
    figure, axes = plt.subplots(figsize=(6.4, 3.2), constrained_layout=True)
    for name, rows in (("recorded", real), ("rendered", ours)):
        axes.semilogx(THIRDS, rows.mean(axis=0), color=colours[name], label=name)
        axes.fill_between(THIRDS, *np.percentile(rows, [10, 90], axis=0), color=colours[name], alpha=0.18, lw=0)
    axes.set(xlabel="Hz", ylabel="third-octave band, dB re all", ylim=(-55, 0), title="Long-term spectrum of phrases")
    axes.legend(frameon=False)
    figure.savefig(out / "spectrum.png", dpi=90)

    figure, (left, middle, right) = plt.subplots(1, 3, figsize=(9.6, 3.0), constrained_layout=True)
    for axes, (name, found) in zip((left, middle), single.items()):
        for curve in found["curves"][:15]:
            axes.plot(np.arange(len(curve)) * 2.0 - 20, curve, color=colours[name], alpha=0.45, lw=0.8)
        axes.set(xlabel="ms", ylim=(0, 2), title=f"{name}: amplitude, re steady")
    for name, found in single.items():
        spectra = found["levels"]
        for at, (hz, levels) in enumerate(spectra[: min(6, len(spectra))]):
            frequencies = hz * np.arange(1, len(levels) + 1)
            right.semilogx(frequencies, levels, ".-", ms=3, lw=0.6, color=colours[name], label=name if at == 0 else None)
    right.set(xlabel="Hz", ylim=(-70, 3), title="partials of six notes, dB")
    right.legend(frameon=False)
    figure.savefig(out / "notes.png", dpi=80)


if __name__ == "__main__":
    main()
