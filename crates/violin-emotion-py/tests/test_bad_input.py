"""What people give by mistake: an exception that names what was expected and found, or the right work; never a panic."""

import os
import shutil
from pathlib import Path

import numpy as np
import pytest

import violin_emotion as ve

SECOND = np.sin(np.arange(44_100) / 20).astype(np.float32)


@pytest.mark.parametrize(
    ("recording", "expected"),
    [
        (np.zeros(0, np.float32), "expected at least one sample, found none"),
        (np.zeros((0, 44_100), np.float32), "expected at least one sample, found none"),
        (np.zeros(100, np.float32), "0.00 s is too short: at least 0.5 s are needed"),
        (np.full(44_100, np.nan), "expected numbers, found NaN or infinity in all 44100 samples"),
        (np.full(44_100, np.inf), "expected numbers, found NaN or infinity in all 44100 samples"),
        (SECOND.astype(np.complex64), "expected samples as float32, float64, int16 or int32, found complex64"),
        (SECOND > 0, "found bool"),
        ((SECOND * 100).astype(np.int8), "found int8"),
        (np.stack([SECOND, SECOND], axis=1), r"expected \(channels, samples\), found shape \(44100, 2\)"),
        (np.stack([SECOND] * 9), "expected 1 to 8 channels, found 9"),
        ((SECOND, 100), "expected a sample rate of 8000 to 192000 Hz, found 100 Hz"),
        ((SECOND, -5), "expected a sample rate in Hz, found -5"),
        (b"", r"the file is empty \(0 bytes\)"),
        (b"text", "no recording in a known format|ends inside its header"),
        ("nowhere.wav", "cannot read nowhere.wav"),
    ],
)
def test_a_recording_that_is_none(model, recording, expected):
    with pytest.raises(ve.Error, match=expected) as raised:
        model.predict(recording)
    assert raised.value.hint


@pytest.mark.parametrize("recordings", [None, 5, 2.5, [None], [5], [{}], [[None]], [object()], np.zeros((2, 3, 4))])
def test_what_is_no_recording_at_all(model, recordings):
    with pytest.raises(ve.DataError, match="expected"):
        model.predict(recordings)


def test_stereo_and_gaps_are_worked_on(model):
    mono = model.predict(SECOND)
    assert np.array_equal(model.predict(np.stack([SECOND, SECOND])), mono)
    with_gap = SECOND.copy()
    with_gap[5] = np.nan
    assert "1 of 44100 samples were no numbers" in " ".join(model.analyze(with_gap).warnings)
    assert model.predict([]).shape == (0, 4)
    assert model.predict((SECOND[::2], 22_050)).shape == (4,)
    assert np.array_equal(model.predict(SECOND[::-1][::-1]), mono)
    assert model.predict(SECOND.astype(">f4")).tolist() == mono.tolist()


def test_one_bad_file_does_not_stop_the_others(model, takes):
    answers = model.analyze([takes[0], "nowhere.wav", takes[1]])
    assert [answer.status for answer in answers] == ["ok", "error", "ok"]
    assert answers[1].emotions == {} and "nowhere.wav" in answers[1].error and answers[1].hint
    with pytest.raises(ve.FileError):
        answers[1].raise_for_error()
    for tell in (answers[1].to_pandas, answers[1].to_jams):
        with pytest.raises(ve.FileError):
            tell()
    assert "nowhere.wav" in answers[1]._repr_html_()


@pytest.mark.parametrize(
    ("y", "expected"),
    [
        (None, "y: expected the shares of the emotions, found None"),
        ([[0.5, 0.5]], "expected one row of labels for each of 4 recordings, found 1"),
        ([[0.5, 0.6]] * 4, "expected 2 shares ≥ 0 that sum to 1 in row 0 of the labels, found"),
        ([[1.5, -0.5]] * 4, "row 0 of the labels"),
        ([[np.nan, 1.0]] * 4, "row 0 of the labels"),
        ([[1.0]] * 4, "expected at least two emotions"),
        ([0.1, 0.2, 0.3, 0.4], r"y: expected shares as \(recordings, emotions\), found float64 of shape \(4,\)"),
        ([[0.5, 0.5], [1.0]], "y: expected numbers in rows of one length"),
        ([["a", "b"]] * 4, "y: expected shares"),
        ([{"a": 1.0, "b": 0.0}] * 3 + [{"a": 1.0}], r"y\[3\]: expected shares of \['a', 'b'\], found \['a'\]"),
        ("abcd", "y: expected"),
        (5, "y: expected"),
    ],
)
def test_labels_that_are_none(takes, y, expected):
    with pytest.raises(ve.DataError, match=expected):
        ve.EmotionModel(progress=False).fit(takes[:4], y)


