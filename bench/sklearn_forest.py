"""Seconds scikit-learn's forest takes to fit and to answer on one thread, on the data of the Rust bench `forest`."""

import time

import numpy as np
from sklearn.ensemble import RandomForestRegressor

FEATURES, OUTPUTS = 64, 3


def data(rows):
    n = np.arange(rows * FEATURES, dtype=np.float64)
    inputs = np.modf(np.sin(n * 12.9898) * 43_758.5453)[0].astype(np.float32).reshape(rows, FEATURES)
    shares = np.exp(np.sin(np.arange(rows * OUTPUTS) * 0.7) * 2.0).reshape(rows, OUTPUTS)
    return inputs, shares / shares.sum(axis=1, keepdims=True)


def best(repeats, job):
    seconds = []
    for _ in range(repeats):
        begin = time.perf_counter()
        job()
        seconds.append(time.perf_counter() - begin)
    return min(seconds)


for rows, trees, repeats in ((360, 200, 3), (20_000, 20, 1)):
    inputs, targets = data(rows)
    forest = RandomForestRegressor(trees, max_depth=10, n_jobs=1, random_state=0)
    print(f"fit_{rows}x{FEATURES}_{trees}_trees {best(repeats, lambda: forest.fit(inputs, targets)):.4f}", flush=True)
    print(f"predict_{rows}x{FEATURES}_{trees}_trees {best(5, lambda: forest.predict(inputs)):.5f}", flush=True)
