"""Many recordings at once, as a table of Arrow."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from . import _inputs
from ._progress import Progress
from .errors import DataError
from .model import EmotionModel

if TYPE_CHECKING:
    import pyarrow


def analyze_batch(recordings: Any, model: EmotionModel | str | os.PathLike[str], *, threads: int | None = None, progress: Progress = False) -> pyarrow.RecordBatch:
    """One row for each recording, in their order, whatever it is and holds. `threads=1` means one; None, as the
    model was told.

    | column | type | |
    |---|---|---|
    | path | string | the recording's path, or `X[i]` |
    | status | string | `ok` or `error` |
    | error, hint | string | what went wrong and what to do, else null |
    | duration_s | double | |
    | sample_rate_hz | uint32 | of the file |
    | emotions | map<string, float> | emotion → share, null where there is no answer |
    | intervals | map<string, struct<low: float, high: float>> | where each share lies in four of five cases |
    | warnings | list<string> | |
    | timeline | list<struct<start_s: double, end_s: double, shares: list<float>>> | shares in the order of `emotions` |
    """
    import pyarrow as pa

    if _inputs.is_one(recordings):
        raise DataError("expected several recordings, found one", "give a list: [recording]")
    if not isinstance(model, EmotionModel):
        model = EmotionModel.load(model)
    asking = EmotionModel(threads=model.threads if threads is None else threads, progress=progress)
    asking._native = model._model()
    rows = [answer.to_dict() for answer in asking.analyze(recordings)]
    table: dict[str, list[Any]] = {name: [row[name] for row in rows] for name in ("path", "status", "error", "hint", "duration_s", "sample_rate_hz")}
    table["emotions"] = [_items(row["emotions"]) for row in rows]
    table["intervals"] = [_items(row["intervals"], lambda ends: {"low": ends[0], "high": ends[1]}) for row in rows]
    table["warnings"] = [[warning["message"] for warning in row["warnings"]] for row in rows]
    table["timeline"] = [
        [{"start_s": then["start_s"], "end_s": then["end_s"], "shares": list(then["emotions"].values())} for then in row["timeline"]]
        for row in rows
    ]
    return pa.RecordBatch.from_pydict(table, schema=batch_schema())


def batch_schema() -> pyarrow.Schema:
    """The columns of `analyze_batch`."""
    import pyarrow as pa

    text, number = pa.string(), pa.float32()
    moment = pa.struct([("start_s", pa.float64()), ("end_s", pa.float64()), ("shares", pa.list_(number))])
    return pa.schema(
        [
            pa.field("path", text, nullable=False),
            pa.field("status", text, nullable=False),
            ("error", text),
            ("hint", text),
            ("duration_s", pa.float64()),
            ("sample_rate_hz", pa.uint32()),
            ("emotions", pa.map_(text, number)),
            ("intervals", pa.map_(text, pa.struct([("low", number), ("high", number)]))),
            pa.field("warnings", pa.list_(text), nullable=False),
            pa.field("timeline", pa.list_(moment), nullable=False),
        ]
    )


def _items(named: dict[str, Any] | None, each: Any = lambda value: value) -> list[tuple[str, Any]] | None:
    return None if named is None else [(name, each(value)) for name, value in named.items()]
