"""Scores of answers by the reference libraries, on distributions drawn here: writes scores.json.

Made with Python 3.11, numpy 2.4.6, scipy 1.17.1, scikit-learn 1.9.1; run with: python make_golden_scores.py
"""

import json
from pathlib import Path

import numpy as np
import scipy
import sklearn
from scipy.spatial import distance
from scipy.stats import entropy
from sklearn.metrics import accuracy_score, r2_score

LEAST_SHARE = 1e-3  # of evaluate/metrics.rs
random = np.random.default_rng(20261126)


def drawn(recordings, emotions, raters):
    """Counts of votes, of which shares are exact in single precision (raters and the answers' 1024 are powers of two)."""
    truth = random.dirichlet(np.full(emotions, 0.7), recordings)
    leaning = 0.6 * truth + 0.4 * random.dirichlet(np.full(emotions, 0.5), recordings)
    rated = np.array([random.multinomial(raters, shares) for shares in truth])
    answers = np.array([random.multinomial(1024, shares) for shares in leaning])
    return rated / raters, answers / 1024


def ccc(y, p, weights):
    mean_y, mean_p = np.average(y, weights=weights), np.average(p, weights=weights)
    covariance = np.average((y - mean_y) * (p - mean_p), weights=weights)
    variances = np.average((y - mean_y) ** 2, weights=weights) + np.average((p - mean_p) ** 2, weights=weights)
    return 2 * covariance / (variances + (mean_y - mean_p) ** 2)


def calibration(y, p, weights):
    y, p, weights = y.ravel(), p.ravel(), np.repeat(weights, y.shape[1])
    bins = np.digitize(p, np.linspace(0, 1, 11)[1:-1])
    curve = []
    for at in range(10):
        inside = (bins == at) & (weights > 0)
        if not inside.any():
            curve.append(None)
            continue
        means = [np.average(values[inside], weights=weights[inside]) for values in (p, y)]
        curve.append([float(weights[inside].sum()), float(means[0]), float(means[1])])
    error = sum(weight * abs(rated - predicted) for weight, predicted, rated in filter(None, curve)) / weights.sum()
    return float(error), curve


def figures(y, p, weights):
    def mean(of):
        return float(np.average([of(*pair) for pair in zip(y, p)], weights=weights))

    columns = range(y.shape[1])
    r2 = [float(r2_score(y[:, at], p[:, at], sample_weight=weights)) for at in columns]
    concordance = [float(ccc(y[:, at], p[:, at], weights)) for at in columns]
    error, curve = calibration(y, p, weights)
    strongest = accuracy_score(y.argmax(1), p.argmax(1), sample_weight=weights)
    return {
        "figures": {
            "mean_r2": float(np.mean(r2)),
            "mean_ccc": float(np.mean(concordance)),
            "js": mean(lambda a, b: distance.jensenshannon(a, b) ** 2),
            "kl": mean(lambda a, b: entropy(a, np.maximum(b, LEAST_SHARE))),
            "chebyshev": mean(distance.chebyshev),
            "cosine": mean(lambda a, b: 1 - distance.cosine(a, b)),
            "intersection": mean(lambda a, b: 1 - distance.cityblock(a, b) / 2),
            "accuracy": float(strongest),
            "calibration_error": error,
            "r2": r2,
            "ccc": concordance,
        },
        "curve": curve,
    }


cases = []
for recordings, emotions, raters, counted in [(40, 5, 16, False), (25, 3, 8, True)]:
    y, p = drawn(recordings, emotions, raters)
    weights = random.multinomial(recordings, np.full(recordings, 1 / recordings)) if counted else np.ones(recordings)
    weights = weights.astype(float)
    cases.append({"rated": y.tolist(), "answers": p.tolist(), "weights": weights.tolist(), **figures(y, p, weights)})
made_with = {module.__name__: module.__version__ for module in (np, scipy, sklearn)}
text = json.dumps({"made_with": made_with, "cases": cases})
(Path(__file__).parent / "scores.json").write_text(text + "\n")
