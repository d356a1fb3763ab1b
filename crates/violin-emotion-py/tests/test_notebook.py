"""The notebook's flow, re-typed: from a CSV to what drives an answer, with the import line changed."""

import warnings

import numpy as np
import pytest
from conftest import SMALL

import violin_emotion as ve
from violin_emotion import HybridEmotionModel, augment_audio, create_temporal_dataset, extract_temporal_features


def cells(dataset):
    return dataset.paths[0].parent, dataset.paths[0].parents[1] / "emotion_labels.csv"


def test_from_csv_to_what_drives_an_answer(dataset, tmp_path):
    data_dir, emotion_csv_path = cells(dataset)
    with pytest.warns(UserWarning, match="copies of a recording must not be learned from and tested on"):
        X, y_soft = create_temporal_dataset(data_dir, emotion_csv_path, augment=True)
    assert X.shape == (60, X.shape[1], 138) and X.dtype == np.float32
    assert y_soft.shape == (60, 4) and np.array_equal(y_soft[::5], dataset.shares)

    X, y_soft, groups = create_temporal_dataset(data_dir, emotion_csv_path, augment=True, groups=True)
    assert len(set(groups)) == 12 and all(len(set(groups[row : row + 5])) == 1 for row in range(0, 60, 5))

    test = np.isin(groups, sorted(set(groups))[:3])
    model = HybridEmotionModel(input_shape=(X.shape[1], X.shape[2]), num_emotions=y_soft.shape[1], settings=SMALL)
    model.build()
    model.fit(X[~test], y_soft[~test], groups=groups[~test], epochs=2, batch_size=16)
    predictions = model.predict(X[test])
    assert predictions.shape == (15, 4)
    assert np.allclose(predictions.sum(axis=1), 1, atol=1e-4)  # the library's own tolerance on distributions

    model.save(tmp_path / "hybrid_model")
    loaded = HybridEmotionModel.load(tmp_path / "hybrid_model")
    assert np.array_equal(loaded.predict(X[test]), predictions)

    [explanation] = loaded.explain(X[test][:1])
    contributions = explanation.contributions
    assert contributions.shape == (len(explanation.groups), 4)
    assert np.allclose(explanation.base + contributions.sum(axis=0), explanation.prediction, atol=1e-5)  # f32 sums of 20
    assert np.allclose(explanation.prediction, predictions[0], atol=1e-6)  # one rounding to f32


def test_padding_does_not_move_an_answer(dataset, tmp_path):
    X, y = create_temporal_dataset(*cells(dataset), augment=False)
    model = HybridEmotionModel(settings=SMALL).fit(X, y)
    padded = np.concatenate([X, np.zeros((len(X), 3, 138), np.float32)], axis=1)
    assert np.array_equal(model.predict(padded), model.predict(X))
    model.save(tmp_path / "model")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert np.array_equal(ve.EmotionModel.load(tmp_path / "model").predict(dataset.paths[:2]), model.predict(X[:2]))


def test_groups_may_be_a_column(dataset):
    _, _, groups, lengths = create_temporal_dataset(*cells(dataset), augment=False, groups="performer", lengths=True)
    assert groups.tolist() == dataset.groups and (lengths == 2).all()


def test_copies_of_a_recording():
    y = (0.3 * np.sin(2 * np.pi * 440 * np.arange(44_100) / 44_100)).astype(np.float32)
    down, up, slower, faster = augment_audio(y, 44_100)
    assert [copy.dtype for copy in (down, up, slower, faster)] == [np.float32] * 4
    assert len(down) == len(up) == len(y)
    assert [round(len(y) / len(copy), 2) for copy in (slower, faster)] == [0.9, 1.1]


@pytest.mark.parametrize(("name", "value"), [("sr", 22_050), ("frame_length", 1024), ("hop_length", 256)])
def test_other_frames_are_refused(takes, name, value):
    with pytest.raises(ve.ConfigError, match=f"`{name}`: expected .*, found {value}"):
        extract_temporal_features(takes[0], **{name: value})
    if name == "sr":
        with pytest.raises(ve.ConfigError, match="`sr`: expected 44100, found 22050"):
            augment_audio(np.ones(44_100, np.float32), sr=22_050)


def test_a_model_of_other_features_is_refused(folder):
    with pytest.raises(ve.ModelError, match="expected a model of the notebook's 138 features"):
        HybridEmotionModel.load(folder)


def test_a_clone_knows_its_shapes():
    clone = pytest.importorskip("sklearn.base").clone
    model = clone(HybridEmotionModel((None, 138), 3))
    with pytest.raises(ve.DataError, match="expected 3 emotions, as build was told, found 2"):
        model.fit(np.ones((4, 2, 138)), np.full((4, 2), 0.5))


def test_windows_of_other_lengths(takes):
    assert extract_temporal_features(takes[0], window_size=2.0, hop_time=1.0).shape == (3, 138)
    with pytest.raises(ve.ConfigError, match="features.window_s`: expected 0.5 to 60 seconds, found 0.1"):
        extract_temporal_features(takes[0], window_size=0.1)
    with pytest.raises(ve.AudioError, match="expected more than 3 s for the notebook's windowing"):
        extract_temporal_features(np.full(3 * 44_100, 0.1, np.float32))


@pytest.mark.parametrize(
    ("X", "expected"),
    [
        (np.zeros((2, 3)), r"expected numbers as \(recordings, windows, features\), found float64 of shape \(2, 3\)"),
        (np.zeros((2, 3, 138)), r"X\[0\]: expected at least one window, found zeros alone"),
        (np.ones((2, 3, 7)), r"expected recordings × windows × 138 features, found \[2, 3, 7\]"),
        (np.full((2, 3, 138), np.nan), r"^expected finite features, found NaN for `mfcc_mean_1` in window 0 of X\[0\]\n"),
        (np.full((2, 3, 138), "a"), "expected numbers as"),
        (np.ones((0, 3, 138)), "expected numbers as"),
        ([[1.0], [2.0, 3.0]], "expected numbers in rows of one length"),
        (None, "expected numbers as"),
    ],
)
def test_features_that_are_none(X, expected):
    y = np.full((2, 2), 0.5)
    with pytest.raises(ve.DataError, match=expected):
        HybridEmotionModel().fit(X, y)


def test_shapes_that_build_was_told():
    with pytest.raises(ve.DataError, match="expected 3 emotions, as build was told, found 2"):
        HybridEmotionModel((None, 138), 3).fit(np.ones((4, 2, 138)), np.full((4, 2), 0.5))
