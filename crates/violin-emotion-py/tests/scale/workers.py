"""The processes in which the recordings of a run are heard, as Linux tells of them in /proc."""

import os
from pathlib import Path

# How they are called: Ray names them, Spark forks them from a daemon.
CALLED = (b"ray::MapWorker", b"pyspark.daemon")


def workers(folder):
    """Those of the run in this folder, which their environment names."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        called, environment = told(process, "cmdline"), told(process, "environ")
        if any(name in called for name in CALLED) and bytes(folder) in environment:
            found.append(process)
    return found


def files(process):
    """The files that it has open."""
    found = set()
    try:
        for opened in os.scandir(process / "fd"):
            try:
                found.add(os.readlink(opened.path))
            except OSError:
                pass  # closed since
    except OSError:
        pass  # gone since
    return found


def is_stopped(process):
    """Whether it is, or has ended."""
    return status(process)[0] in "TXZ"


def core_seconds(process):
    """What it has worked, in its own code and in the kernel's for it."""
    _, *numbers = status(process)
    return (int(numbers[10]) + int(numbers[11])) / os.sysconf("SC_CLK_TCK")


def status(process):
    """Its state and the numbers behind it; of one that is gone, as those of one that never worked."""
    return told(process, "stat").decode().rpartition(") ")[2].split() or ["X", *"0" * 12]


def told(process, what):
    try:
        return (process / what).read_bytes()
    except OSError:
        return b""
