"""Recordings a second of Ray and Spark, each with two workers, beside one process with one thread, and the core seconds that they
take: prints a table, which a person reads. What others do on the machine moves the former, the latter hardly. Run by ./check
--scale; takes some ten minutes."""

import multiprocessing
import os
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

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
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        takes = [str(path) for path in ve.render(folder / "rendered", TAKES, duration_s=4.0).paths]
        model = folder / "model"
        ve.EmotionModel.built_in().save(model)
        tell("", "recordings a second", "with its start", "core time a recording", "load before")
        tell(*["---"] * 5)
        # Before and after: what else the machine does changes.
        first = one_process(takes, model)
        spread = [two_processes(takes, first.passes, model)]
        spread += [on_a_cluster(name, takes, first.passes, model, folder) for name in CLUSTERS]
        last = one_process(takes, model)
    rate, core_s = (first.rate + last.rate) / 2, (first.core_s + last.core_s) / 2
    print("\nBeside one process, the mean of both:")
    for of in spread:
        each = of.rate / WORKERS / rate
        print(f"{of.name}: each {each:.2f} times its recordings a second, {of.core_s / core_s:.2f} times its core time a recording")


class Measured(NamedTuple):
    name: str
    passes: int
    # Recordings a second.
    rate: float
    # Of one recording.
    core_s: float


def measured(name, passes, seconds, core, load, with_start=None):
    of = Measured(name, passes, TAKES * passes / seconds, core / (TAKES * passes))
    tell(name, f"{of.rate:.1f}", "" if with_start is None else f"{with_start:.1f}", f"{of.core_s * 1000:.1f} ms", f"{load:.1f}")
    return of


def tell(*cells):
    print("|", " | ".join(cells), "|", flush=True)


def one_process(takes, model):
    load = os.getloadavg()[0]
    model = ve.EmotionModel.load(model)
    ve.analyze_batch(takes[:TASK], model, threads=1)
    passes, began, worked = 0, time.perf_counter(), time.process_time()
    while (seconds := time.perf_counter() - began) < WORK_S:
        ve.analyze_batch(takes, model, threads=1)
        passes += 1
    return measured("one process", passes, seconds, time.process_time() - worked, load)


def two_processes(takes, passes, model):
    """What the machine gives to two at a time, whoever starts them."""
    load = os.getloadavg()[0]
    tasks = [takes[start : start + TASK] for start in range(0, TAKES, TASK)]
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(WORKERS, mp_context=spawn, initializer=open_model, initargs=(model,)) as pool:
        list(pool.map(core_seconds_of, tasks))
        began = time.perf_counter()
        core = sum(pool.map(core_seconds_of, tasks * passes))
        return measured(f"{WORKERS} processes", passes, time.perf_counter() - began, core, load)


def open_model(folder):
    global opened
    opened = ve.EmotionModel.load(folder)


def core_seconds_of(paths):
    worked = time.process_time()
    ve.analyze_batch(paths, opened, threads=1)
    return time.process_time() - worked


def on_a_cluster(name, takes, passes, model, folder):
    load = os.getloadavg()[0]
    runs = [run(CLUSTERS[name], takes * of, model, folder / f"{name}-{of}") for of in (SHORT, SHORT + passes)]
    seconds, core = (whole - short for short, whole in zip(*runs))
    with_start = TAKES * (SHORT + passes) / runs[1][0]
    return measured(f"{name}, {WORKERS} workers", passes, seconds, core, load, with_start)


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


if __name__ == "__main__":
    main()
