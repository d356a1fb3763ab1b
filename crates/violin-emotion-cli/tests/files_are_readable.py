"""Every file that `predict` and `notes` write for other programs, opened by another program: the values are those of the JSON.
Run by ./check; needs the debug build and the packages of files_are_readable.txt."""

import csv
import json
import subprocess
import tempfile
from pathlib import Path
from xml.etree import ElementTree

import jams
import numpy as np
import parselmouth
import pyarrow.parquet as parquet

ROOT = Path(__file__).resolve().parents[3]
PROGRAM = ROOT / "target/debug/violin-emotion"
# Labels for people are rounded: shares to thousandths, cents to tenths, times to microseconds.
SHARE, CENTS, TIME = 0.5e-3 + 1e-9, 0.05 + 1e-6, 0.5e-6 + 1e-9
EMOTIONS = ["happiness", "sadness", "anger", "tenderness"]
QUICK = """[features]
set = "violin"
[model]
restarts = 1
[model.network]
epochs = 2
lstm = 8
lstm_last = 8
embedding = 8
[model.forest]
trees = 4
"""


def run(folder, *arguments):
    return subprocess.run([PROGRAM, *map(str, arguments)], cwd=folder, check=True, capture_output=True).stdout


def model_and_takes(folder):
    """A model that has learned next to nothing, and two takes, one of them at 48 kHz under a name that breaks files."""
    corpus = ["--n", 8, "--duration", 6, "--performers", 4, "--pieces", 2, "--seed", 2]
    run(folder, "render", *corpus, "--out", "corpus")
    (folder / "quick.toml").write_text(QUICK, encoding="utf-8")
    labelled = ["--audio", "corpus/recordings", "--labels", "corpus/emotion_labels.csv", "--group-by", "performer"]
    run(folder, "train", *labelled, "--config", "quick.toml", "--out", "model")
    takes = sorted((folder / "corpus/recordings").glob("*.wav"))[:2]
    data = bytearray(takes[1].read_bytes())
    data[24:28] = (48_000).to_bytes(4, "little")
    hostile = '=é "x", y.wav'
    (folder / hostile).write_bytes(data)
    return [str(takes[0].relative_to(folder)), hostile]


def near(found, expected, tolerance):
    assert abs(found - expected) <= tolerance, f"{found} is not {expected}"


def stretches(answer):
    """The moments cut at the middles of what they share."""
    moments = answer["timeline"]
    cuts = [(one["end_s"] + after["start_s"]) / 2 for one, after in zip(moments, moments[1:])]
    starts, ends = [moments[0]["start_s"], *cuts], [*cuts, moments[-1]["end_s"]]
    return list(zip(starts, ends, (moment["emotions"] for moment in moments)))


def leading(emotions):
    return max(emotions, key=emotions.get)


def intervals(path):
    """Tier by tier, what Praat finds in a TextGrid: its name, and start, end and text of each interval that has one."""
    grid = parselmouth.read(str(path))
    assert grid.class_name == "TextGrid"
    ask = lambda question, *numbers: parselmouth.praat.call(grid, question, *numbers)
    tiers = {}
    for tier in range(1, int(ask("Get number of tiers")) + 1):
        count = int(ask("Get number of intervals", tier))
        found = [
            tuple(ask(f"Get {what} of interval", tier, at) for what in ("start time", "end time"))
            + (ask("Get label of interval", tier, at),)
            for at in range(1, count + 1)
        ]
        assert all(one[1] == after[0] for one, after in zip(found, found[1:])), "a gap"
        tiers[ask("Get tier name", tier)] = [interval for interval in found if interval[2]]
    return tiers