def test_what_is_no_recording_beside_some_that_are(model, takes, tmp_path):
    class Stubborn:
        def __array__(self, *_, **__):
            raise RuntimeError("on another device")

    given = [None, takes[0], float("nan"), SECOND > 0, {}, Stubborn(), (44_100, SECOND), (takes[0], 44_100), np.ma.masked_array(SECOND, SECOND > 0)]
    answers = model.analyze(given)
    assert [answer.status for answer in answers] == ["error", "ok"] + ["error"] * 7
    assert answers[1].to_json() == model.analyze(takes[0]).to_json()
    for answer, found in zip(answers[5:], ["on another device", "found 'ndarray'", "found str", "found masked ones"]):
        assert found in answer.error and answer.hint and answer.path in answer.error
        with pytest.raises(ve.DataError):
            answer.raise_for_error()
    # Names that are no text, as old disks have them.
    odd = os.fsencode(tmp_path) + b"/\xe9tude.wav"
    shutil.copy(takes[0], odd)
    (answer,) = model.analyze([os.fsdecode(odd)])
    assert answer.status == "ok" and answer.path.endswith("/\ufffdtude.wav")
    assert model.predict(os.fsdecode(odd)).tolist() == model.predict(takes[0]).tolist()


def test_recordings_however_they_are_held(model, takes):
    pyarrow, pandas = pytest.importorskip("pyarrow"), pytest.importorskip("pandas")
    expected = model.predict(takes[:2])
    for held in (pyarrow.array(takes[:2]), pyarrow.chunked_array([takes[:2]]), pandas.Series(takes[:2]), np.array(takes[:2])):
        assert np.array_equal(model.predict(held), expected)
    file = Path(takes[0]).read_bytes()
    for one in (file, bytearray(file), memoryview(file)):
        assert np.array_equal(model.predict(one), expected[0]) and np.array_equal(model.predict([one])[0], expected[0])
    mono = model.predict(SECOND)
    assert np.array_equal(model.predict(SECOND[:, None]), mono) and np.array_equal(model.predict((SECOND, 44_100.0)), mono)
    for none in (open(takes[0], "rb"), np.array(takes[0]), {"path": takes}, pandas.DataFrame({"path": takes})):
        with pytest.raises(ve.DataError, match="expected"):
            model.predict(none)


def test_columns_are_found_by_their_names(takes):
    pandas, polars = pytest.importorskip("pandas"), pytest.importorskip("polars")
    from violin_emotion import _inputs

    shares = np.array([[0.25, 0.75], [1.0, 0.0]], np.float32)
    for frame in (pandas.DataFrame(shares, columns=["joy", "grief"]), polars.DataFrame(shares, schema=["joy", "grief"])):
        found, emotions = _inputs.labels(frame, ["grief", "joy"])
        assert emotions == ["grief", "joy"] and np.array_equal(found, shares[:, ::-1])
        with pytest.raises(ve.DataError, match=r"y: expected the columns \['joy', 'anger'\], found \['joy', 'grief'\]"):
            _inputs.labels(frame, ["joy", "anger"])
    with pytest.raises(ve.DataError, match=r"y\[1\]: expected an emotion, or shares, found None"):
        _inputs.labels(["joy", None], None)


@pytest.mark.parametrize("groups", [{"a": 1}, [["a"], ["b"]], "ab", 5])
def test_groups_that_are_none(takes, groups):
    groups = np.array(groups) if isinstance(groups, list) else groups
    with pytest.raises(ve.DataError, match="groups: expected one group a recording"):
        ve.EmotionModel(progress=False).fit(takes[:4], [[0.5, 0.5]] * 4, groups=groups)


@pytest.mark.parametrize("gap", [None, float("nan"), np.float32("nan")])
def test_groups_with_gaps(takes, gap):
    with pytest.raises(ve.DataError, match="found none in rows 1"):
        ve.EmotionModel(progress=False).fit(takes[:4], [[0.5, 0.5]] * 4, groups=["a", gap, "b", "c"])


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"takes": 0}, "`takes`: expected a whole number from 1, found 0"),
        ({"takes": 1.5}, "`takes`: expected a whole number from 1, found 1.5"),
        ({"raters": 0}, "`raters`: expected a whole number from 1, found 0"),
        ({"duration_s": float("nan")}, "`duration_s`: expected seconds from 0.5 to 600, found NaN"),
        ({"duration_s": float("inf")}, "`duration_s`: expected seconds from 0.5 to 600, found inf"),
        ({"duration_s": 0.1}, "`duration_s`: expected seconds from 0.5 to 600, found 0.1"),
    ],
)
def test_nothing_is_rendered_that_is_none(tmp_path, changes, said):
    with pytest.raises(ve.ConfigError, match=said):
        ve.render(tmp_path / "rendered", **({"takes": 1} | changes))
    assert not (tmp_path / "rendered").exists()


