"""Writes hybrid_shap.json: a small hybrid of a Keras network and a scikit-learn forest on its embedding, and the Shapley
values that shap.explainers.Exact gives of its answer to a sequence, groups of columns being the players.

Made with Python 3, shap 0.51.0, keras 3.15.1, tensorflow-cpu 2.21.0, scikit-learn 1.9.1, numpy 2; run from anywhere:
python make_golden_hybrid_shap.py
"""

import json
import os
import pathlib

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")

import keras
import numpy as np
import shap
from keras import layers
from sklearn.ensemble import RandomForestRegressor

from forest_arrays import arrays
from keras_weights import named, numbers

FEATURES, LSTM, LSTM_LAST, EMBEDDING, EMOTIONS = 7, 5, 4, 6, 3
WINDOWS, BACKGROUND, TRAINING = 4, 5, 80
GROUPS = [[0], [1, 4], [2, 3], [5, 6]]
NETWORK_WEIGHT = 0.7

keras.utils.set_random_seed(21)
random = np.random.default_rng(21)

inputs = keras.Input((WINDOWS, FEATURES))
lstm = layers.Bidirectional(layers.LSTM(LSTM, return_sequences=True))
norm = layers.LayerNormalization()
lstm_last = layers.Bidirectional(layers.LSTM(LSTM_LAST))
embedding = layers.Dense(EMBEDDING, activation="relu")
softmax = layers.Dense(EMOTIONS, activation="softmax")
embedded = embedding(lstm_last(norm(lstm(inputs))))
network = keras.Model(inputs, [embedded, softmax(embedded)])
# Away from the first weights, so that no bias or scale is 0 or 1, and the emotions are told apart.
for weight in network.weights:
    weight.assign(np.asarray(weight) + random.normal(0, 1, weight.shape).astype("f4"))

training, background = (random.normal(0, 1, (n, WINDOWS, FEATURES)).astype("f4") for n in (TRAINING, BACKGROUND))
sequence = random.normal(0, 1, (1, WINDOWS, FEATURES)).astype("f4")
targets = random.dirichlet(np.ones(EMOTIONS), TRAINING)
embeddings = network.predict(training, verbose=0)[0]
forest = RandomForestRegressor(20, max_depth=5, random_state=1, n_jobs=1).fit(embeddings, targets)
asked = []


def hybrid(sequences):
    embeddings, shares = network.predict(sequences, verbose=0)
    asked.append(embeddings)
    return NETWORK_WEIGHT * shares.astype("f8") + (1 - NETWORK_WEIGHT) * forest.predict(embeddings)


class Groups:
    """Puts the columns of the groups that are in the mask into every sequence of the background, over its whole length."""

    shape = (BACKGROUND, len(GROUPS))
    mask_shapes = lambda self, _: [(len(GROUPS),)]

    def __call__(self, mask, sequence):
        mixed = background.copy()
        for columns in (columns for columns, present in zip(GROUPS, mask) if present):
            mixed[:, :, columns] = sequence[:, columns]
        return (mixed,)


explained = shap.explainers.Exact(hybrid, Groups())(sequence)
base, values = explained.base_values[0], explained.values[0]
answer = hybrid(sequence)[0]
assert values.shape == (len(GROUPS), EMOTIONS) and np.abs(base + values.sum(axis=0) - answer).max() < 1e-6

# Rounding must not send an embedding to another leaf than ours.
trees = [estimator.tree_ for estimator in forest.estimators_]
nearest = min(
    np.abs(np.concatenate(asked)[:, tree.feature[node]] - tree.threshold[node]).min()
    for tree in trees
    for node in np.flatnonzero(tree.children_left >= 0)
)
assert nearest > 3e-6, nearest

tensors = named(lstm, norm, lstm_last, embedding, softmax)

golden = {
    "shape": {
        "features": FEATURES,
        "lstm": LSTM,
        "lstm_last": LSTM_LAST,
        "embedding": EMBEDDING,
        "emotions": EMOTIONS,
    },
    "tensors": {name: {"shape": list(weight.shape), "values": numbers(weight)} for name, weight in tensors.items()},
    "forest": arrays(forest),
    "network_weight": NETWORK_WEIGHT,
    "groups": GROUPS,
    "sequence": numbers(sequence),
    "background": [numbers(one) for one in background],
    "base": base.tolist(),
    "values": values.ravel().tolist(),
}
path = pathlib.Path(__file__).with_name("hybrid_shap.json")
path.write_text(json.dumps(golden, separators=(",", ":")).replace('],"', '],\n"') + "\n")
print(path.name, path.stat().st_size, "bytes; values", np.round(values, 3).tolist(), "nearest", nearest)
