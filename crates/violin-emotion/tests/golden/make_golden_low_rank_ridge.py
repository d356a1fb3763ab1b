"""A low-rank ridge on normal scores, by numpy and scipy, for `model/ridge`.

    pip install numpy==2.4.6 scipy==1.17.1
    python make_golden_low_rank_ridge.py        # writes low_rank_ridge.json

Thirty recordings of three windows and five features, three emotions; ten groups of three; three folds of groups, dealt here. Written from the
description: normal scores of means and standard deviations (n - 1), square roots of shares, principal components, one penalty a
component by the folds' squares.
"""

import json
from pathlib import Path

import numpy as np
from scipy.stats import norm, rankdata

RECORDINGS, WINDOWS, FEATURES, EMOTIONS, FOLDS = 30, 3, 5, 3, 3
PENALTIES = 10 ** (0.5 + 0.25 * np.arange(19))


def scores(known, asked):
    """The normal score of each asked number's rank among the known ones, a straight line between them, the ends' outside."""
    columns = []
    for column in range(known.shape[1]):
        ranks = (rankdata(known[:, column]) - 0.5) / len(known)
        values, first = np.unique(known[:, column], return_index=True)
        columns.append(np.interp(asked[:, column], values, norm.ppf(ranks[first])))
    return np.stack(columns, axis=1)


def ridge(known, targets, asked, penalty):
    mean, middle = known.mean(0), targets.mean(0)
    away = known - mean
    weights = np.linalg.solve(away.T @ away + penalty * np.eye(away.shape[1]), away.T @ (targets - middle))
    return (asked - mean) @ weights + middle


def main():
    rng = np.random.default_rng(20261126)
    cue = rng.normal(size=RECORDINGS)
    windows = rng.normal(size=(RECORDINGS, WINDOWS, FEATURES))
    windows[:, :, 0] += 2 * cue[:, None]
    windows[:, :, 1] = np.exp(windows[:, :, 1] - cue[:, None])
    windows = windows.astype(np.float32).astype(float)
    tendency = np.stack([1.2 * cue, -cue, 0.5 * rng.normal(size=RECORDINGS)], axis=1)
    shares = np.exp(tendency) / np.exp(tendency).sum(1, keepdims=True)
    shares = shares.astype(np.float32).astype(float)
    fold = np.arange(RECORDINGS) // 3 % FOLDS

    summary = np.hstack([windows.mean(1), windows.std(1, ddof=1)])
    roots = np.sqrt(shares)
    centre = roots.mean(0)
    _, sizes, turn = np.linalg.svd(roots - centre, full_matrices=False)
    turn = turn[sizes**2 > 1e-9 * (sizes**2).sum()]
    components = (roots - centre) @ turn.T
    held_out = np.zeros((len(PENALTIES), *components.shape))
    for number in range(FOLDS):
        learned, judged = fold != number, fold == number
        known = scores(summary[learned], summary[learned])
        asked = scores(summary[learned], summary[judged])
        for at, penalty in enumerate(PENALTIES):
            held_out[at, judged] = ridge(known, components[learned], asked, penalty)
    best = ((held_out - components) ** 2).sum(1).argmin(0)
    known = scores(summary, summary)
    fitted = np.stack(
        [ridge(known, components, known, PENALTIES[best[at]])[:, at] for at in range(len(best))], axis=1
    )
    squares = np.clip(fitted @ turn + centre, 0, None) ** 2
    golden = {
        "windows": windows.ravel().tolist(),
        "shares": shares.ravel().tolist(),
        "fold": fold.tolist(),
        "penalties": PENALTIES[best].tolist(),
        "answers": (squares / squares.sum(1, keepdims=True)).ravel().tolist(),
    }
    path = Path(__file__).with_name("low_rank_ridge.json")
    path.write_text(json.dumps(golden) + "\n")


main()
