"""The calls of the notebook, for cells that were written before: only the import line changes."""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from . import _inputs, _native
from ._inputs import SAMPLE_RATE, Floats
from ._progress import Progress, Steps
from .dataset import Dataset
from .errors import ConfigError, DataError, ModelError
from .explanation import Explanation
from .model import EmotionModel, Self, _names

_FRAME_LENGTH, _HOP_LENGTH = 2048, 512


def extract_temporal_features(
    path: Any,
    sr: int = SAMPLE_RATE,
    frame_length: int = _FRAME_LENGTH,
    hop_length: int = _HOP_LENGTH,
    window_size: float = 3.0,
    hop_time: float = 1.5,
) -> Floats:
    """The 138 features of each window of a recording: windows × 138. `path` may be samples at 44.1 kHz, too.

    Noise is not taken out, for what is always there in a violin's sound is not noise alone (docs/guide.md, `denoise`).
    """
    _only("sr", sr, SAMPLE_RATE)
    _only("frame_length", frame_length, _FRAME_LENGTH)
    _only("hop_length", hop_length, _HOP_LENGTH)
    settings = _settings(window_size, hop_time)
    features, _, noticed = _native.measure(_inputs.source(path, "y"), settings)
    for warning in noticed:
        warnings.warn(f"{path if isinstance(path, (str, os.PathLike)) else 'y'}: {warning}", stacklevel=2)
    return features


def augment_audio(y: Any, sr: int = SAMPLE_RATE) -> list[Floats]:
    """Four copies of a recording at 44.1 kHz: two semitones down and up, a tenth slower and faster."""
    _only("sr", sr, SAMPLE_RATE)
    if not np.ndim(y) == 1:
        raise DataError(f"y: expected samples in one dimension, found shape {np.shape(y)}", "mix the channels before")
    return [samples for _, samples in _native.augment(_inputs.source((y, sr), "y"))]


def create_temporal_dataset(
    data_dir: str | os.PathLike[str],
    emotion_csv_path: str | os.PathLike[str],
    augment: bool = True,
    *,
    groups: bool | str = False,
    lengths: bool = False,
    cache: str | os.PathLike[str] | None = None,
    progress: Progress = None,
) -> Any:
    """The notebook's `(X, y_soft)`: recordings × windows × 138, padded with zeros, and recordings × emotions.

    With `augment`, each recording is followed by its four copies. Split by `groups`: with `groups=True` (each recording and its
    copies) or a column of the label file, they come as a third array; with `lengths=True`, the windows of each row as the last.
    """
    dataset = Dataset(data_dir, emotion_csv_path, group_by=groups if isinstance(groups, str) else None)
    settings = _settings(3.0, 1.5, augment)
    with Steps(progress, len(dataset)) as steps:
        corpus = _native.Corpus.of_dataset(
            dataset._native, settings, None, None if cache is None else os.fspath(cache), 0, steps.tell
        )
    for warning in corpus.warnings:
        warnings.warn(warning, stacklevel=2)
    if augment and not groups:
        warnings.warn(
            "copies of a recording must not be learned from and tested on: split by groups=True, or let "
            "EmotionModel.evaluate judge, which makes copies on the training side alone",
            stacklevel=2,
        )
    lessons = corpus.lessons()
    windows = [len(features) for _, features in lessons]
    X = np.zeros((len(lessons), max(windows), lessons[0][1].shape[1]), np.float32)
    for row, (_, features) in zip(X, lessons):
        row[: len(features)] = features
    numbers = [number for number, _ in lessons]
    told: list[Any] = [X, dataset.shares[numbers]]
    if groups:
        told.append(np.array(corpus.groups)[numbers])
    if lengths:
        told.append(np.array(windows))
    return tuple(told)


