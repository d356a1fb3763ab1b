"""What people give → what the library takes: recordings, labels, groups, settings."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias, Union

import numpy as np
import numpy.typing as npt

from .errors import ConfigError, DataError

if TYPE_CHECKING:
    from ._native import _Source as Source

Floats: TypeAlias = npt.NDArray[np.float32]
# One recording: a path, the bytes of a file, or samples, as (samples, rate) where they are not at 44.1 kHz.
Recording: TypeAlias = Union[str, "os.PathLike[str]", bytes, npt.NDArray[Any], "tuple[npt.ArrayLike, int]"]

SAMPLE_RATE = 44_100
# Whole numbers are brought to ±1 as files of them are.
_FULL_SCALE = {"int16": 2.0**15, "int32": 2.0**31}


def is_one(recordings: object) -> bool:
    """Whether this is one recording, not several of them."""
    if isinstance(recordings, (str, bytes, os.PathLike)):
        return True
    if isinstance(recordings, tuple):
        return len(recordings) == 2 and isinstance(recordings[1], (int, np.integer)) and not is_one(recordings[1])
    return isinstance(recordings, np.ndarray) and recordings.dtype.kind not in "OUS" and recordings.ndim < 3


def sources(recordings: Any, name: str = "X") -> list[Source]:
    """Several recordings; those without a path are called `X[0]`, `X[1]`."""
    if is_one(recordings):
        return [source(recordings, name)]
    return [source(recording, f"{name}[{at}]") for at, recording in enumerate(several(recordings))]


def several(recordings: Any) -> Iterable[Any]:
    """Recordings, whatever each may be."""
    if isinstance(recordings, np.ndarray) and recordings.dtype.kind not in "OUS":
        raise DataError(
            f"expected recordings, found an array of shape {recordings.shape}",
            "give a list of paths, bytes or arrays of samples; for features that are measured, HybridEmotionModel",
        )
    if isinstance(recordings, Mapping) or hasattr(recordings, "columns"):
        raise DataError(f"expected recordings, found {_kind(recordings)}", "give its values, or one of its columns, as a list")
    if not isinstance(recordings, Iterable):
        raise DataError(f"expected recordings, found {_kind(recordings)}", "give paths, bytes or arrays of samples")
    return recordings


def source(recording: Any, name: str) -> Source:
    """One recording."""
    if isinstance(recording, bytes):
        return name, recording, SAMPLE_RATE
    if isinstance(recording, (str, os.PathLike)):
        path = os.fspath(recording)
        if isinstance(path, str):
            return path, path, SAMPLE_RATE
    rate: Any = SAMPLE_RATE
    if isinstance(recording, tuple) and len(recording) == 2:
        recording, rate = recording
    if not isinstance(rate, (int, np.integer)) or isinstance(rate, bool) or not 0 <= rate < 2**32:
        raise DataError(f"{name}: expected a sample rate in Hz, found {rate!r}", "give (samples, 44100)")
    return name, _samples(recording, name), int(rate)


def _samples(samples: Any, name: str) -> Floats:
    """Channels × samples."""
    if not isinstance(samples, np.ndarray):
        if isinstance(samples, (Mapping, set)) or not isinstance(samples, Sequence) and not hasattr(samples, "__array__"):
            hint = "give a path, the bytes of a file, an array of samples, or (samples, rate)"
            raise DataError(f"{name}: expected a recording, found {_kind(samples)}", hint)
        samples = _array(samples, name)
    full_scale = _FULL_SCALE.get(samples.dtype.name)
    if samples.dtype.kind != "f" and full_scale is None:
        raise DataError(
            f"{name}: expected samples as float32, float64, int16 or int32, found {samples.dtype}",
            "convert them: floats have full scale at ±1",
        )
    if samples.ndim not in (1, 2):
        hint = "give (samples,), or (channels, samples)"
        raise DataError(f"{name}: expected samples in 1 or 2 dimensions, found shape {samples.shape}", hint)
    if samples.ndim == 2 and samples.shape[0] > samples.shape[1] > 0:
        hint = "channels come first: give y.T"
        raise DataError(f"{name}: expected (channels, samples), found shape {samples.shape}", hint)
    if full_scale is not None:
        samples = samples / full_scale
    with np.errstate(over="ignore"):  # what is too large becomes infinite, and is said to be no number
        return np.ascontiguousarray(np.atleast_2d(samples), dtype=np.float32)


def _array(values: Any, name: str) -> npt.NDArray[Any]:
    try:
        return np.asarray(values)
    except ValueError as error:
        raise DataError(f"{name}: expected numbers in rows of one length, found {error}", "give one array") from None


def _kind(value: object) -> str:
    return type(value).__name__


def features(values: Any) -> tuple[Floats, list[int]]:
    """Recordings × windows × features, and how many windows count: rows of zeros at the end are padding."""
    x = _array(values, "X")
    if x.dtype.kind not in "fiu" or x.ndim != 3 or 0 in x.shape:
        raise DataError(
            f"X: expected numbers as (recordings, windows, features), found {x.dtype} of shape {x.shape}",
            "make X with create_temporal_dataset; a single recording's features are X[None]",
        )
    with np.errstate(over="ignore"):
        x = np.ascontiguousarray(x, dtype=np.float32)
    filled = (x != 0).any(axis=2)
    lengths = np.where(filled.any(axis=1), x.shape[1] - filled[:, ::-1].argmax(axis=1), 0)
    if (lengths == 0).any():
        row = int(np.flatnonzero(lengths == 0)[0])
        raise DataError(f"X[{row}]: expected at least one window, found zeros alone", "leave that recording out")
    return x, lengths.tolist()


def labels(y: Any, emotions: Sequence[str] | None) -> tuple[Floats, list[str]]:
    """Recordings × emotions and the emotions' names: shares (an array, lists, a DataFrame), or one name a recording."""
    if y is None:
        raise DataError("y: expected the shares of the emotions, found None", "give y, or a Dataset")
    named = emotions
    if named is None and hasattr(y, "columns"):
        named = [str(column) for column in y.columns]
    if isinstance(y, Iterable) and not isinstance(y, (str, bytes, np.ndarray)) and not hasattr(y, "to_numpy"):
        y = list(y)
        if y and all(isinstance(row, Mapping) for row in y):
            named = list(y[0]) if named is None else named
            odd = next((at for at, row in enumerate(y) if set(row) != set(named)), None)
            if odd is not None:
                raise DataError(f"y[{odd}]: expected shares of {list(named)}, found {list(y[odd])}", "name each emotion in every row")
            y = [[row[name] for name in named] for row in y]
    y = _array(y.to_numpy() if hasattr(y, "to_numpy") else y, "y")
    if y.ndim == 1 and y.dtype.kind in "UO" and len(y) and all(isinstance(name, str) for name in y):
        named = sorted(set(y.tolist())) if named is None else named
        unknown = sorted(set(y.tolist()) - set(named))
        if unknown:
            raise DataError(f"y: expected one of {list(named)}, found {unknown}", "name every emotion")
        y = np.array([[float(name == emotion) for emotion in named] for name in y])
    if y.dtype.kind == "O":
        try:
            y = y.astype(np.float64)
        except (TypeError, ValueError) as error:
            raise DataError(f"y: expected numbers, found {error}", "give shares that sum to 1 a recording") from None
    if y.dtype.kind not in "fiu" or y.ndim != 2:
        raise DataError(
            f"y: expected shares as (recordings, emotions), found {y.dtype} of shape {y.shape}",
            "give one distribution over the emotions a recording, or one emotion's name",
        )
    named = [f"emotion_{at + 1}" for at in range(y.shape[1])] if named is None else [str(name) for name in named]
    return np.ascontiguousarray(y, dtype=np.float32), named


def groups(values: Any) -> list[str] | None:
    """One name a recording."""
    if values is None:
        return None
    if isinstance(values, (str, bytes)) or not isinstance(values, Iterable):
        raise DataError(f"groups: expected one group a recording, found {values!r}", "give a list or an array")
    return [str(value) for value in values]


def settings(changes: Mapping[str, Any] | None) -> str | None:
    """The library's settings as JSON."""
    if changes is None:
        return None
    if not isinstance(changes, Mapping):
        raise ConfigError(f"settings: expected a dict, found {_kind(changes)}", "docs/guide.md lists every setting")
    try:
        return json.dumps(changes, default=_plain)
    except (TypeError, ValueError) as error:
        raise ConfigError(f"settings: {error}", "docs/guide.md lists every setting") from None


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    raise TypeError(f"expected numbers, texts and lists, found {_kind(value)}")
