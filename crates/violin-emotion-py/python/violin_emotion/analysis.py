"""The answer to one recording."""

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import numpy as np
import numpy.typing as npt

from . import _native
from ._inputs import Floats, NoRecording
from .errors import Error

if TYPE_CHECKING:
    import pandas
    import polars


class Timeline(NamedTuple):
    """The answer over time: one distribution a moment."""

    start_s: npt.NDArray[np.float64]
    end_s: npt.NDArray[np.float64]
    emotions: list[str]
    shares: Floats  # moments × emotions


class _Kept(NamedTuple):
    """An answer that needs the library no more."""

    told: str
    error: Error | None
    svg: str | None = None
    annotation: str | None = None

    def json(self) -> str:
        return self.told

    def check(self) -> None:
        if self.error is not None:
            raise self.error

    def curves(self) -> str | None:
        return self.svg

    def jams(self) -> str | None:
        return self.annotation


class Analysis:
    """Everything said of one recording: the same as `violin-emotion predict --timeline --format json` says."""

    def __init__(self, native: _native.Analysis | _Kept) -> None:
        self._native = native

    @classmethod
    def _refused(cls, what: NoRecording) -> Analysis:
        told = _native.refused(what.name, what.error.message, what.error.hint)
        return cls(_Kept(told, what.error))

    def __reduce__(self) -> tuple[type[Analysis], tuple[_Kept]]:
        """Pickled as what it says."""
        error = None
        try:
            self._native.check()
        except Error as raised:
            error = raised.with_traceback(None)
        return type(self), (_Kept(self.to_json(), error, self._native.curves(), self._native.jams()),)

    def to_dict(self) -> dict[str, Any]:
        """The JSON object, as docs/analysis-json.md describes it."""
        return cast("dict[str, Any]", json.loads(self._native.json()))

    def to_json(self) -> str:
        return self._native.json()

    @property
    def path(self) -> str:
        return cast(str, self.to_dict()["path"])

    @property
    def status(self) -> str:
        return cast(str, self.to_dict()["status"])

    @property
    def error(self) -> str | None:
        return cast("str | None", self.to_dict()["error"])

    @property
    def hint(self) -> str | None:
        return cast("str | None", self.to_dict()["hint"])

    @property
    def emotions(self) -> dict[str, float]:
        """Emotion → share, for the whole recording."""
        return self.to_dict()["emotions"] or {}

    @property
    def intervals(self) -> dict[str, tuple[float, float]]:
        """Emotion → where the share that listeners would give lies in four of five cases."""
        return {name: (low, high) for name, (low, high) in (self.to_dict()["intervals"] or {}).items()}

    @property
    def warnings(self) -> list[str]:
        return [warning["message"] for warning in self.to_dict()["warnings"]]

    @property
    def timeline(self) -> Timeline:
        told = self.to_dict()
        emotions, moments = list(told["emotions"] or {}), told["timeline"]
        starts, ends = (np.array([moment[end] for moment in moments], float) for end in ("start_s", "end_s"))
        shares = np.array([list(moment["emotions"].values()) for moment in moments], np.float32)
        return Timeline(starts, ends, emotions, shares.reshape(len(moments), len(emotions)))

    def raise_for_error(self) -> None:
        """Raises what went wrong with the recording, if anything did."""
        self._native.check()

    def to_pandas(self) -> pandas.DataFrame:
        """One row a moment: `path`, `start_s`, `end_s`, and the emotions."""
        import pandas

        return pandas.DataFrame(self._columns())

    def to_polars(self) -> polars.DataFrame:
        """One row a moment: `path`, `start_s`, `end_s`, and the emotions."""
        import polars

        return polars.DataFrame(self._columns())

    def to_jams(self) -> str:
        """The JAMS file of the answer, as docs/files.md describes it."""
        jams = self._native.jams()
        if jams is None:
            self.raise_for_error()
        return cast(str, jams)

    def _columns(self) -> dict[str, Any]:
        self.raise_for_error()
        start_s, end_s, emotions, shares = self.timeline
        times = {"path": [self.path] * len(start_s), "start_s": start_s, "end_s": end_s}
        return times | {name: shares[:, at] for at, name in enumerate(emotions)}

    def __repr__(self) -> str:
        shares = ", ".join(f"{name} {share:.2f}" for name, share in self.emotions.items())
        return f"Analysis({self.path!r}: {shares or self.error})"

    def _repr_html_(self) -> str:
        told = self.to_dict()
        title = f"<p><b>{escape(self.path)}</b></p>"
        if told["status"] == "error":
            return f"{title}<p>{escape(told['error'])}<br>{escape(told['hint'] or '')}</p>"
        rows = "".join(_row(name, share, *told["intervals"][name]) for name, share in told["emotions"].items())
        notes = "".join(f"<li>{escape(note)}</li>" for note in self.warnings)
        return f"{title}<table>{rows}</table>{self._native.curves()}<ul>{notes}</ul>"


def _row(name: str, share: float, low: float, high: float) -> str:
    bar = f'<div style="width:200px;background:#eee"><div style="width:{200 * share:.0f}px;height:1em;background:#0072b2"></div></div>'
    return f"<tr><td>{escape(name)}</td><td>{bar}</td><td>{share:.2f} ({low:.2f} to {high:.2f})</td></tr>"
