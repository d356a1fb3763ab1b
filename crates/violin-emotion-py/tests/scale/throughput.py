"""Recordings a second of Ray and Spark, each with two workers, beside one process with one thread, and the core seconds that they
take: prints a table, which a person reads. What others do on the machine moves the former, the latter hardly. Run by ./check
--scale; takes some ten minutes."""

import multiprocessing
import os
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import violin_emotion as ve
from clusters import CLUSTERS, WORKERS, finish
from workers import core_seconds, workers

TAKES = 240
# Recordings, as in the examples.
TASK = 32
# As many passes through the takes as one process makes in this time are the work of all.
WORK_S = 120.0
# What the clusters are given once more by itself: with its time taken off, their start is, too.
SHORT = 2


def main():
    print("| | recordings a second | a worker, beside one process | with its start | core time a recording | load before |")
    print("|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        takes = [str(path) for path in ve.render(folder / "rendered", TAKES, duration_s=4.0).paths]
        model = folder / "model"
        ve.EmotionModel.built_in().save(model)
        passes, one = one_process(takes, model)
        two_processes(takes, passes, model, one)
        for name, start in CLUSTERS.items():
            load = os.getloadavg()[0]
            runs = [run(start, takes * of, model, folder / f"{name}-{of}") for of in (SHORT, SHORT + passes)]
            seconds, core = (whole - short for short, whole in zip(*runs))
            done, with_start = TAKES * passes, TAKES * (SHORT + passes) / runs[1][0] / WORKERS / one
            tell(f"{name}, {WORKERS} workers", done / seconds, done / seconds / WORKERS / one, core / done, load, f"{with_start:.2f}")


def one_process(takes, model):
    """The passes that it makes, and its recordings a second."""
    load = os.getloadavg()[0]
    model = ve.EmotionModel.load(model)
    ve.analyze_batch(takes[:TASK], model, threads=1)
    passes, began, worked = 0, time.perf_counter(), time.process_time()
    while (seconds := time.perf_counter() - began) < WORK_S:
        ve.analyze_batch(takes, model, threads=1)
        passes += 1
    done = TAKES * passes
    tell("one process", done / seconds, 1.0, (time.process_time() - worked) / done, load)
    return passes, done / seconds


def two_processes(takes, passes, model, one):
    """What the machine gives to two at a time, whoever starts them."""
    load = os.getloadavg()[0]
    tasks = [takes[start : start + TASK] for start in range(0, TAKES, TASK)]
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(WORKERS, mp_context=spawn, initializer=open_model, initargs=(model,)) as pool:
        list(pool.map(core_seconds_of, tasks))
        began = time.perf_counter()
        core = sum(pool.map(core_seconds_of, tasks * passes))
        done, seconds = TAKES * passes, time.perf_counter() - began
        tell(f"{WORKERS} processes", done / seconds, done / seconds / WORKERS / one, core / done, load)


def open_model(folder):
    global opened
    opened = ve.EmotionModel.load(folder)


def core_seconds_of(paths):
    worked = time.process_time()
    ve.analyze_batch(paths, opened, threads=1)
    return time.process_time() - worked


def run(start, paths, model, place):
    """The seconds from its start to its end, and those that cores worked in its workers."""
    place.mkdir()
    listed = place / "recordings.txt"
    listed.write_text("".join(f"{path}\n" for path in paths))
    began, worked = time.perf_counter(), {}
    cluster = start(listed, model, place / "answers", place)
    try:
        while cluster.poll() is None:
            for worker in workers(place):
                worked[worker] = max(worked.get(worker, 0.0), core_seconds(worker))
            time.sleep(0.25)
        seconds = time.perf_counter() - began
        finish(cluster, place)
    finally:
        cluster.kill()
    return seconds, sum(worked.values())


def tell(name, rate, beside, core, load, with_start=""):
    print(f"| {name} | {rate:.1f} | {beside:.2f} | {with_start} | {core * 1000:.1f} ms | {load:.1f} |", flush=True)


if __name__ == "__main__":
    main()
