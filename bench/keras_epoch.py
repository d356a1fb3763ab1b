"""Seconds a training epoch takes in Keras, on the shapes of the Rust bench `network`: the notebook's network, which has no
masking and is the faster for it. Prints a name and a figure a line.

Usage: python keras_epoch.py [THREADS], 2 by default. Made for keras 3.15.1 on tensorflow-cpu 2.21.0.
"""

import os
import statistics
import sys
import time

threads = int(sys.argv[1]) if len(sys.argv) > 1 else 2
os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", OMP_NUM_THREADS=str(threads))

import keras
import numpy as np
import tensorflow as tf
from keras import layers

SEQUENCES, FEATURES, EMOTIONS, EPOCHS = 360, 138, 3, 7

tf.config.threading.set_intra_op_parallelism_threads(threads)
tf.config.threading.set_inter_op_parallelism_threads(threads)


def network():
    return keras.Sequential([
        keras.Input((None, FEATURES)),
        layers.Bidirectional(layers.LSTM(128, return_sequences=True)),
        layers.LayerNormalization(),
        layers.Dropout(0.3),
        layers.Bidirectional(layers.LSTM(64)),
        layers.Dropout(0.3),
        layers.Dense(64, activation="relu"),
        layers.Dense(EMOTIONS, activation="softmax"),
    ])


class Clock(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.wall, self.cpu = [], []

    def on_epoch_begin(self, epoch, logs=None):
        self.start = time.perf_counter(), time.process_time()

    def on_epoch_end(self, epoch, logs=None):
        self.wall.append(time.perf_counter() - self.start[0])
        self.cpu.append(time.process_time() - self.start[1])


for windows in [8, 64]:
    random = np.random.default_rng(1)
    inputs = random.uniform(-1, 1, (SEQUENCES, windows, FEATURES)).astype("f4")
    targets = np.tile(np.array([[0.5, 0.3, 0.2]], "f4"), (SEQUENCES, 1))
    model = network()
    model.compile(keras.optimizers.Adam(1e-3), "categorical_crossentropy")
    clock = Clock()
    model.fit(inputs, targets, batch_size=16, epochs=EPOCHS + 1, callbacks=[clock], verbose=0)
    # The first epoch also builds the graph.
    wall, cpu = statistics.median(clock.wall[1:]), statistics.median(clock.cpu[1:])
    one = tf.constant(inputs[:1])
    answer = tf.function(lambda batch: model(batch, training=False))
    answer(one)
    start = time.perf_counter()
    for _ in range(50):
        answer(one)
    single = (time.perf_counter() - start) / 50
    start = time.perf_counter()
    for _ in range(5):
        model.predict(inputs[:1], verbose=0)
    predict = (time.perf_counter() - start) / 5
    print(f"epoch_T{windows} {wall:.4f}", flush=True)
    print(f"epoch_cpu_T{windows} {cpu:.4f}", flush=True)
    print(f"one_sequence_T{windows} {single:.6f}", flush=True)
    print(f"keras_predict_T{windows} {predict:.6f}", flush=True)