class HybridEmotionModel(EmotionModel):
    """The notebook's hybrid, on features that are measured: `X` of recordings × windows × 138, rows of zeros at the end being
    padding. What was its fault is mended: features are scaled, padding is not learned from, nothing is chosen on what is tested."""

    _PARAMETERS = ("input_shape", "num_emotions", "emotions", "settings", "seed", "threads", "progress")

    def __init__(
        self,
        input_shape: Any = None,
        num_emotions: int | None = None,
        *,
        emotions: Sequence[str] | None = None,
        settings: Mapping[str, Any] | None = None,
        seed: int = 0,
        threads: int | None = None,
        progress: Progress = None,
    ) -> None:
        super().__init__(
            preset="notebook", emotions=emotions, settings=settings, seed=seed, threads=threads, progress=progress
        )
        self.build(input_shape, num_emotions)

    def build(self, input_shape: Any = None, num_emotions: int | None = None) -> HybridEmotionModel:
        """Kept for the notebook's cells: shapes are read from what `fit` is given; features and emotions are as many as said here."""
        self.input_shape, self.num_emotions = input_shape, num_emotions
        return self

    @classmethod
    def load(cls: type[Self], folder: str | os.PathLike[str] = "hybrid_model", *, threads: int | None = None, progress: Progress = None) -> Self:
        """A model of the notebook's 138 features, such as `save` wrote."""
        model = super().load(folder, threads=threads, progress=progress)
        asked = model.settings_["features"]["set"]
        if asked != "classic":
            problem = f"{os.fspath(folder)}: expected a model of the notebook's 138 features, set `classic`, found one of the set `{asked}`"
            raise ModelError(problem, "EmotionModel.load opens it, and takes recordings")
        return model

    def fit(
        self,
        X: Any,
        y: Any = None,
        groups: Any = None,
        *,
        epochs: int | None = None,
        batch_size: int | None = None,
        validation_data: Any = None,
        verbose: Any = None,
        cache: str | os.PathLike[str] | None = None,
    ) -> HybridEmotionModel:
        """Fits on X and y. `groups` (of `create_temporal_dataset`) keep a recording and its copies together where training decides
        when to stop: on a part of X, never on `validation_data`."""
        if validation_data is not None:
            warnings.warn("validation_data is not looked at: when to stop is decided on a part of X, by groups", stacklevel=2)
        network = {name: value for name, value in (("epochs", epochs), ("batch", batch_size)) if value is not None}
        given = self.settings
        if network:
            self.settings = _with_network(given, network)
        try:
            return super().fit(X, y, groups, cache=cache)
        finally:
            self.settings = given

    def _measured(self, X: Any, y: Any, groups: Any, settings: str, folder: str | None) -> _native.Corpus:
        if isinstance(X, Dataset):
            return super()._measured(X, y, groups, settings, folder)
        features, lengths = _inputs.features(X)
        shares, emotions = _inputs.labels(y, self.emotions)
        for what, said, found in (
            ("features", self.input_shape and tuple(self.input_shape)[-1], features.shape[2]),
            ("emotions", self.num_emotions, shares.shape[1]),
        ):
            if said is not None and said != found:
                raise DataError(f"expected {said} {what}, as build was told, found {found}", "build for what fit is given")
        return _native.Corpus.of_features(features, lengths, shares, emotions, _inputs.groups(groups), settings)

    def _settings(self) -> str:
        return _native.settings(self.preset, json.dumps(_notebook(_plain(self.settings))), False)

    def predict(self, X: Any) -> Floats:
        """Shares in label order, recordings × emotions."""
        features, lengths = _inputs.features(X)
        return self._model().predict_features(features, lengths)

    def explain(self, X: Any, *, reference: Any = None, within: Sequence[str] = (), timeline: bool = False) -> Any:
        """What each part of the playing adds to the answers, one `Explanation` a recording, against those it was trained on."""
        if reference is not None or timeline:
            raise ConfigError("expected recordings for `reference` and `timeline`, found features", "ask EmotionModel.load")
        features, lengths = _inputs.features(X)
        with Steps(self.progress, len(features)) as steps:
            told = self._model().explain_features(features, lengths, _names(within), self._threads(), steps.tell)
        return [Explanation(json.loads(one)) for one in told]


def _only(name: str, found: Any, expected: int) -> None:
    if found != expected:
        raise ConfigError(f"setting `{name}`: expected {expected}, found {found}", "leave it out: features are measured so")


def _notebook(changes: dict[str, Any]) -> dict[str, Any]:
    features = {"set": "classic", "windowing": "notebook"} | changes.get("features", {})
    return changes | {"features": features}


def _settings(window_s: float, hop_s: float, augment: bool = False) -> str:
    changes = _notebook({"features": {"window_s": _seconds("window_size", window_s), "hop_s": _seconds("hop_time", hop_s)}})
    return _native.settings("notebook", json.dumps(changes), augment)


def _seconds(name: str, value: Any) -> float:
    try:
        seconds = float(value)
    except (TypeError, ValueError):
        seconds = float("nan")
    if not np.isfinite(seconds):
        raise ConfigError(f"setting `{name}`: expected seconds, found {value!r}", "leave it out to get its default")
    return seconds


def _plain(changes: Mapping[str, Any] | None) -> dict[str, Any]:
    text = _inputs.settings(changes)
    return {} if text is None else json.loads(text)


def _with_network(changes: Mapping[str, Any] | None, network: dict[str, Any]) -> dict[str, Any]:
    told = _plain(changes)
    model = told.setdefault("model", {})
    model["network"] = model.get("network", {}) | network
    return told
