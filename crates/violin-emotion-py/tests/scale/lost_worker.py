"""A worker dies in the middle of a recording, and the answers are those of one process, row for row: that recording's too, which
only another worker can have given. Run by ./check --scale."""

import os
import random
import signal
import tempfile
from pathlib import Path

import pyarrow.dataset

import violin_emotion as ve
from clusters import CLUSTERS, finish
from workers import files, is_stopped, workers

TAKES = 240
# One of twenty is broken, each in its way.
BROKEN_EVERY = 20
BREAKS = {
    "cut in its header": lambda path: path.write_bytes(path.read_bytes()[:30]),
    "empty": lambda path: path.write_bytes(b""),
    "text": lambda path: path.write_text("Adagio, with much vibrato.\n" * 100),
    "noise": lambda path: path.write_bytes(random.Random(1).randbytes(100_000)),
    "missing": lambda path: path.unlink(),
}


def main():
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        paths = recordings(folder)
        listed, model = folder / "recordings.txt", folder / "model"
        listed.write_text("".join(f"{path}\n" for path in paths))
        ve.EmotionModel.built_in().save(model)
        expected = ve.analyze_batch(paths, model, threads=1)
        statuses = ["error" if at % BROKEN_EVERY == 0 else "ok" for at in range(TAKES)]
        assert expected["status"].to_pylist() == statuses, "the broken recordings, and no others, are errors"
        for name, start in CLUSTERS.items():
            place = folder / name
            place.mkdir()
            cluster = start(listed, model, place / "answers", place)
            try:
                # Not before the work is well on its way.
                lost = kill_a_worker(cluster, place, set(paths[TAKES // 4 :]))
                finish(cluster, place)
            finally:
                cluster.kill()
            compare(place / "answers", expected)
            print(f"{name}: {TAKES} rows equal; a worker was killed over {Path(lost).name}, and that one was answered again")


def recordings(folder):
    """The paths of the takes, after some of them were broken."""
    paths = sorted(ve.render(folder / "rendered", TAKES, duration_s=4.0).paths)
    for at, path in enumerate(paths[::BROKEN_EVERY]):
        list(BREAKS.values())[at % len(BREAKS)](path)
    return [str(path) for path in paths]


def kill_a_worker(cluster, folder, paths):
    """Kills a worker that has one of these recordings open; says which. It is stopped first: one that was only seen to read may
    be done when the signal comes, and then nothing would be lost."""
    while cluster.poll() is None:
        at_work = workers(folder)
        for worker in at_work * 100:
            if files(worker) & paths:
                os.kill(int(worker.name), signal.SIGSTOP)
                while not is_stopped(worker):
                    pass
                if lost := files(worker) & paths:
                    os.kill(int(worker.name), signal.SIGKILL)
                    return lost.pop()
                os.kill(int(worker.name), signal.SIGCONT)
    raise AssertionError("expected a worker at work, found none before the run ended")


def compare(answers, expected):
    found = pyarrow.dataset.dataset(answers, format="parquet").to_table().sort_by("position")
    assert found["position"].to_pylist() == list(range(TAKES)), "no row is lost, none is there twice"
    # Spark has no unsigned numbers; all else is of the types of `analyze_batch`.
    found = found.drop_columns("position").cast(expected.schema)
    for row, (is_, should_be) in enumerate(zip(found.to_pylist(), expected.to_pylist())):
        assert is_ == should_be, f"row {row}: expected {should_be}, found {is_}"


if __name__ == "__main__":
    main()
