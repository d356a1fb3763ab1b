"""A label file and its folder of recordings; rendered takes to try things out."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from . import _native
from ._inputs import Floats, number
from .errors import DataError


class Dataset:
    """Labelled recordings, as a label file names them; every row is checked, and no audio is decoded yet.

    `group_by` names the column whose values (performers, pieces) never stand on both sides of a split.
    """

    def __init__(
        self,
        audio_dir: str | os.PathLike[str],
        labels: str | os.PathLike[str],
        *,
        emotions: Sequence[str] | None = None,
        group_by: str | None = None,
        normalise: bool = False,
    ) -> None:
        named = [emotions] if isinstance(emotions, str) else None if emotions is None else list(emotions)
        self._native = _native.Dataset(os.fspath(audio_dir), os.fspath(labels), named, group_by, normalise)

    @property
    def emotions(self) -> list[str]:
        return self._native.emotions

    @property
    def file_names(self) -> list[str]:
        """As the label file names them, in its order."""
        return self._native.file_names

    @property
    def paths(self) -> list[Path]:
        return [Path(path) for path in self._native.paths]

    @property
    def groups(self) -> list[str]:
        """The group of each recording: its own name where no column was named."""
        return self._native.groups

    @property
    def shares(self) -> Floats:
        """The rated shares: recordings × emotions."""
        return self._native.shares

    @property
    def columns(self) -> list[str]:
        return self._native.columns

    @property
    def report(self) -> list[str]:
        """How the label file was read, in words."""
        return self._native.report

    def column(self, name: str) -> list[str]:
        """What a column says of each recording."""
        cells = self._native.column(name)
        if cells is None:
            raise DataError(f"expected one of the columns {self.columns}, found {name!r}", "name a column of the label file")
        return cells

    def __len__(self) -> int:
        return len(self.file_names)

    def __repr__(self) -> str:
        return f"Dataset({len(self)} recordings, {', '.join(self.emotions)})"


def render(folder: str | os.PathLike[str], takes: int = 60, *, seed: int = 1, raters: int = 10, duration_s: float = 12.0) -> Dataset:
    """Renders takes of a violin that was never played, and votes by a known rule, into `folder`, as `violin-emotion render` does. What
    is reached on them is no evidence about listeners, and models that learn from them say so."""
    numbers = (number("takes", takes, 1), number("seed", seed), number("raters", raters, 1))
    recordings, labels = _native.render(os.fspath(folder), *numbers, duration_s)
    return Dataset(recordings, labels, group_by="performer")
