"""The Python side: the notebook's work with librosa, noisereduce, Keras and scikit-learn. Features and predictions go without
noise reduction on both sides.

    python bench/python_stack.py predict MODEL_FOLDER RECORDING
"""

import sys

SAMPLE_RATE = 44_100
WINDOW_S, HOP_S = 3.0, 1.5
N_FFT, HOP_LENGTH = 2048, 512


def curve(values, points=20):
    import numpy as np

    return np.interp(np.linspace(0, len(values) - 1, points), np.arange(len(values)), values)


def features(y):
    """The 138 numbers of one window, in the notebook's order."""
    import librosa
    import numpy as np

    frame = dict(sr=SAMPLE_RATE, n_fft=N_FFT, hop_length=HOP_LENGTH)
    mfcc = librosa.feature.mfcc(y=y, n_mfcc=13, **frame)
    mfcc_delta = librosa.feature.delta(mfcc)
    chroma = librosa.feature.chroma_stft(y=y, **frame)
    contrast = librosa.feature.spectral_contrast(y=y, **frame)
    centroid = librosa.feature.spectral_centroid(y=y, **frame)
    bandwidth = librosa.feature.spectral_bandwidth(y=y, **frame)
    flatness = librosa.feature.spectral_flatness(y=y, n_fft=N_FFT, hop_length=HOP_LENGTH)
    tempo = librosa.beat.beat_track(y=y, sr=SAMPLE_RATE, hop_length=HOP_LENGTH)[0]
    tonnetz = librosa.feature.tonnetz(y=librosa.effects.harmonic(y), sr=SAMPLE_RATE)
    rms = librosa.feature.rms(y=y, frame_length=N_FFT, hop_length=HOP_LENGTH)[0]
    zcr = librosa.feature.zero_crossing_rate(y, frame_length=N_FFT, hop_length=HOP_LENGTH)[0]
    return np.concatenate([
        mfcc.mean(axis=1), mfcc.std(axis=1), mfcc_delta.mean(axis=1), mfcc_delta.std(axis=1),
        chroma.mean(axis=1), librosa.feature.delta(chroma).mean(axis=1), contrast.mean(axis=1),
        [centroid.mean(), centroid.std(), bandwidth.mean(), flatness.mean(), float(np.squeeze(tempo))],
        tonnetz.mean(axis=1), [rms.mean(), rms.std()], curve(rms), [zcr.mean(), zcr.std()], curve(zcr),
    ])


def windows(y):
    """The notebook's windows: none for a clip of exactly 3.0 s, and no tail."""
    length, hop = int(WINDOW_S * SAMPLE_RATE), int(HOP_S * SAMPLE_RATE)
    return [y[start:start + length] for start in range(0, len(y) - length, hop)]


def recording_features(path):
    import librosa
    import numpy as np

    y, _ = librosa.load(path, sr=SAMPLE_RATE)
    return np.stack([features(window) for window in windows(y)])


def features_with_copies(path):
    """As recording_features, of the recording and of four copies of it: two semitones down and up, a tenth slower and faster."""
    import librosa
    import numpy as np

    y, _ = librosa.load(path, sr=SAMPLE_RATE)
    shifted = [librosa.effects.pitch_shift(y, sr=SAMPLE_RATE, n_steps=steps) for steps in (-2, 2)]
    stretched = [librosa.effects.time_stretch(y, rate=rate) for rate in (0.9, 1.1)]
    return [np.stack([features(window) for window in windows(copy)]) for copy in (y, *shifted, *stretched)]


def denoise(y, stationary):
    import noisereduce

    return noisereduce.reduce_noise(y=y, sr=SAMPLE_RATE, stationary=stationary)


def build_network(steps, width, emotions):
    import keras
    from keras import layers

    network = keras.Sequential([
        layers.Input((steps, width)),
        layers.Masking(),
        layers.Bidirectional(layers.LSTM(128, return_sequences=True)),
        layers.LayerNormalization(),
        layers.Dropout(0.3),
        layers.Bidirectional(layers.LSTM(64)),
        layers.Dropout(0.3),
        layers.Dense(64, activation="relu", name="embedding"),
        layers.Dense(emotions, activation="softmax"),
    ])
    network.compile(optimizer=keras.optimizers.Adam(1e-3), loss="categorical_crossentropy")
    return network


def save_model(folder, steps=None, width=138, emotions=4):
    """An untrained network and a small fitted forest: what a cold prediction has to load."""
    import pickle

    import numpy as np
    from sklearn.ensemble import RandomForestRegressor

    random = np.random.default_rng(0)
    build_network(steps, width, emotions).save(f"{folder}/lstm_model.keras")
    forest = RandomForestRegressor(200, max_depth=10, random_state=0)
    forest.fit(random.normal(size=(150, 64)), random.dirichlet(np.ones(emotions), 150))
    with open(f"{folder}/rf_model.pkl", "wb") as file:
        pickle.dump(forest, file)


def load_model(folder):
    import pickle

    import keras

    network = keras.models.load_model(f"{folder}/lstm_model.keras")
    embedding = keras.Model(network.inputs, network.get_layer("embedding").output)
    with open(f"{folder}/rf_model.pkl", "rb") as file:
        return network, embedding, pickle.load(file)


def predict(model, path):
    network, embedding, forest = model
    x = recording_features(path)[None]
    return 0.7 * network.predict(x, verbose=0) + 0.3 * forest.predict(embedding.predict(x, verbose=0))


if __name__ == "__main__":
    command, folder, recording = sys.argv[1:4]
    assert command == "predict"
    print(predict(load_model(folder), recording))
