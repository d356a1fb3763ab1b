"""What people give → what the library takes: recordings, labels, groups, settings."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, Union, cast

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


# NumPy's kinds of arrays that hold one thing a recording: objects and texts.
_ONE_EACH = "OUST"


class NoRecording(NamedTuple):
    """What stands where a recording was expected."""

    name: str
    error: DataError


def is_one(recordings: object) -> bool:
    """Whether this is one recording, not several of them."""
    if isinstance(recordings, (str, bytes, bytearray, memoryview, os.PathLike)):
        return True
    if isinstance(recordings, tuple):
        return len(recordings) == 2 and isinstance(recordings[1], (int, float, np.number)) and not is_one(recordings[1])
    return isinstance(recordings, np.ndarray) and recordings.dtype.kind not in _ONE_EACH and recordings.ndim < 3


def sources(recordings: Any, name: str = "X") -> list[Source]:
    """Several recordings; those without a path are called `X[0]`, `X[1]`."""
    if is_one(recordings):
        return [source(recordings, name)]
    return [source(recording, f"{name}[{at}]") for at, recording in enumerate(_several(recordings))]


def sources_and_others(recordings: Any) -> list[Source | NoRecording]:
    """Several recordings, and in its place whatever is none."""

    def tried(recording: Any, name: str) -> Source | NoRecording:
        try:
            return source(recording, name)
        except DataError as error:
            return NoRecording(name, error)

    return [tried(recording, f"X[{at}]") for at, recording in enumerate(_several(recordings))]


def _several(recordings: Any) -> Iterable[Any]:
    """Recordings, whatever each may be."""
    if isinstance(recordings, np.ndarray) and (recordings.dtype.kind not in _ONE_EACH or recordings.ndim != 1):
        raise DataError(
            f"expected recordings, found an array of {recordings.dtype} of shape {recordings.shape}",
            "give a list of paths, bytes or arrays of samples; for features that are measured, HybridEmotionModel",
        )
    if hasattr(recordings, "paths"):  # a Dataset
        return cast("Iterable[Any]", recordings.paths)
    if isinstance(recordings, Mapping) or hasattr(recordings, "columns"):
        raise DataError(f"expected recordings, found {_kind(recordings)}", "give its values, or one of its columns, as a list")
    if hasattr(recordings, "read"):
        raise DataError(f"expected recordings, found {_kind(recordings)}", "give the path, or the bytes: file.read()")
    if hasattr(recordings, "to_pylist"):  # a column of Arrow
        return cast("Iterable[Any]", recordings.to_pylist())
    if not isinstance(recordings, Iterable):
        raise DataError(f"expected recordings, found {_kind(recordings)}", "give paths, bytes or arrays of samples")
    return recordings


def source(recording: Any, name: str) -> Source:
    """One recording."""
    if isinstance(recording, (bytes, bytearray, memoryview)):
        return name, bytes(recording), SAMPLE_RATE
    if isinstance(recording, (str, os.PathLike)):
        path = os.fspath(recording)
        # What of a name is no text is replaced where it is told, not where it is opened.
        return os.fsencode(path).decode(errors="replace"), os.fsdecode(path), SAMPLE_RATE
    if hasattr(recording, "read"):
        raise DataError(f"{name}: expected a recording, found {_kind(recording)}", "give the path, or the bytes: file.read()")
    rate: Any = SAMPLE_RATE
    if isinstance(recording, tuple) and len(recording) == 2:
        recording, rate = recording
        if isinstance(recording, (str, bytes, os.PathLike)):
            raise DataError(f"{name}: expected samples beside their rate, found {_kind(recording)}", "a file knows its rate: give it alone")
    if isinstance(rate, (float, np.floating)) and rate == rate // 1:
        rate = int(rate)
    if not isinstance(rate, (int, np.integer)) or isinstance(rate, bool) or not 0 <= rate < 2**32:
        found = rate if np.isscalar(rate) else _kind(rate)
        raise DataError(f"{name}: expected a sample rate in Hz, found {found!r}", "give (samples, 44100)")
    return name, _samples(recording, name), int(rate)


def _samples(samples: Any, name: str) -> Floats:
    """Channels × samples."""
    if not isinstance(samples, np.ndarray):
        if isinstance(samples, (Mapping, set)) or not isinstance(samples, Sequence) and not hasattr(samples, "__array__"):
            hint = "give a path, the bytes of a file, an array of samples, or (samples, rate)"
            raise DataError(f"{name}: expected a recording, found {_kind(samples)}", hint)
        samples = _array(samples, name)
    if np.ma.is_masked(samples):
        raise DataError(f"{name}: expected samples, found masked ones", "fill them, as y.filled(0), or cut them out")
    full_scale = _FULL_SCALE.get(samples.dtype.name)
    if samples.dtype.kind != "f" and full_scale is None:
        raise DataError(
            f"{name}: expected samples as float32, float64, int16 or int32, found {samples.dtype}",
            "convert them: floats have full scale at ±1",
        )
    if samples.ndim not in (1, 2):
        hint = "give (samples,), or (channels, samples)"
        raise DataError(f"{name}: expected samples in 1 or 2 dimensions, found shape {samples.shape}", hint)
    if samples.ndim == 2 and samples.shape[1] == 1:
        samples = samples.T  # one channel, as some readers give it
    if samples.ndim == 2 and samples.shape[0] > samples.shape[1] > 0:
        hint = "channels come first: give y.T"
        raise DataError(f"{name}: expected (channels, samples), found shape {samples.shape}", hint)
    if full_scale is not None:
        samples = samples / full_scale
    with np.errstate(over="ignore"):  # what is too large becomes infinite, and is said to be no number
        return np.ascontiguousarray(np.atleast_2d(samples), dtype=np.float32)


def _array(values: Any, name: str) -> npt.NDArray[Any]:
    try:
        return np.asanyarray(values)
    except ValueError as error:
        raise DataError(f"{name}: expected numbers in rows of one length, found {error}", "give one array") from None
    except Exception as error:  # whatever a stranger's `__array__` raises
        raise DataError(f"{name}: expected numbers, found {_kind(values)}: {error}", "give a NumPy array of them") from error


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
    columns = _columns(y)
    if columns is not None:
        named = columns if named is None else list(named)
        if sorted(columns) != sorted(named):
            raise DataError(f"y: expected the columns {named}, found {columns}", "name each emotion in a column of its own")
    if isinstance(y, Iterable) and not isinstance(y, (str, bytes, np.ndarray)) and not hasattr(y, "to_numpy"):
        y = list(y)
        if y and all(isinstance(row, Mapping) for row in y):
            named = list(y[0]) if named is None else named
            odd = next((at for at, row in enumerate(y) if set(row) != set(named)), None)
            if odd is not None:
                raise DataError(f"y[{odd}]: expected shares of {list(named)}, found {list(y[odd])}", "name each emotion in every row")
            y = [[row[name] for name in named] for row in y]
    if isinstance(y, list) and (gap := next((at for at, one in enumerate(y) if is_missing(one)), None)) is not None:
        raise DataError(f"y[{gap}]: expected an emotion, or shares, found {y[gap]!r}", "leave that recording out")
    y = _array(y.to_numpy() if hasattr(y, "to_numpy") else y, "y")
    if np.ma.is_masked(y):
        raise DataError("y: expected shares, found masked ones", "leave recordings without labels out")
    if columns is not None and named is not None:
        y = y[:, [columns.index(name) for name in named]]
    if y.ndim == 1 and y.dtype.kind in "UO" and len(y) and all(isinstance(name, str) for name in y):
        named = sorted(set(y.tolist())) if named is None else named
        unknown = sorted(set(y.tolist()) - set(named))
        if unknown:
            raise DataError(f"y: expected one of {list(named)}, found {unknown}", "name every emotion there is: emotions=[…] of the model")
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


def _columns(table: Any) -> list[str] | None:
    """The names of a table's columns: of pandas, polars, Arrow."""
    names = getattr(table, "column_names", getattr(table, "columns", None))
    return None if names is None else [str(name) for name in names]