def test_settings_are_named_and_words_are_pythons(takes):
    with pytest.raises(ve.ConfigError, match="setting `model.restarts`: expected .*, found invalid type"):
        ve.EmotionModel(settings={"model": {"restarts": "x"}}).fit(takes, [[0.5, 0.5]] * len(takes))
    with pytest.raises(ve.Error) as raised:
        ve.EmotionModel(progress=False).fit(takes[:4], [[0.5, 0.5], [1, 0], [0, 1], [0.2, 0.8]], groups=["a"] * 4)
    assert "--" not in str(raised.value), str(raised.value)


def test_labels_as_lists_series_and_frames():
    pandas = pytest.importorskip("pandas")
    from violin_emotion import _inputs

    shares = np.array([[0.25, 0.75], [1.0, 0.0]], np.float32)
    frame = pandas.DataFrame(shares, columns=["joy", "grief"])
    for y, names in [
        (shares.tolist(), ["emotion_1", "emotion_2"]),
        (frame, ["joy", "grief"]),
        (frame.to_dict("records"), ["joy", "grief"]),
        (shares.astype(object), ["emotion_1", "emotion_2"]),
    ]:
        found, emotions = _inputs.labels(y, None)
        assert np.array_equal(found, shares) and emotions == names
    for y in (["joy", "grief"], pandas.Series(["joy", "grief"]), np.array(["joy", "grief"])):
        found, emotions = _inputs.labels(y, None)
        assert found.tolist() == [[0, 1], [1, 0]] and emotions == ["grief", "joy"]
    with pytest.raises(ve.DataError, match=r"expected one of \['joy'\], found \['grief'\]"):
        _inputs.labels(["joy", "grief"], ["joy"])


def test_a_model_that_is_closed_or_not_fitted(model, takes):
    model.close()
    with pytest.raises(ve.ModelError, match="found one that is closed"):
        model.predict(takes[0])
    with pytest.raises(ve.ModelError, match="found one that is not fitted"):
        ve.EmotionModel().predict(takes[0])


def test_a_folder_that_is_no_model(tmp_path):
    with pytest.raises(ve.ModelError) as raised:
        ve.EmotionModel.load(tmp_path)
    assert raised.value.hint and str(tmp_path) in raised.value.message


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"preset": "mine"}, "setting `preset`: expected None or 'notebook', found 'mine'"),
        ({"settings": {"modle": {}}}, "unknown field `modle`"),
        ({"settings": {"model": {"restarts": "two"}}}, "invalid type: string"),
        ({"settings": {"model": {"restarts": 0}}}, "setting `model.restarts`: expected 1 to 100, found 0"),
        ({"settings": {"model": {"restarts": object()}}}, "found object"),
        ({"settings": 5}, "settings: expected a dict, found int"),
        ({"seed": -1}, "setting `seed`: expected a whole number from 0, found -1"),
        ({"threads": 1.5}, "setting `threads`: expected a whole number from 0, found 1.5"),
    ],
)
def test_settings_that_are_none(dataset, parameters, expected):
    with pytest.raises(ve.ConfigError, match=expected):
        ve.EmotionModel(**{"progress": False, **parameters}).fit(dataset)


def test_a_label_file_that_is_none(tmp_path):
    (tmp_path / "labels.csv").write_text("filename,happy,sad\na.wav,0.5,0.6\nb.wav,0.5,0.5\n")
    with pytest.raises(ve.LabelsError, match="line 2") as raised:
        ve.Dataset(tmp_path, tmp_path / "labels.csv")
    assert isinstance(raised.value, ve.Error) and isinstance(raised.value, ValueError) and raised.value.hint


def test_groups_that_are_none(dataset, takes):
    with pytest.raises(ve.DataError, match="expected one group for each of 12 recordings, found 2"):
        ve.EmotionModel(progress=False).fit(dataset, groups=["a", "b"])
    with pytest.raises(ve.DataError, match="expected one of the columns .*, found 'player'"):
        ve.EmotionModel(progress=False).fit(dataset, groups="player")
    with pytest.raises(ve.DataError, match="groups: expected one group a recording"):
        ve.EmotionModel(progress=False).fit(takes, dataset.shares, groups=5)
