"""Seconds that Python's `shap` takes to explain a recording exactly as `violin-emotion explain` does, on one thread (of its
CPU) or on all that TensorFlow takes (on the clock): the same model, read from its folder into Keras networks and the forests
of `shap`, the same players (families of the set `violin`) and references, all sequences in one batch. Prints how far its
values are from ours.

Usage: python python_explain.py MODEL FEATURES.npz EXPLANATION.json one|all. Made for shap 0.51.0, keras 3.15.1, tensorflow-cpu 2.21.0.
"""

import json
import os
import sys
import time
from pathlib import Path

ONE_THREAD = sys.argv[4] == "one"
os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="-1")
if ONE_THREAD:
    os.environ["OMP_NUM_THREADS"] = "1"

import keras
import numpy as np
import shap
import tensorflow as tf
from keras import layers
from safetensors.numpy import load_file

from python_shap import trees

BATCH = 4096
# Features a family, in the order of the set `violin`; in the same order follows how much of each family is missing.
FAMILIES = {
    "dynamics": 3,
    "vibrato": 4,
    "portamento": 3,
    "articulation": 4,
    "attack": 2,
    "intonation": 2,
    "timing": 4,
    "register": 5,
    "brightness": 2,
    "bow noise": 2,
    "mode": 3,
}
FEATURES = sum(FAMILIES.values())
COLUMNS, first = [], 0
for gap, count in enumerate(FAMILIES.values()):
    COLUMNS.append([*range(first, first + count), FEATURES + gap])
    first += count

if ONE_THREAD:
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
clock = time.process_time if ONE_THREAD else time.perf_counter


def network(arrays, part):
    """One restart's network as a Keras model that gives the embedding and the shares."""
    array = lambda name: arrays[f"{part}{name}"]
    lstm = [layers.Bidirectional(layers.LSTM(array(f"{name}.forward.recurrent").shape[0], return_sequences=sequences))
            for name, sequences in (("lstm", True), ("lstm_last", False))]
    norm = layers.LayerNormalization()
    embedding = layers.Dense(array("embedding.bias").size, activation="relu")
    softmax = layers.Dense(array("softmax.bias").size, activation="softmax")
    inputs = keras.Input((None, FEATURES + len(FAMILIES)))
    embedded = embedding(lstm[1](norm(lstm[0](inputs))))
    model = keras.Model(inputs, [embedded, softmax(embedded)])
    cells = [f"{direction}.{weight}" for direction in ("forward", "backward") for weight in ("kernel", "recurrent", "bias")]
    for layer, name in zip(lstm, ("lstm", "lstm_last")):
        layer.set_weights([array(f"{name}.{cell}") for cell in cells])
    norm.set_weights([array("norm.gamma"), array("norm.beta")])
    for layer, name in ((embedding, "embedding"), (softmax, "softmax")):
        layer.set_weights([array(f"{name}.kernel"), array(f"{name}.bias")])
    return model


def forest(arrays, part, outputs):
    """One restart's forest as a function, and its number of trees."""
    names = ("tree_start", "feature", "threshold", "left", "right", "cover", "value")
    ours = {name: arrays[f"{part}{name}"] for name in names} | {"outputs": outputs}
    # Numbers without a sign would wrap around.
    ours["tree_start"] = ours["tree_start"].astype(int)
    model = shap.TreeExplainer(trees(ours), feature_perturbation="tree_path_dependent").model
    return model.predict, len(ours["tree_start"]) - 1


class Hybrid:
    def __init__(self, folder):
        self.meta = json.loads((folder / "meta.json").read_text())
        self.arrays = load_file(folder / "lstm_model.safetensors")
        forests = load_file(folder / "rf_model.safetensors")
        self.emotions = self.meta["emotions"]
        self.parts = []
        for restart in self.meta["training"]["answering"]:
            part = f"restart.{restart}."
            self.parts.append((network(self.arrays, part), *forest(forests, part, len(self.emotions))))

    def read(self, values):
        """Windows as the networks read them."""
        scaled = (values - self.arrays["scaler.mean"]) / self.arrays["scaler.scale"]
        gaps = [np.isnan(values[:, columns[:-1]]).mean(axis=1) for columns in COLUMNS]
        return np.concatenate([np.nan_to_num(scaled), np.stack(gaps, axis=1)], axis=1).astype("f4")

    def __call__(self, sequences):
        weight, all_trees = self.meta["settings"]["model"]["network_weight"], sum(trees for *_, trees in self.parts)
        answer = 0
        for model, predict, trees_of_one in self.parts:
            embeddings, shares = model.predict(sequences, batch_size=BATCH, verbose=0)
            answer = answer + weight * shares / len(self.parts)
            answer = answer + (1 - weight) * predict(embeddings) * trees_of_one / all_trees
        return answer / answer.sum(axis=1, keepdims=True)


class Families:
    """Puts the families that are in the mask into every reference, over its whole length."""

    def __init__(self, references):
        self.references = references
        self.shape = (len(references), len(FAMILIES))

    def mask_shapes(self, _):
        return [(len(FAMILIES),)]

    def __call__(self, mask, sequence):
        mixed = self.references.copy()
        columns = [column for columns, present in zip(COLUMNS, mask) if present for column in columns]
        mixed[:, :, columns] = sequence[:, columns]
        return (mixed,)


def main():
    folder, features, explanation = map(Path, sys.argv[1:4])
    hybrid = Hybrid(folder)
    sequence = hybrid.read(np.load(features)["features"])
    windows, references, counts = len(sequence), [], []
    for at, (_, share) in enumerate(hybrid.meta["usual"]):
        rows = hybrid.read(hybrid.arrays[f"usual.{at}.values"])
        # Each window against the one at the same share of the time.
        references.append(rows[(2 * np.arange(windows) + 1) * len(rows) // (2 * windows)])
        counts.append(share * len(hybrid.meta["usual"]))
    references, counts = np.stack(references), np.array(counts)

    def answers(sequences):
        """`shap` takes the plain mean over the references: what each counts is put into its answer."""
        return hybrid(sequences) * np.tile(counts, len(sequences) // len(counts))[:, None]

    exact = shap.explainers.Exact(answers, Families(references))
    hybrid(references)  # the graph is built once
    begin = clock()
    values = exact(sequence[None], batch_size=2 ** len(FAMILIES)).values[0]
    print(f"explain_{windows}_windows {clock() - begin:.4f}")
    ours = json.loads(explanation.read_text())[0]["contributions"]
    ours = np.array([[ours[family][emotion] for emotion in hybrid.emotions] for family in FAMILIES])
    print(f"explain_apart {np.abs(values - ours).max():.3g}")


if __name__ == "__main__":
    main()