def labels(path):
    """The labels of an Audacity track, read as tab-separated values."""
    with open(path, newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    assert all(len(row) == 3 for row in rows)
    return [(float(start), float(end), words) for start, end, words in rows]


def layers(path):
    """The layers of a Sonic Visualiser file: name, sample rate and points of each."""
    root = ElementTree.parse(path).getroot()
    models = {model.get("id"): model for model in root.iter("model")}
    points = {data.get("id"): [point.attrib for point in data] for data in root.iter("dataset")}
    shown = [(layer.get("name"), models[layer.get("model")]) for layer in root.iter("layer")]
    return [(name, int(model.get("sampleRate")), points[model.get("dataset")]) for name, model in shown]


def same(found, expected):
    """Numbers of 32 bits that were written as decimals and read again."""
    assert np.float32(found) == np.float32(expected), f"{found} is not {expected}"


def check_answer(out, answer):
    stem = Path(answer["path"]).stem
    # A model that learned from rendered takes says so in every file.
    warnings = [warning["message"] for warning in answer["warnings"]]
    assert warnings
    found = labels(out / f"{stem}.emotions.txt")
    over_all, found = found[: len(warnings)], found[len(warnings) :]
    assert [words for _, _, words in over_all] == [f"warning: {warning}" for warning in warnings]
    assert all(start == 0 and abs(end - answer["duration_s"]) <= TIME for start, end, _ in over_all)
    assert len(found) == len(answer["timeline"])
    for (start, end, words), (start_s, end_s, emotions) in zip(found, stretches(answer)):
        near(start, start_s, TIME), near(end, end_s, TIME)
        name, share = words.rsplit(" ", 1)
        assert name == leading(emotions)
        near(float(share), emotions[name], SHARE)

    tiers = intervals(out / f"{stem}.emotions.TextGrid")
    assert list(tiers) == ["whole", "emotion", "share", "warnings"]
    assert [words for _, _, words in tiers["warnings"]] == ["; ".join(warnings)]
    [(start, end, words)] = tiers["whole"]
    assert start == 0
    near(end, answer["duration_s"], TIME)
    shares = dict(part.rsplit(" ", 1) for part in words.split(", "))
    assert list(shares) == EMOTIONS
    [near(float(shares[name]), answer["emotions"][name], SHARE) for name in EMOTIONS]
    for name, share, (start_s, end_s, emotions) in zip(tiers["emotion"], tiers["share"], stretches(answer), strict=True):
        assert name[:2] == share[:2] and name[2] == leading(emotions)
        near(name[0], start_s, TIME), near(name[1], end_s, TIME), near(float(share[2]), emotions[name[2]], SHARE)

    file = jams.load(str(out / f"{stem}.emotions.jams"), validate=True, strict=True)
    assert file.file_metadata.duration == answer["duration_s"] and file.sandbox["path"] == answer["path"]
    assert file.sandbox["warnings"] == answer["warnings"]
    whole, moments = file.annotations
    assert {tag.value: tag.confidence for tag in whole.data} == answer["emotions"]
    assert whole.sandbox["intervals"] == answer["intervals"]
    expected = [
        (moment["start_s"], moment["end_s"] - moment["start_s"], name, share)
        for moment in answer["timeline"]
        for name, share in moment["emotions"].items()
    ]
    assert [(tag.time, tag.duration, tag.value, tag.confidence) for tag in moments.data] == expected

    *shown, (name, _, points) = layers(out / f"{stem}.emotions.svl")
    assert name == "warnings" and [point["label"] for point in points] == [f"warning: {warning}" for warning in warnings]
    assert [name for name, _, _ in shown] == EMOTIONS
    for name, rate, points in shown:
        assert rate == answer["sample_rate_hz"]
        for point, moment in zip(points, answer["timeline"], strict=True):
            near(int(point["frame"]) / rate, (moment["start_s"] + moment["end_s"]) / 2, 0.5 / rate + 1e-9)
            same(float(point["value"]), moment["emotions"][name])


def check_notes(out, played):
    stem, notes = Path(played["path"]).stem, played["notes"]
    assert notes, "a take has notes"
    for (start, end, words), note in zip(labels(out / f"{stem}.notes.txt"), notes, strict=True):
        near(start, note["onset_s"], 2 * TIME), near(end, note["offset_s"], 2 * TIME)
        assert words.startswith(f"{note['name']} "), words

    tiers = intervals(out / f"{stem}.notes.TextGrid")
    for name, cents, note in zip(tiers["notes"], tiers["cents"], notes, strict=True):
        near(name[0], note["onset_s"], 2 * TIME)
        assert name[1] <= note["offset_s"] + 2 * TIME and name[2] == note["name"]
        near(float(cents[2]), note["cents"], CENTS)

    file = jams.load(str(out / f"{stem}.notes.jams"), validate=True, strict=True)
    for found, note in zip(file.annotations[0].data, notes, strict=True):
        assert (found.time, found.value) == (note["onset_s"], note["pitch"])
        same(found.duration, np.float32(note["offset_s"]) - np.float32(note["onset_s"]))

    [(name, rate, points)] = layers(out / f"{stem}.notes.svl")
    assert rate == played["sample_rate_hz"]
    for point, note in zip(points, notes, strict=True):
        near(int(point["frame"]) / rate, note["onset_s"], 0.5 / rate + 1e-9)
        near(int(point["duration"]) / rate, note["offset_s"] - note["onset_s"], 1 / rate + 1e-9)
        same(float(point["value"]), note["pitch"])


def rows_of_answers(answers):
    for answer in answers:
        warnings = "; ".join(warning["message"] for warning in answer["warnings"]) or None
        whole = {"start_s": 0.0, "end_s": answer["duration_s"], "emotions": answer["emotions"]}
        for scope, moment in [("whole", whole)] + [("moment", moment) for moment in answer["timeline"]]:
            for name, share in moment["emotions"].items():
                low, high = answer["intervals"][name] if scope == "whole" else (None, None)
                said = warnings if scope == "whole" else None
                place = [answer["path"], "ok", None, scope, moment["start_s"], moment["end_s"]]
                yield place + [name, share, "share", low, high, said]


def rows_of_notes(recordings):
    for played in recordings:
        for note in played["notes"]:
            vibrato, slide = note["vibrato"] or {}, note["portamento"] or {}
            yield [
                played["path"], note["onset_s"], note["offset_s"], note["name"], note["pitch"], note["cents"],
                note["level_db"], note["joined"], note["attack_s"], vibrato.get("rate_hz"), vibrato.get("extent_cents"),
                vibrato.get("delay_s"), slide.get("duration_s"), slide.get("extent_cents"),
                note["brightness_db_per_octave"], note["bow_noise_db"], note["plucked"], note["doubled"], None,
            ]


def check_table(csv_path, parquet_path, expected):
    """CSV and Parquet have the expected cells, with their types."""
    with open(csv_path, newline="", encoding="utf-8") as file:
        header, *rows = csv.reader(file)
    table = parquet.read_table(parquet_path)
    assert table.column_names == header
    units = json.loads(table.schema.metadata[b"units"])
    assert set(units) < set(header) and all(units.values())
    typed = list(zip(*(column.to_pylist() for column in table.columns)))
    for cells, values, truth in zip(rows, typed, expected, strict=True):
        for cell, value, true in zip(cells, values, truth, strict=True):
            if isinstance(true, (str, type(None))):
                assert value == true
                # What a spreadsheet would run has an apostrophe before it.
                assert cell == ("'" if (true or "").startswith(("=", "+", "-", "@")) else "") + (true or "")
            elif isinstance(true, bool):
                assert (cell, value) == (str(int(true)), true)
            else:
                same(float(cell), true), same(value, true)


def wide(path, answers):
    """The CSV with a column an emotion."""
    with open(path, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    moments = [moment for answer in answers for moment in [answer, *answer["timeline"]]]
    for row, moment in zip(rows, moments, strict=True):
        for name, share in moment["emotions"].items():
            same(float(row[name]), share)


with tempfile.TemporaryDirectory() as folder:
    folder = Path(folder)
    takes = model_and_takes(folder)
    predict = ["predict", *takes, "--model", "model"]
    answers = json.loads(run(folder, *predict, "--timeline", "--format", "json"))
    notes = json.loads(run(folder, "notes", *takes, "--format", "json"))
    assert [played["sample_rate_hz"] for played in notes] == [44_100, 48_000]
    for command, ending in ((predict, "emotions"), (["notes", *takes], "notes")):
        for kind in ("audacity", "textgrid", "jams", "svl"):
            run(folder, *command, "--format", kind, "--out", kind)
        more = ["--timeline"] if ending == "emotions" else []
        run(folder, *command, *more, "--format", "parquet", "--out", f"{ending}.parquet")
        piped = run(folder, *command, *more, "--format", "parquet")
        assert piped == (folder / f"{ending}.parquet").read_bytes(), "through a pipe"
    run(folder, *predict, "--timeline", "--format", "tidy", "--out", "emotions.csv")
    run(folder, "notes", *takes, "--out", "notes.csv")
    run(folder, *predict, "--timeline", "--format", "csv", "--out", "wide.csv")
    out = folder / "all"
    out.mkdir()
    for kind in ("audacity", "textgrid", "jams", "svl"):
        for path in (folder / kind).rglob("*.*"):
            if path.is_file():
                path.rename(out / path.name)
    [check_answer(out, answer) for answer in answers]
    [check_notes(out, played) for played in notes]
    check_table(folder / "emotions.csv", folder / "emotions.parquet", list(rows_of_answers(answers)))
    check_table(folder / "notes.csv", folder / "notes.parquet", list(rows_of_notes(notes)))
    wide(folder / "wide.csv", answers)
    count = sum(len(played["notes"]) for played in notes)
    moments = sum(len(answer["timeline"]) for answer in answers)
    print(f"files for other programs: {count} notes and {moments} moments, as the JSON in every format")
