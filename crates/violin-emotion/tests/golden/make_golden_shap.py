"""Writes shap.json: a scikit-learn forest and the SHAP values that shap.TreeExplainer gives of it, by cover and against rows.

Made with Python 3, shap 0.51.0, scikit-learn 1.9.1, numpy 2; run from anywhere: python make_golden_shap.py
"""

import json
import pathlib

import numpy as np
import shap
from sklearn.ensemble import RandomForestRegressor

from forest_arrays import arrays

ROWS, ASKED, FEATURES, EMOTIONS = 120, 12, 6, 3
BACKGROUND = 70  # more than the bits of a word

random = np.random.default_rng(11)
# Five decimals: shap keeps thresholds as f32 where it mixes rows, so that a value at a threshold may take the wrong side.
rows = np.round(random.normal(size=(ROWS + ASKED, FEATURES)), 5).astype("f4")
logits = np.stack([2 * np.sin(2 * rows[:, 0]), rows[:, 1] * rows[:, 2], rows[:, 3]], axis=1)
shares = np.exp(logits + random.normal(0, 0.3, logits.shape))
shares /= shares.sum(axis=1, keepdims=True)
known, asked, background = rows[:ROWS], rows[ROWS:], rows[:BACKGROUND]
forest = RandomForestRegressor(10, max_depth=10, random_state=1, n_jobs=1).fit(known, shares[:ROWS])


def values(explainer):
    """Base and values of each row asked about; the values are features × emotions."""
    explained = explainer.shap_values(asked)
    base = np.asarray(explainer.expected_value)
    assert np.abs(base + explained.sum(axis=1) - forest.predict(asked)).max() < 1e-6
    return [{"base": base.tolist(), "values": row.ravel().tolist()} for row in explained]


by_cover = shap.TreeExplainer(forest, feature_perturbation="tree_path_dependent")
against = shap.TreeExplainer(forest, background, feature_perturbation="interventional")
golden = {
    "forest": arrays(forest),
    "asked": [round(float(value), 5) for value in asked.ravel()],
    "background": [round(float(value), 5) for value in background.ravel()],
    "by_cover": values(by_cover),
    "against": values(against),
}
path = pathlib.Path(__file__).with_name("shap.json")
path.write_text(json.dumps(golden, separators=(",", ":")).replace('],"', '],\n"') + "\n")
print(path.name, path.stat().st_size, "bytes")
