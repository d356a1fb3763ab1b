"""Many recordings on a cluster of Ray: one row for each, as Parquet.

    python ray_batch.py recordings/ --model hybrid_model --out answers

Alone, this makes a cluster of the machine it runs on. Where a cluster is up, run it on the head node, or send it there:

    ray job submit --address http://HEAD:8265 --working-dir examples -- \\
        python ray_batch.py /shared/recordings --model /shared/hybrid_model --out /shared/answers

Every machine needs violin-emotion and ray[data] at the same versions, and sees recordings, model and output under the same
paths. The rows are those of `analyze_batch`, with their position in the list in front; sort by it where order matters:

    pyarrow.dataset.dataset("answers").to_table().sort_by("position")
"""

import argparse
import os
import shutil
import sys
from pathlib import Path

import pyarrow as pa
import ray

import violin_emotion as ve

# The work that is done again where a worker dies.
RECORDINGS_A_TASK = 32
# Files of Parquet with some megabytes, not one a task.
ROWS_A_FILE = 10_000
ENDINGS = {".wav", ".wave", ".flac", ".mp3", ".ogg", ".oga", ".m4a", ".mp4", ".aac", ".aiff", ".aif", ".aifc"}


class Analysis:
    """A worker: loads the model once, then answers one task after another on its one core."""

    def __init__(self, model: str) -> None:
        self.model = ve.EmotionModel.load(model)

    def __call__(self, recordings: pa.Table) -> pa.Table:
        answers = ve.analyze_batch(recordings["path"].to_pylist(), self.model, threads=1)
        return pa.Table.from_batches([answers]).add_column(0, "position", recordings["position"])


def analyze(paths: list[str], model: str, workers: int | None, out: Path) -> None:
    """Writes `out`, a folder of Parquet files, whole or not at all."""
    listed = pa.table({"position": pa.array(range(len(paths)), pa.int64()), "path": paths})
    tasks = [listed.slice(start, RECORDINGS_A_TASK) for start in range(0, len(paths), RECORDINGS_A_TASK)]
    # What a worker that dies leaves undone another does, any number of times (in Ray Data `max_restarts` and `max_task_retries`
    # are -1); a run without one answer in half an hour ends. No block may be dropped (`max_errored_blocks` is 0): a recording
    # that cannot be used is a row.
    answers = ray.data.from_arrow(tasks).map_batches(
        Analysis,
        fn_constructor_args=(model,),
        compute=ray.data.ActorPoolStrategy(size=workers or int(ray.cluster_resources()["CPU"])),
        num_cpus=1,
        batch_size=None,
        batch_format="pyarrow",
    )
    unfinished = out.with_name(f"{out.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    # The workers hold the cores to the end; writing, which needs next to none, does not wait for one.
    answers.write_parquet(str(unfinished), min_rows_per_file=ROWS_A_FILE, ray_remote_args={"num_cpus": 0})
    unfinished.rename(out)


def recordings(place: Path) -> list[str]:
    """The recordings in a folder and below, or those that a text file names, one path a line."""
    if place.is_dir():
        return sorted(os.path.abspath(path) for path in place.rglob("*") if path.suffix.lower() in ENDINGS)
    return [os.path.abspath(line) for line in place.read_text(encoding="utf-8").splitlines() if line]


def main() -> None:
    parser = argparse.ArgumentParser(description="Many recordings on a cluster of Ray: one row for each, as Parquet.")
    parser.add_argument("recordings", type=Path, help="a folder, or a text file with one path a line")
    parser.add_argument("--model", required=True, help="a model folder, or built-in")
    parser.add_argument("--out", required=True, type=Path, help="the folder to write, which must not be there yet")
    parser.add_argument("--workers", type=int, help="how many cores work (default: all of the cluster)")
    arguments = parser.parse_args()
    if arguments.out.exists():
        parser.error(f"--out: expected a new folder, found {arguments.out}: name another, or remove it")
    model = arguments.model if arguments.model == "built-in" else os.path.abspath(arguments.model)
    paths = recordings(arguments.recordings)
    if not paths:
        parser.error(f"expected recordings, found none in {arguments.recordings}")
    ray.init()
    analyze(paths, model, arguments.workers, arguments.out.absolute())
    print(f"{len(paths)} recordings → {arguments.out}", file=sys.stderr)


if __name__ == "__main__":
    main()
