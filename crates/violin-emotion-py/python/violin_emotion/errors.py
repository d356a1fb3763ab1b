"""What can go wrong, by who can mend it: every exception of this package is an `Error`."""

from __future__ import annotations


class Error(Exception):
    """What happened, where, what was expected and found; `hint` says what to do about it."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message, hint)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return self.message if self.hint is None else f"{self.message}\nhint: {self.hint}"


class AudioError(Error):
    """A recording that cannot be used."""


class LabelsError(Error, ValueError):
    """A label file that cannot be used; every problem found, with its line and column."""


class ConfigError(Error, ValueError):
    """A setting out of its range."""


class ModelError(Error):
    """A model, or its folder, that cannot be used."""


class DataError(Error, ValueError):
    """Data that do not fit the question asked of them."""


class FileError(Error):
    """A file or folder that cannot be read or written."""
