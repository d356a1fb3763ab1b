"""The hybrid model, in scikit-learn's manners."""

from __future__ import annotations

import copy
import json
import os
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

import numpy as np

from . import _inputs, _native
from ._inputs import Floats
from ._progress import Progress, Steps
from .analysis import Analysis, Timeline
from .dataset import Dataset
from .errors import ConfigError, DataError, ModelError
from .evaluation import Evaluation
from .explanation import Explanation

if TYPE_CHECKING:
    from sklearn.utils import Tags

Self = TypeVar("Self", bound="EmotionModel")

# What the command line calls it, too.
_BUILT_IN = "built-in"


class EmotionModel:
    """From recordings and soft labels to emotion distributions.

    `preset` is None or "notebook"; `settings` holds what is otherwise, as docs/guide.md lists it:
    `{"features": {"set": "classic"}, "model": {"restarts": 3}}`. `threads` None means one a core; more than four a core are not used.
    """

    _PARAMETERS: ClassVar[tuple[str, ...]] = ("preset", "settings", "augment", "emotions", "seed", "threads", "progress")

    def __init__(
        self,
        *,
        preset: str | None = None,
        settings: Mapping[str, Any] | None = None,
        augment: bool = False,
        emotions: Sequence[str] | None = None,
        seed: int = 0,
        threads: int | None = None,
        progress: Progress = None,
    ) -> None:
        self.preset = preset
        self.settings = settings
        self.augment = augment
        self.emotions = emotions
        self.seed = seed
        self.threads = threads
        self.progress = progress
        self._native: _native.Model | None = None
        self._closed = False

    # Fitting

    def fit(
        self: Self, X: Any, y: Any = None, groups: Any = None, *, cache: str | os.PathLike[str] | None = None
    ) -> Self:
        """Fits on all recordings: a `Dataset`, or recordings with `y`, one row of shares each (or one emotion's name).

        `groups` (a column of the dataset, or one group a recording) are kept together where training decides when to stop.
        `cache` is a folder where features are kept. How good the method is, `evaluate` says.
        """
        seed = self._seed()
        corpus = self._corpus(X, y, groups, cache)
        with Steps(self.progress, corpus.networks) as steps:
            self._native = corpus.fit(seed, self._threads(), steps.tell)
        self._closed = False
        return self

    def evaluate(
        self,
        X: Any,
        y: Any = None,
        groups: Any = None,
        *,
        folds: int = 5,
        repeat: int = 1,
        cache: str | os.PathLike[str] | None = None,
    ) -> Evaluation:
        """Judges models with these settings by grouped cross-validation; this one is not changed."""
        folds, repeat, seed = _inputs.number("folds", folds, 2), _inputs.number("repeat", repeat, 1), self._seed()
        corpus = self._corpus(X, y, groups, cache)
        with Steps(self.progress, corpus.networks * folds * repeat) as steps:
            return Evaluation(corpus.evaluate(folds, repeat, seed, self._threads(), steps.tell))

    def train(
        self: Self,
        X: Any,
        y: Any = None,
        groups: Any = None,
        *,
        refit: bool = True,
        cache: str | os.PathLike[str] | None = None,
    ) -> Evaluation:
        """As `violin-emotion train`: holds out a fifth of the groups, scores on them, then (with `refit`) fits on all. The model
        keeps the scores."""
        seed = self._seed()
        corpus = self._corpus(X, y, groups, cache)
        with Steps(self.progress, corpus.networks * (1 + bool(refit))) as steps:
            self._native, told = corpus.train(seed, refit, self._threads(), steps.tell)
        self._closed = False
        return Evaluation(told)

    def _corpus(self, X: Any, y: Any, groups: Any, cache: str | os.PathLike[str] | None) -> _native.Corpus:
        settings, folder = self._settings(), None if cache is None else os.fspath(cache)
        corpus = self._measured(X, y, groups, settings, folder)
        for warning in corpus.warnings:
            warnings.warn(warning, stacklevel=3)
        return corpus

    def _measured(self, X: Any, y: Any, groups: Any, settings: str, folder: str | None) -> _native.Corpus:
        if isinstance(X, Dataset):
            if self.emotions is not None and list(self.emotions) != X.emotions:
                hint = "leave emotions out, or give the same to Dataset"
                raise DataError(f"emotions: expected those of the Dataset, {X.emotions}, found {list(self.emotions)}", hint)
            if y is not None:
                raise DataError("y: expected None beside a Dataset, which has labels, found labels", "leave y out")
            named = X.column(groups) if isinstance(groups, str) else _inputs.groups(groups)
            with Steps(self.progress, len(X)) as steps:
                return _native.Corpus.of_dataset(X._native, settings, named, folder, self._threads(), steps.tell)
        sources, named = _inputs.sources(X), _inputs.groups(groups)
        shares, emotions = _inputs.labels(y, self.emotions)
        with Steps(self.progress, len(sources)) as steps:
            return _native.Corpus.of_sources(
                sources, shares, emotions, named, settings, folder, self._threads(), steps.tell
            )

    def _settings(self) -> str:
        return _native.settings(self.preset, _inputs.settings(self.settings), bool(self.augment))

    def _seed(self) -> int:
        return _inputs.number("seed", self.seed)

    def _threads(self) -> int:
        return 0 if self.threads is None else _inputs.number("threads", self.threads)

    # Asking

    def predict(self, X: Any) -> Floats:
        """Shares in label order: recordings × emotions, or of one recording its shares alone.

        A recording that cannot be used is an exception; `analyze` goes on to the next.
        """
        answers = self._answers(_inputs.sources(X))
        for answer in answers:
            answer.check()
        shares = [cast(Floats, answer.shares) for answer in answers]
        if _inputs.is_one(X):
            return shares[0]
        return np.stack(shares) if shares else np.empty((0, len(self.emotions_)), np.float32)

    def analyze(self, X: Any) -> Any:
        """Everything said of one recording, an `Analysis`; of several, a list in their order, in which one that cannot be
        used has the status "error"."""
        if not _inputs.is_one(X):
            return self._analyses(_inputs.sources_and_others(X))
        (answer,) = self._analyses(_inputs.sources(X))
        answer.raise_for_error()
        return answer

    def timeline(self, recording: Any) -> Timeline:
        """The answer over time to one recording."""
        if not _inputs.is_one(recording):
            raise DataError("expected one recording, found several", "ask for the timeline of each")
        return cast(Analysis, self.analyze(recording)).timeline

    def explain(
        self, X: Any, *, reference: Any = None, within: Sequence[str] = (), timeline: bool = False
    ) -> Any:
        """Why the answer is what it is, an `Explanation`; of several recordings, a list. Against the training recordings, or
        those of `reference`. `within` names parts of the playing to open; with `timeline` each moment is explained too."""
        sources = _inputs.sources(X)
        against = None if reference is None else _inputs.sources(reference, "reference")
        with Steps(self.progress, len(sources)) as steps:
            told = self._model().explain(sources, against, _names(within), timeline, self._threads(), steps.tell)
        explanations = [Explanation(json.loads(one)) for one in told]
        return explanations[0] if _inputs.is_one(X) else explanations

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """The mean over the emotions of R²; emotions whose shares do not vary are left out. NaN where none varies."""
        rated, _ = _inputs.labels(y, self.emotions_)
        answers = self.predict(X)
        if answers.shape != rated.shape:
            raise DataError(f"y: expected shares of shape {answers.shape}, found {rated.shape}", "give one row a recording")
        weights = np.ones(len(rated)) if sample_weight is None else np.asarray(sample_weight, dtype=float)
        mean = np.average(rated.astype(float), axis=0, weights=weights)
        total, missed = weights @ (rated - mean) ** 2, weights @ (rated.astype(float) - answers) ** 2
        varies = total > 0
        return float(np.mean(1 - missed[varies] / total[varies])) if varies.any() else float("nan")

    def _analyses(self, given: Sequence[_native._Source | _inputs.NoRecording]) -> list[Analysis]:
        answers = iter(self._answers([source for source in given if not isinstance(source, _inputs.NoRecording)]))
        return [
            Analysis._refused(source) if isinstance(source, _inputs.NoRecording) else Analysis(next(answers))
            for source in given
        ]

    def _answers(self, sources: list[_native._Source]) -> list[_native.Analysis]:
        threads = min(self._threads(), len(sources)) or (0 if len(sources) > 1 else 1)
        with Steps(self.progress if len(sources) > 1 else False, len(sources)) as steps:
            return self._model().analyze(sources, threads, steps.tell)

    # The model itself

    @classmethod
    def load(cls: type[Self], folder: str | os.PathLike[str] = "hybrid_model", *, threads: int | None = None, progress: Progress = None) -> Self:
        """The model in a folder, as `save` or `violin-emotion train` wrote it; in milliseconds. "built-in" is `built_in()`."""
        if os.fspath(folder) == _BUILT_IN:
            return cls.built_in(threads=threads, progress=progress)
        model = cls(threads=threads, progress=progress)
        model._native = _native.Model.load(os.fspath(folder))
        return model

    @classmethod
    def built_in(cls: type[Self], *, threads: int | None = None, progress: Progress = None) -> Self:
        """The model that needs no training: learned from rendered takes, no evidence about listeners."""
        model = cls(threads=threads, progress=progress)
        model._native = _native.Model.built_in()
        return model

    def save(self, folder: str | os.PathLike[str] = "hybrid_model") -> None:
        """Writes the model folder, whole or not at all."""
        self._model().save(os.fspath(folder))

    def close(self) -> None:
        """Lets the model's memory go."""
        self._native, self._closed = None, True

    def _model(self) -> _native.Model:
        if self._native is None:
            what, hint = ("closed", "load it again") if self._closed else ("not fitted", "call fit, or EmotionModel.load")
            raise ModelError(f"expected a fitted model, found one that is {what}", hint)
        return self._native

    @property
    def emotions_(self) -> list[str]:
        """The emotions in the order of the answers."""
        return self._model().emotions

    @property
    def feature_names_(self) -> list[str]:
        return self._model().feature_names

    @property
    def settings_(self) -> dict[str, Any]:
        """All settings it was trained with."""
        return cast("dict[str, Any]", json.loads(self._model().settings))

    @property
    def summary_(self) -> dict[str, Any]:
        """What it was trained on, and its scores."""
        return cast("dict[str, Any]", json.loads(self._model().summary))

    # scikit-learn's manners

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self._PARAMETERS}

    def set_params(self: Self, **parameters: Any) -> Self:
        for name, value in parameters.items():
            if name not in self._PARAMETERS:
                raise ConfigError(f"expected one of the parameters {list(self._PARAMETERS)}, found {name!r}", "correct it")
            setattr(self, name, value)
        return self

    def __sklearn_is_fitted__(self) -> bool:
        return self._native is not None

    def __sklearn_tags__(self) -> Tags:
        from sklearn.utils import InputTags, RegressorTags, Tags, TargetTags

        target = TargetTags(required=True, multi_output=True, single_output=False)
        return Tags("regressor", target, regressor_tags=RegressorTags(), input_tags=InputTags(string=True))

    def __getstate__(self) -> dict[str, Any]:
        state = self.__dict__.copy()
        native = state.pop("_native")
        if native is None:
            return state | {"_model": None}
        # A model that was saved is its folder, for as long as that stands, on every machine that sees it; another is its files, which
        # hold no code.
        return state | {"_model": native.files() if native.folder is None else native.folder}

    def __setstate__(self, state: dict[str, Any]) -> None:
        model = state.pop("_model")
        self.__dict__.update(state)
        if model is None:
            self._native = None
        elif isinstance(model, list):
            self._native = _native.Model.from_files(model)
        else:
            self._native = _native.Model.load(model[0])
            if self._native.folder != model:
                hint = "another was saved there since: save each model in a folder of its own, or pickle it anew"
                raise ModelError(f"{model[0]}: expected the model that was pickled, found another", hint)

    def __copy__(self: Self) -> Self:
        return self._again(lambda value: value)

    def __deepcopy__(self: Self, memo: dict[int, Any]) -> Self:
        return self._again(lambda value: copy.deepcopy(value, memo))

    def _again(self: Self, taken: Callable[[Any], Any]) -> Self:
        """The same fitted model, which nothing changes, with settings as they are `taken`."""
        other = type(self).__new__(type(self))
        other.__dict__ = {name: value if name == "_native" else taken(value) for name, value in self.__dict__.items()}
        return other

    def __repr__(self) -> str:
        defaults = type(self)().get_params()
        said = [f"{name}={value!r}" for name, value in self.get_params().items() if value != defaults[name]]
        return f"{type(self).__name__}({', '.join(said)})"


def evaluate(dataset: Dataset, groups: Any = None, *, folds: int = 5, repeat: int = 1, cache: str | os.PathLike[str] | None = None, **parameters: Any) -> Evaluation:
    """Judges the method by grouped cross-validation, beside simpler ones; further arguments are those of `EmotionModel`."""
    return EmotionModel(**parameters).evaluate(dataset, groups=groups, folds=folds, repeat=repeat, cache=cache)


def _names(within: Sequence[str]) -> list[str]:
    return [within] if isinstance(within, str) else list(within)
