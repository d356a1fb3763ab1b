"""Writes forest.json: a scikit-learn forest and its answers, a tree grown on all rows, and how forests of many seeds answer.

Made with Python 3, scikit-learn 1.9.1, numpy 2; run from anywhere: python make_golden_forest.py
"""

import json
import pathlib

import numpy as np
from sklearn.ensemble import RandomForestRegressor

from forest_arrays import arrays

ROWS, ASKED, FEATURES, EMOTIONS, SEEDS = 240, 60, 6, 3, 40

random = np.random.default_rng(7)
# Few decimals: the same f32 on both sides, and a small file.
rows = np.round(random.normal(size=(ROWS + ASKED, FEATURES)), 3).astype("f4")
logits = np.stack([2 * np.sin(2 * rows[:, 0]), rows[:, 1] * rows[:, 2], rows[:, 3]], axis=1)
shares = np.exp(logits + random.normal(0, 0.3, logits.shape))
shares = np.round(shares / shares.sum(axis=1, keepdims=True), 4).astype("f4")
known, asked, targets = rows[:ROWS], rows[ROWS:], shares[:ROWS]


def fit(seed, **settings):
    return RandomForestRegressor(random_state=seed, n_jobs=1, **settings).fit(known, targets)


def short(values):
    return [round(float(value), 4) for value in values.ravel()]


forest = fit(1, n_estimators=12, max_depth=10)
# So shallow that no two features part a node equally well, which scikit-learn would decide by lot.
tree = fit(1, n_estimators=1, max_depth=3, bootstrap=False)
for seed in range(2, 6):
    same = arrays(fit(seed, n_estimators=1, max_depth=3, bootstrap=False))
    assert same == arrays(tree), "a tie"
many = np.stack([fit(seed, n_estimators=100, max_depth=10).predict(asked) for seed in range(SEEDS)])

golden = {
    "rows": short(known),
    "targets": short(targets),
    "asked": short(asked),
    "forest": arrays(forest),
    "answers": forest.predict(asked).ravel().tolist(),
    "tree": arrays(tree),
    "mean": many.mean(axis=0).ravel().tolist(),
    "sd": many.std(axis=0, ddof=1).ravel().tolist(),
}
text = json.dumps(golden)
pathlib.Path(__file__).with_name("forest.json").write_text(text.replace(", ", ",").replace('],"', '],\n"') + "\n")
