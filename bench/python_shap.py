"""CPU seconds that Python's `shap` takes on one thread for what the Rust bench `shap` wrote, and how far apart the values are.

Usage: python python_shap.py FILE. Made for shap 0.51.0.
"""

import json
import sys
import time

import numpy as np
import shap

LEAF = 2**32 - 1


def trees(forest):
    """Our arrays as the trees that `shap` reads."""
    count = len(forest["tree_start"]) - 1
    names = ("feature", "threshold", "left", "right", "cover")
    feature, threshold, left, right, cover = (np.asarray(forest[name]) for name in names)
    values = np.asarray(forest["value"]).reshape(-1, forest["outputs"])
    made = []
    for begin, end in zip(forest["tree_start"], forest["tree_start"][1:]):
        leaf = feature[begin:end] == LEAF
        children = [np.where(leaf, -1, side[begin:end].astype(int) - begin) for side in (left, right)]
        made.append({
            "children_left": children[0],
            "children_right": children[1],
            "children_default": children[1],
            "features": np.where(leaf, -2, feature[begin:end].astype(int)),
            "thresholds": threshold[begin:end].astype(np.float64),
            "values": np.where(leaf[:, None], values[np.where(leaf, left[begin:end], 0)], 0.0) / count,
            "node_sample_weight": cover[begin:end].astype(np.float64),
        })
    return {"trees": made, "input_dtype": np.float32, "tree_output": "raw_value"}


def measure(name, explainer, asked, ours, repeats):
    seconds = []
    for _ in range(repeats):
        begin = time.process_time()
        values = explainer.shap_values(asked, check_additivity=False)
        seconds.append(time.process_time() - begin)
    ours = np.array([shap["values"] for shap in ours]).reshape(values.shape)
    print(f"{name} {min(seconds):.5f}", flush=True)
    print(f"{name}_apart {np.abs(values - ours).max():.3g}", flush=True)


def main():
    written = json.load(open(sys.argv[1]))
    forest = written["forest"]
    asked, background = (np.array(written[name], "f4").reshape(-1, forest["width"]) for name in ("asked", "background"))
    by_cover = shap.TreeExplainer(trees(forest), feature_perturbation="tree_path_dependent")
    measure(f"by_cover_{len(asked)}_rows", by_cover, asked, written["by_cover"], 3)
    against = shap.TreeExplainer(trees(forest), background, feature_perturbation="interventional")
    name = f"against_{len(background)}_{len(asked)}_rows"
    measure(name, against, asked, written["against"], 1)


if __name__ == "__main__":
    main()
