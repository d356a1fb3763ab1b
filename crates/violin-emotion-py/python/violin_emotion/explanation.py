"""Why one answer is what it is."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from ._inputs import Floats

if TYPE_CHECKING:
    import pandas
    import polars

# Half the width of the bars, pixels; more and less.
_HALF = 60
_COLOURS = ("#0072b2", "#d55e00")


class Explanation:
    """What each part of the playing adds to an answer: `base` and all contributions sum to the prediction."""

    def __init__(self, told: dict[str, Any]) -> None:
        self._told = told

    def to_dict(self) -> dict[str, Any]:
        """The JSON object, as `violin-emotion explain --format json` has it, with the sentences it writes."""
        return self._told

    @property
    def path(self) -> str:
        return str(self._told["path"])

    @property
    def emotions(self) -> list[str]:
        return list(self._told["base"])

    @property
    def groups(self) -> list[str]:
        """The parts of the playing, in order."""
        return list(self._told["contributions"])

    @property
    def base(self) -> Floats:
        """The answer to the reference, in label order."""
        return _numbers(self._told["base"])

    @property
    def prediction(self) -> Floats:
        """The answer to the recording, in label order."""
        return _numbers(self._told["prediction"])

    @property
    def contributions(self) -> Floats:
        """What each part adds to each emotion's share: groups × emotions."""
        return np.stack([_numbers(of_one) for of_one in self._told["contributions"].values()])

    @property
    def sentences(self) -> list[str]:
        """The same in a player's words, what moves the answer most first."""
        return list(self._told["sentences"])

    @property
    def warnings(self) -> list[str]:
        return [warning["message"] for warning in self._told["warnings"]]

    def to_pandas(self) -> pandas.DataFrame:
        """One row a part of the playing, one column an emotion."""
        import pandas

        return pandas.DataFrame(self.contributions, index=self.groups, columns=self.emotions)

    def to_polars(self) -> polars.DataFrame:
        """One row a part of the playing (`group`), one column an emotion."""
        import polars

        columns = {name: self.contributions[:, at] for at, name in enumerate(self.emotions)}
        return polars.DataFrame({"group": self.groups} | columns)

    def __repr__(self) -> str:
        return "\n".join([f"Explanation({self.path!r}, against {self._told['reference']})", *self.sentences[:3]])

    def _repr_html_(self) -> str:
        values = self.contributions
        most = max(float(np.abs(values).max()), 1e-9)
        head = "".join(f"<th>{escape(name)}</th>" for name in self.emotions)
        rows = "".join(
            f"<tr><td>{escape(group)}</td>{''.join(_bar(value / most, value) for value in of_one)}</tr>"
            for group, of_one in zip(self.groups, values.tolist())
        )
        words = "".join(f"<li>{escape(sentence)}</li>" for sentence in self.sentences[:3])
        return f"<p><b>{escape(self.path)}</b></p><ul>{words}</ul><table><tr><th></th>{head}</tr>{rows}</table>"


def _numbers(shares: dict[str, float]) -> Floats:
    return np.array(list(shares.values()), dtype=np.float32)


def _bar(part: float, value: float) -> str:
    width, colour = abs(part) * _HALF, _COLOURS[value < 0]
    left = _HALF - (width if value < 0 else 0)
    bar = f'<div style="margin-left:{left:.0f}px;width:{width:.0f}px;height:0.8em;background:{colour}"></div>'
    return f'<td title="{value:+.3f}"><div style="width:{2 * _HALF}px">{bar}</div></td>'
