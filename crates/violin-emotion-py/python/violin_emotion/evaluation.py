"""Honest scores: answers to recordings of groups that no method had heard, beside those of simpler methods."""

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas
    import polars

_FIGURES = ("mean_r2", "mean_ccc", "js", "kl", "accuracy")


class Evaluation:
    """The score of every method, and the answers it is made of."""

    def __init__(self, told: str) -> None:
        self._told: dict[str, Any] = json.loads(told)

    def to_dict(self) -> dict[str, Any]:
        """`emotions`, `methods` (figures with intervals) and `answers` (each method's to each recording)."""
        return self._told

    @property
    def scores(self) -> dict[str, dict[str, float | None]]:
        """Method → figure → value, from the simplest method to the hybrid."""
        return {row["method"]: {name: row["figures"][name] for name in _FIGURES} for row in self._told["methods"]}

    def to_pandas(self) -> pandas.DataFrame:
        """One row a method, one column a figure."""
        import pandas

        return pandas.DataFrame.from_dict(self.scores, orient="index")

    def to_polars(self) -> polars.DataFrame:
        """One row a method, one column a figure."""
        import polars

        return polars.DataFrame([{"method": name, **figures} for name, figures in self.scores.items()])

    def __repr__(self) -> str:
        head = f"{'':20}" + "".join(f"{name:>10}" for name in _FIGURES)
        rows = [f"{name:20}" + "".join(f"{_figure(value):>10}" for value in row.values()) for name, row in self.scores.items()]
        return "\n".join([head, *rows])

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{name}</th>" for name in _FIGURES)
        rows = "".join(
            f"<tr><td>{escape(name)}</td>{''.join(f'<td>{_figure(value)}</td>' for value in row.values())}</tr>"
            for name, row in self.scores.items()
        )
        return f"<table><tr><th></th>{head}</tr>{rows}</table>"


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
