"""Ridge and forest of `evaluate` beside scikit-learn's, on the same folds, with the same features and penalties.

    violin-emotion features DIR --set classic --out windows.csv
    violin-emotion evaluate --audio DIR --labels CSV --group-by COL --set classic --folds-file FOLDS --out OUT
    python3 parity_baselines.py windows.csv OUT

Needs scikit-learn 1.9.1 and pandas. The clip summaries are made anew here from the windows; of a fold's choices only the
penalty is taken over. Prints the pooled out-of-fold R2 of both sides, mean over emotions and repetitions; fails beyond 0.01.
"""

import json
import sys

import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import Ridge
from sklearn.metrics import r2_score
from sklearn.preprocessing import StandardScaler

BAR = 0.01

windows = pd.read_csv(sys.argv[1])
evaluation = json.load(open(f"{sys.argv[2]}/evaluation.json"))
name = windows.columns[0]
measured = windows.drop(columns=[name]).drop(columns=["window", "start_s", "end_s"], errors="ignore")
clips = measured.groupby(windows[name])
summary = pd.concat([clips.mean(), clips.std(ddof=0)], axis=1)
summary.index = [file.rsplit("/", 1)[-1] for file in summary.index]

answers = evaluation["answers"]
penalties = {(c["repetition"], c["fold"]): c["ridge_penalty"] for c in evaluation["chosen"]}
scores = {"ridge": [], "forest": []}
for repetition in sorted({a["repetition"] for a in answers}):
    rows = [a for a in answers if a["repetition"] == repetition]
    x = summary.loc[[a["file_name"].rsplit("/", 1)[-1] for a in rows]].to_numpy()
    y = np.array([a["rated"] for a in rows])
    fold = np.array([a["fold"] for a in rows])
    found = {method: np.zeros_like(y) for method in scores}
    for number in sorted(set(fold)):
        train, test = fold != number, fold == number
        scaler = StandardScaler().fit(x[train])
        ridge = Ridge(alpha=penalties[repetition, number]).fit(scaler.transform(x[train]), y[train])
        shares = np.clip(ridge.predict(scaler.transform(x[test])), 0, None)
        found["ridge"][test] = shares / shares.sum(axis=1, keepdims=True)
        forest = RandomForestRegressor(200, max_depth=10, random_state=int(number)).fit(x[train], y[train])
        found["forest"][test] = forest.predict(x[test])
    for method in scores:
        scores[method].append(r2_score(y, found[method]))

failed = False
for row in evaluation["rows"]:
    if row["method"] in scores:
        ours, theirs = row["figures"]["mean_r2"], float(np.mean(scores[row["method"]]))
        failed |= abs(ours - theirs) > BAR
        print(f"{row['method']}: ours {ours:.4f}, scikit-learn {theirs:.4f}, difference {ours - theirs:+.4f}")
sys.exit(failed)
