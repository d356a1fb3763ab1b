"""Python says what the command line says, to the last bit."""

import csv
import io
import json
import subprocess
import wave

import numpy as np
from conftest import SMALL

import violin_emotion as ve


def ask(program, *arguments):
    return subprocess.run([program, *arguments], check=False, capture_output=True, text=True).stdout


def toml(settings, path=""):
    """The few settings of these tests as TOML."""
    lines = [f"{name} = {value}" for name, value in settings.items() if not isinstance(value, dict)]
    text = "\n".join([f"[{path}]"] + lines) if lines else ""
    tables = (toml(value, f"{path}.{name}".lstrip(".")) for name, value in settings.items() if isinstance(value, dict))
    return "\n".join([text, *tables])


def test_an_answer_is_that_of_the_command_line(program, model, folder, takes, tmp_path):
    broken = tmp_path / "broken.wav"
    broken.write_bytes(b"no sound")
    paths = [*takes[:3], str(broken), str(tmp_path / "missing.wav")]
    told = json.loads(ask(program, "predict", *paths, "--model", folder, "--timeline", "--format", "json"))
    answers = model.analyze(paths)
    assert [answer.to_dict() for answer in answers] == told
    shares = np.array([list(one["emotions"].values()) for one in told[:3]], np.float32)
    assert np.array_equal(model.predict(paths[:3]), shares)
    assert [answer.status for answer in answers] == ["ok", "ok", "ok", "error", "error"]


def test_paths_bytes_and_samples_are_one(model, takes):
    with wave.open(takes[0]) as file:
        sixteen = np.frombuffer(file.readframes(file.getnframes()), "<i2")
    with open(takes[0], "rb") as file:
        whole = file.read()
    expected = model.predict(takes[0])
    samples = sixteen / 32_768
    spread = np.repeat(samples, 2)[::2]
    assert not spread.flags.c_contiguous
    for same in (whole, sixteen, sixteen.astype(np.int32) * 65_536, samples, samples.astype(np.float32), spread,
                 (samples, 44_100), samples[None], samples.tolist()):
        given = same if isinstance(same, (bytes, np.ndarray, tuple)) else [same]
        assert np.array_equal(np.ravel(model.predict(given)), expected)
    assert model.predict([whole, takes[0]]).shape == (2, 4)


def test_an_explanation_is_that_of_the_command_line(program, model, folder, takes):
    [told] = json.loads(ask(program, "explain", takes[1], "--model", folder, "--format", "json"))
    explanation = model.explain(takes[1]).to_dict()
    assert {name: explanation[name] for name in told if name not in ("status", "error", "hint")} == {
        name: value for name, value in told.items() if name not in ("status", "error", "hint")
    }


def test_a_trained_model_is_that_of_the_command_line(program, dataset, tmp_path):
    (tmp_path / "small.toml").write_text(toml(SMALL))
    labels = dataset.paths[0].parents[1] / "emotion_labels.csv"
    ask(program, "train", "--audio", dataset.paths[0].parent, "--labels", labels, "--group-by", "performer", "--config",
        tmp_path / "small.toml", "--seed", "3", "--out", tmp_path / "by_program")
    model = ve.EmotionModel(settings=SMALL, seed=3, progress=False)
    scores = model.train(dataset).scores
    model.save(tmp_path / "by_python")
    for name in ("meta.json", "lstm_model.safetensors", "rf_model.safetensors", "ridge_model.safetensors"):
        assert (tmp_path / "by_python" / name).read_bytes() == (tmp_path / "by_program" / name).read_bytes(), name
    assert list(scores) == ["mean_label", "ridge", "forest", "network", "embedding_forest", "low_rank_ridge", "hybrid"]


def test_x_is_the_set_classic(program, dataset):
    labels = dataset.paths[0].parents[1] / "emotion_labels.csv"
    X, y, lengths = ve.create_temporal_dataset(dataset.paths[0].parent, labels, augment=False, lengths=True, progress=False)
    rows = csv.reader(io.StringIO(ask(program, "features", *map(str, dataset.paths), "--set", "classic", "--windowing", "notebook")))
    assert len(next(rows)) == 3 + 138
    told = {}
    for path, _, _, *values in rows:
        told.setdefault(path, []).append(np.array(values, np.float32))
    for features, path, length in zip(X, dataset.paths, lengths):
        assert np.array_equal(features[:length], np.stack(told[str(path)]))
        assert not features[length:].any()
    assert np.array_equal(y, dataset.shares) and X.shape[0] == len(dataset)
    assert np.array_equal(ve.extract_temporal_features(dataset.paths[0]), X[0][: lengths[0]])


def test_rendered_takes_are_those_of_the_command_line(program, dataset, tmp_path):
    ask(program, "render", "--n", "12", "--seed", "1", "--duration", "5", "--out", tmp_path / "rendered")
    folder = dataset.paths[0].parents[1]
    for name in ["emotion_labels.csv", "recipe.toml", "truth.csv", "notes.csv", *(f"recordings/{path.name}" for path in dataset.paths)]:
        assert (folder / name).read_bytes() == (tmp_path / "rendered" / name).read_bytes(), name