def is_missing(value: Any) -> bool:
    """Whether this stands where something is not known."""
    return value is None or type(value).__name__ in ("NAType", "NaTType") or isinstance(value, (float, np.floating)) and value != value


def groups(values: Any) -> list[str] | None:
    """One name a recording."""
    if values is None:
        return None
    is_table = isinstance(values, Mapping) or hasattr(values, "columns") or getattr(values, "ndim", 1) != 1
    if is_table or isinstance(values, (str, bytes)) or not isinstance(values, Iterable):
        found = repr(values) if isinstance(values, (str, bytes, int, float)) else _kind(values)
        raise DataError(f"groups: expected one group a recording, found {found}", "give a list or an array in one dimension")
    named = list(values.to_pylist() if hasattr(values, "to_pylist") else values)
    gaps = [at for at, value in enumerate(named) if is_missing(value)]
    if gaps:
        said = ", ".join(map(str, gaps[:5])) + (", …" if len(gaps) > 5 else "")
        raise DataError(f"groups: expected one group a recording, found none in rows {said}", "name a group there, or leave these recordings out")
    return [str(value) for value in named]


def number(name: str, value: Any, least: int = 0) -> int:
    if isinstance(value, (int, np.integer)) and not isinstance(value, bool) and least <= value < 2**63:
        return int(value)
    raise ConfigError(f"setting `{name}`: expected a whole number from {least}, found {value!r}", "correct the setting")


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
