"""Many recordings on a cluster of Spark: one row for each, as Parquet.

    spark-submit --master 'local[2, 4]' spark_batch.py recordings/ --model hybrid_model --out answers

is two workers on this machine, and four attempts at a task before the run fails. On a cluster there are four without a word
(spark.task.maxFailures); one core a task is right:

    spark-submit --master spark://HEAD:7077 spark_batch.py /shared/recordings --model /shared/hybrid_model --out /shared/answers

Every machine needs violin-emotion, pyspark and pyarrow at the same versions, and sees recordings, model and output under the
same paths. The rows are those of `analyze_batch`, with their position in the list in front; sort by it where order matters:

    spark.read.parquet("answers").orderBy("position")
"""

import argparse
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
from pyspark.sql import SparkSession

import violin_emotion as ve

# The work that is done again where a worker dies.
RECORDINGS_A_TASK = 32
ENDINGS = {".wav", ".wave", ".flac", ".mp3", ".ogg", ".oga", ".m4a", ".mp4", ".aac", ".aiff", ".aif", ".aifc"}


def schema() -> pa.Schema:
    """The columns of `analyze_batch` behind the position. Spark has no unsigned numbers: the sample rate is a `bigint`."""
    answers = ve.batch_schema()
    rate = answers.get_field_index("sample_rate_hz")
    return answers.set(rate, answers.field(rate).with_type(pa.int64())).insert(0, pa.field("position", pa.int64()))


def analyze(spark: SparkSession, paths: list[str], model: str, out: Path) -> None:
    """Writes `out`, a folder of Parquet files, whole or not at all."""
    columns = schema()
    # Unpickled once a worker process, which goes from task to task (spark.python.worker.reuse): there it opens the folder.
    loaded = spark.sparkContext.broadcast(ve.EmotionModel.load(model))

    def answers(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            told = ve.analyze_batch(batch["path"].to_pylist(), loaded.value, threads=1)
            yield pa.RecordBatch.from_arrays([batch["position"], *told.columns], names=columns.names).cast(columns)

    listed = pa.table({"position": pa.array(range(len(paths)), pa.int64()), "path": paths})
    tasks = -(-len(paths) // RECORDINGS_A_TASK)
    # Spark's own words for a schema of Arrow: those of a table without rows.
    declared = spark.createDataFrame(columns.empty_table()).schema
    unfinished = out.with_name(f"{out.name}.unfinished")
    rows = spark.createDataFrame(listed).repartition(tasks).mapInArrow(answers, declared)
    rows.write.mode("overwrite").parquet(str(unfinished))
    unfinished.rename(out)


def recordings(place: Path) -> list[str]:
    """The recordings in a folder and below, or those that a text file names, one path a line."""
    if place.is_dir():
        return sorted(os.path.abspath(path) for path in place.rglob("*") if path.suffix.lower() in ENDINGS)
    return [os.path.abspath(line) for line in place.read_text(encoding="utf-8").splitlines() if line]


def main() -> None:
    parser = argparse.ArgumentParser(description="Many recordings on a cluster of Spark: one row for each, as Parquet.")
    parser.add_argument("recordings", type=Path, help="a folder, or a text file with one path a line")
    parser.add_argument("--model", required=True, help="a model folder, or built-in")
    parser.add_argument("--out", required=True, type=Path, help="the folder to write, which must not be there yet")
    arguments = parser.parse_args()
    if arguments.out.exists():
        parser.error(f"--out: expected a new folder, found {arguments.out}: name another, or remove it")
    model = arguments.model if arguments.model == "built-in" else os.path.abspath(arguments.model)
    paths = recordings(arguments.recordings)
    if not paths:
        parser.error(f"expected recordings, found none in {arguments.recordings}")
    spark = SparkSession.builder.appName("violin-emotion").getOrCreate()
    analyze(spark, paths, model, arguments.out.absolute())
    spark.stop()
    print(f"{len(paths)} recordings → {arguments.out}", file=sys.stderr)


if __name__ == "__main__":
    main()
