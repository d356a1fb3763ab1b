"""Writes network.json: a small Keras network, its answers to ragged sequences, its gradients, and three Adam steps.

Made with Python 3, keras 3.15.1, tensorflow-cpu 2.21.0, numpy 2; run from anywhere: python make_golden_network.py
Sequences are padded with a mask value and masked, as Keras does it; the file holds them without padding.
"""

import json
import os
import pathlib

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from keras_weights import named, numbers

FEATURES, LSTM, LSTM_LAST, EMBEDDING, EMOTIONS = 7, 5, 4, 6, 3
LENGTHS = [3, 1, 5, 2, 4]
MASK = -1000.0

keras.utils.set_random_seed(20)
random = np.random.default_rng(20)

inputs = keras.Input((None, FEATURES))
masked = layers.Masking(MASK)(inputs)
lstm = layers.Bidirectional(layers.LSTM(LSTM, return_sequences=True))
norm = layers.LayerNormalization()
lstm_last = layers.Bidirectional(layers.LSTM(LSTM_LAST))
embedding = layers.Dense(EMBEDDING, activation="relu")
softmax = layers.Dense(EMOTIONS, activation="softmax")
embedded = embedding(lstm_last(norm(lstm(masked))))
model = keras.Model(inputs, [embedded, softmax(embedded)])

# Away from the first weights, so that no bias or scale is 0 or 1.
for weight in model.weights:
    weight.assign(np.asarray(weight) + random.normal(0, 0.2, weight.shape).astype("f4"))

tensors = named(lstm, norm, lstm_last, embedding, softmax)

padded = np.full((len(LENGTHS), max(LENGTHS), FEATURES), MASK, "f4")
sequences = [random.normal(0, 1, (length, FEATURES)).astype("f4") for length in LENGTHS]
for row, sequence in zip(padded, sequences):
    row[: len(sequence)] = sequence
targets = random.dirichlet(np.ones(EMOTIONS), len(LENGTHS)).astype("f4")

batch = tf.constant(padded)
with tf.GradientTape() as tape:
    tape.watch(batch)
    embeddings, probabilities = model(batch)
    loss = tf.reduce_mean(keras.losses.categorical_crossentropy(targets, probabilities))
variables = [weight.value for weight in tensors.values()]
*gradients, by_inputs = tape.gradient(loss, [*variables, batch])

weights = random.normal(0, 1, 6).astype("f4")
steps = random.normal(0, [1, 1e-3, 5, 1e-6, 0, 1], (3, 6)).astype("f4")
variable = keras.Variable(weights)
optimizer = keras.optimizers.Adam(1e-3)
optimizer.build([variable])
after = []
for gradient in steps:
    optimizer.apply([keras.ops.convert_to_tensor(gradient)], [variable])
    after.append(np.asarray(variable).tolist())

golden = {
    "made_with": {"keras": keras.__version__, "tensorflow": tf.__version__, "numpy": np.__version__},
    "shape": {
        "features": FEATURES,
        "lstm": LSTM,
        "lstm_last": LSTM_LAST,
        "embedding": EMBEDDING,
        "emotions": EMOTIONS,
    },
    "tensors": {
        name: {"shape": list(weight.shape), "values": numbers(weight), "gradient": numbers(gradient)}
        for (name, weight), gradient in zip(tensors.items(), gradients)
    },
    "loss": float(loss),
    "sequences": [
        {
            "rows": numbers(sequence),
            "target": numbers(target),
            "embedding": numbers(embedding),
            "probabilities": numbers(shares),
            "gradient": numbers(gradient[: len(sequence)]),
        }
        for sequence, target, embedding, shares, gradient in zip(
            sequences, targets, embeddings.numpy(), probabilities.numpy(), by_inputs.numpy()
        )
    ],
    "adam": {
        "learning_rate": 1e-3,
        "weights": numbers(weights),
        "gradients": [numbers(gradient) for gradient in steps],
        "steps": [numbers(step) for step in after],
    },
}
path = pathlib.Path(__file__).with_name("network.json")
path.write_text(json.dumps(golden, indent=None, separators=(",", ":")) + "\n")
print(path, path.stat().st_size, "bytes")
