"""Recordings a second of Ray and Spark, each with two workers, beside one process with one thread: prints a table, which a person
reads. Run by ./check --scale; takes some ten minutes."""

import multiprocessing
import os
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import violin_emotion as ve
from clusters import CLUSTERS, WORKERS, finish

TAKES = 240
# As many passes through the takes as one process makes in this time are the work of all.
WORK_S = 120.0
# What the clusters are given once more by itself: with its time taken off, their start is, too.
SHORT = 2


def main():
    print("| | recordings a second | a worker, beside one process | with its start | load before |\n|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        takes = [str(path) for path in ve.render(folder / "rendered", TAKES, duration_s=4.0).paths]
        model = folder / "model"
        ve.EmotionModel.built_in().save(model)
        passes, one = one_process(takes, model)
        two_processes(takes, passes, model, one)
        for name, start in CLUSTERS.items():
            load = os.getloadavg()[0]
            short, whole = (run(start, takes * of, model, folder / f"{name}-{of}") for of in (SHORT, SHORT + passes))
            tell(f"{name}, {WORKERS} workers", TAKES * passes / (whole - short), one, load, TAKES * (SHORT + passes) / whole)


def one_process(takes, model):
    """The passes that it makes, and its recordings a second."""
    load = os.getloadavg()[0]
    model = ve.EmotionModel.load(model)
    ve.analyze_batch(takes[:32], model, threads=1)
    passes, began = 0, time.perf_counter()
    while (took := time.perf_counter() - began) < WORK_S:
        ve.analyze_batch(takes, model, threads=1)
        passes += 1
    rate = TAKES * passes / took
    tell("one process", rate, rate / WORKERS, load)
    return passes, rate


def two_processes(takes, passes, model, one):
    """What the machine gives to two at a time, whoever starts them."""
    load = os.getloadavg()[0]
    tasks = [takes[start : start + 32] for start in range(0, TAKES, 32)]
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(WORKERS, mp_context=spawn, initializer=open_model, initargs=(model,)) as pool:
        list(pool.map(answer, tasks))
        began = time.perf_counter()
        list(pool.map(answer, tasks * passes))
        tell(f"{WORKERS} processes", TAKES * passes / (time.perf_counter() - began), one, load)


def open_model(folder):
    global opened
    opened = ve.EmotionModel.load(folder)


def answer(paths):
    return ve.analyze_batch(paths, opened, threads=1).num_rows


def run(start, paths, model, place):
    """The seconds from its start to its end."""
    place.mkdir()
    listed = place / "recordings.txt"
    listed.write_text("".join(f"{path}\n" for path in paths))
    began = time.perf_counter()
    cluster = start(listed, model, place / "answers", place)
    try:
        finish(cluster, place)
    finally:
        cluster.kill()
    return time.perf_counter() - began


def tell(name, rate, one, load, with_start=None):
    started = "" if with_start is None else f"{with_start / WORKERS / one:.2f}"
    print(f"| {name} | {rate:.1f} | {rate / WORKERS / one:.2f} | {started} | {load:.1f} |", flush=True)


if __name__ == "__main__":
    main()
