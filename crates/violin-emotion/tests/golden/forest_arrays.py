"""A scikit-learn forest in the layout of `rf_model.safetensors`, for the scripts beside this one."""

import numpy as np


def arrays(forest):
    """Trees one after the other, each node before its children."""
    out = {"width": forest.n_features_in_, "outputs": forest.n_outputs_}
    out |= {name: [] for name in ("tree_start", "feature", "threshold", "left", "right", "cover", "value")}
    for estimator in forest.estimators_:
        tree, first = estimator.tree_, len(out["feature"])
        out["tree_start"].append(first)
        for node in range(tree.node_count):
            leaf = tree.children_left[node] < 0
            out["feature"].append(2**32 - 1 if leaf else int(tree.feature[node]))
            out["threshold"].append(0.0 if leaf else float(tree.threshold[node]))
            out["left"].append(len(out["value"]) // out["outputs"] if leaf else int(tree.children_left[node]) + first)
            out["right"].append(0 if leaf else int(tree.children_right[node]) + first)
            out["cover"].append(float(tree.weighted_n_node_samples[node]))
            if leaf:
                out["value"] += [float(np.float32(value)) for value in tree.value[node, :, 0]]
    out["tree_start"].append(len(out["feature"]))
    return out
