"""How long work is heard of: a bar on a terminal, or a callback of yours."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import TypeAlias, Union

# Called with what is done ("measuring", "training", "explaining"), how much of how much (0 = not known), and a word on it.
Callback: TypeAlias = Callable[[str, int, int, str], object]
# None: a bar where stderr is a terminal; False: nothing; True: the bar in any case; or a callback.
Progress: TypeAlias = Union[None, bool, Callback]

_WIDTH = 30
# Seconds from one drawing to the next.
_PAUSE = 0.1


class Steps:
    """Counts the steps of a job of `total` parts and shows them; `tell` is what the library calls, if anybody listens."""

    def __init__(self, progress: Progress, total: int) -> None:
        self._callback = progress if callable(progress) else None
        self._draws = self._callback is None and (sys.stderr.isatty() if progress is None else bool(progress))
        self._total = total
        self._done = 0
        self._began = self._drawn = time.monotonic()

    @property
    def tell(self) -> Callback | None:
        return self._step if self._draws or self._callback else None

    def _step(self, what: str, done: int, total: int, note: str) -> None:
        if what == "measuring":
            self._done = done
        else:
            self._done, total = self._done + done, self._total
        if self._callback:
            self._callback(what, self._done, total, note)
            return
        now = time.monotonic()
        if now - self._drawn >= _PAUSE or self._done == total:
            self._drawn = now
            full = _WIDTH * self._done // total if total else 0
            rate = self._done / max(now - self._began, 1e-9)
            left = f", {(total - self._done) / rate:.0f} s to go" if self._done else ""
            line = f"{what:>10} [{'=' * full}{' ' * (_WIDTH - full)}] {self._done}/{total} ({rate:.1f}/s{left}) {note}"
            sys.stderr.write(f"\r\x1b[K{line[:119]}")
            sys.stderr.flush()

    def __enter__(self) -> Steps:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._draws:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
