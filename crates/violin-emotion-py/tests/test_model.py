"""The model in Python's and scikit-learn's manners."""

import copy
import json
import multiprocessing
import os
import pickle
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from conftest import SMALL

import violin_emotion as ve


def test_an_analysis_in_every_form(model, takes):
    pandas, polars = pytest.importorskip("pandas"), pytest.importorskip("polars")
    analysis = model.analyze(takes[0])
    told = analysis.to_dict()
    assert json.loads(analysis.to_json()) == told and told["schema"] == "violin-emotion/analysis/1"
    assert list(analysis.emotions) == model.emotions_
    assert all(low <= analysis.emotions[name] <= high for name, (low, high) in analysis.intervals.items())
    frame = analysis.to_pandas()
    assert isinstance(frame, pandas.DataFrame)
    assert list(frame) == ["path", "start_s", "end_s", *model.emotions_] and len(frame) == len(told["timeline"])
    assert isinstance(analysis.to_polars(), polars.DataFrame) and analysis.to_polars().columns == list(frame)
    assert json.loads(analysis.to_jams())["annotations"][0]["namespace"] == "tag_open"
    page = analysis._repr_html_()
    assert "<svg" in page and all(name in page for name in model.emotions_)
    timeline = model.timeline(takes[0])
    assert timeline.shares.shape == (len(timeline.start_s), 4) and np.allclose(timeline.shares.sum(axis=1), 1, atol=1e-4)


def test_an_explanation_sums_to_the_answer(model, takes):
    one, other = model.explain(takes[:2], reference=takes[2])
    assert np.allclose(one.base + one.contributions.sum(axis=0), one.prediction, atol=1e-5)
    assert one.to_dict()["reference"] == takes[2] and other.path == takes[1]
    assert "<table>" in one._repr_html_() and one.sentences
    inside = model.explain(takes[0], within="dynamics", timeline=True).to_dict()
    assert inside["within"]["dynamics"] and inside["timeline"]
    with pytest.raises(ve.Error, match="dynamics"):
        model.explain(takes[0], within=["tempo_of_the_moon"])


def test_an_evaluation_has_every_method(dataset):
    evaluation = ve.evaluate(dataset, folds=3, settings=SMALL, progress=False)
    assert "hybrid" in evaluation.scores and "hybrid" in repr(evaluation) and "hybrid" in evaluation._repr_html_()
    assert len(evaluation.to_dict()["answers"]) == 12


def test_scikit_learn(dataset, takes):
    pytest.importorskip("sklearn")
    from sklearn.base import clone
    from sklearn.model_selection import GroupKFold, cross_val_score
    from sklearn.pipeline import Pipeline
    from sklearn.preprocessing import FunctionTransformer

    model = ve.EmotionModel(settings=SMALL, progress=False)
    assert clone(model).get_params() == model.get_params() and clone(model) is not model
    assert model.set_params(seed=4).seed == 4 and "seed=4" in repr(model)
    with pytest.raises(ve.ConfigError, match="found 'sede'"):
        model.set_params(sede=4)
    paths, groups = np.array(takes), np.array(dataset.groups)
    scores = cross_val_score(model, paths, dataset.shares, groups=groups, cv=GroupKFold(3))
    assert scores.shape == (3,) and np.isfinite(scores).all()
    pipeline = Pipeline([("as_they_are", FunctionTransformer()), ("model", model)]).fit(paths, dataset.shares)
    assert pipeline.predict(paths[:2]).shape == (2, 4)
    labels = dataset.paths[0].parents[1] / "emotion_labels.csv"
    X, y = ve.create_temporal_dataset(dataset.paths[0].parent, labels, augment=False)
    scores = cross_val_score(ve.HybridEmotionModel(settings=SMALL), X, y, groups=groups, cv=GroupKFold(3))
    assert np.isfinite(scores).all()


def test_a_handle_is_its_folder(model, takes, tmp_path, monkeypatch):
    expected = model.predict(takes[0])
    pickled = pickle.dumps(model)
    assert len(pickled) < 2_000
    monkeypatch.chdir(tmp_path)
    again = pickle.loads(pickled)
    assert np.array_equal(again.predict(takes[0]), expected)
    unfitted = pickle.loads(pickle.dumps(ve.EmotionModel(seed=7)))
    assert unfitted.seed == 7


def test_a_model_never_saved_is_its_files(dataset, takes):
    model = ve.EmotionModel(settings=SMALL, progress=False).fit(dataset)
    again = pickle.loads(pickle.dumps(model))
    assert np.array_equal(again.predict(takes[:2]), model.predict(takes[:2]))


def test_a_model_that_was_judged_has_a_card(dataset, tmp_path):
    model = ve.EmotionModel(settings=SMALL, progress=False)
    model.train(dataset)
    model.save(tmp_path / "judged")
    card = (tmp_path / "judged" / "MODEL_CARD.md").read_text(encoding="utf-8")
    assert card.startswith("# Model card") and "What it reaches on recordings it has not heard" in card
    ve.EmotionModel.load(tmp_path / "judged").save(tmp_path / "again")
    assert (tmp_path / "again" / "MODEL_CARD.md").read_text(encoding="utf-8") == card


def test_a_model_of_rendered_takes_says_so(dataset, takes):
    warnings = ve.EmotionModel(settings=SMALL, progress=False).fit(dataset).analyze(takes[0]).warnings
    assert any("no evidence about listeners" in warning for warning in warnings)


def test_the_built_in_model_says_what_it_is(takes):
    answer = ve.EmotionModel.load("built-in").analyze(takes[0])
    assert answer.to_json() == ve.EmotionModel.built_in().analyze(takes[0]).to_json()
    assert list(answer.to_dict()["emotions"]) == ["happiness", "sadness", "anger", "tenderness"]
    assert any("no evidence about listeners" in warning for warning in answer.warnings)


def test_what_is_noticed_of_recordings_is_said(dataset, takes):
    shares = [[0.2, 0.3, 0.1, 0.4]] * 4
    with pytest.warns(UserWarning, match="one sound|same sound|copies"):
        ve.EmotionModel(settings=SMALL, emotions=list("abcd"), progress=False).fit(
            [takes[0], takes[0], takes[1], takes[2]], shares, groups=list("wxyz")
        )


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_processes(model, takes, method):
    if method not in multiprocessing.get_all_start_methods():
        pytest.skip("not on this system")
    # The parent has worked on several threads before it forks.
    expected = model.predict(takes[:4])
    with multiprocessing.get_context(method).Pool(2) as pool:
        answers = pool.map_async(model.predict, [takes[:2], takes[2:4]]).get(timeout=120)
    assert np.array_equal(np.concatenate(answers), expected)


def test_eight_threads_answer_alike(model, takes):
    expected = [model.predict(path) for path in takes[:4]]
    wrong = []

    def ask():
        for path, shares in zip(takes[:4], expected):
            if not np.array_equal(model.predict(path), shares):
                wrong.append(path)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def resident_mb():
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="Linux alone says how much memory is resident")
def test_a_thousand_calls_leak_nothing(model):
    second = np.sin(np.arange(44_100) / 20).astype(np.float32)
    for _ in range(100):
        model.predict(second)
    before = resident_mb()
    for _ in range(1_000):
        model.predict(second)
    assert resident_mb() - before < 5


def test_a_copy_is_the_same_model_and_a_pickle_knows_another(folder, takes, tmp_path):
    place = tmp_path / "hybrid_model"
    shutil.copytree(folder, place)
    model = ve.EmotionModel.load(place)
    expected, kept = model.predict(takes[0]).tolist(), pickle.dumps(model)
    assert pickle.loads(kept).predict(takes[0]).tolist() == expected
    ve.EmotionModel.built_in().save(place)
    for copied in (copy.copy(model), copy.deepcopy(model)):
        assert copied.predict(takes[0]).tolist() == expected
    with pytest.raises(ve.ModelError, match="expected the model that was pickled, found another"):
        pickle.loads(kept)
    # One without a folder brings its card along.
    for model in (ve.EmotionModel.built_in(), pickle.loads(pickle.dumps(ve.EmotionModel.built_in()))):
        model.save(tmp_path / "again")
        assert (tmp_path / "again" / "MODEL_CARD.md").is_file()
        shutil.rmtree(tmp_path / "again")
    with pytest.raises(ve.ModelError, match="is what the built-in model is called"):
        model.save("built-in")
    assert ve.EmotionModel.load(Path("built-in")).emotions_ == model.emotions_


def test_an_answer_is_pickled_as_what_it_says(model, takes):
    for answer in model.analyze([takes[0], "nowhere.wav", None]):
        again = pickle.loads(pickle.dumps(answer))
        assert again.to_json() == answer.to_json() and again._repr_html_() == answer._repr_html_()
        if answer.status == "ok":
            assert again.to_jams() == answer.to_jams() and again.to_pandas().equals(answer.to_pandas())
        else:
            with pytest.raises(ve.FileError if answer.path == "nowhere.wav" else ve.DataError):
                again.raise_for_error()


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="Linux alone says how many threads there are")
def test_no_more_threads_are_started_than_are_of_use(folder, takes):
    running = lambda: len(os.listdir("/proc/self/task"))
    before, counted = running(), []
    model = ve.EmotionModel.load(folder, threads=2_000, progress=lambda *step: counted.append(running()))
    model.predict(takes[:4])
    assert before < max(counted) <= before + 4 * os.cpu_count()


def test_progress_is_told_and_its_exceptions_arrive(folder, takes):
    told = []
    model = ve.EmotionModel.load(folder, progress=lambda *step: told.append(step))
    model.predict(takes[:3])
    assert [(what, done, total) for what, done, total, _ in told] == [("measuring", n, 3) for n in (1, 2, 3)]

    def refuse(*step):
        raise RuntimeError("enough")

    model.progress = refuse
    with pytest.raises(RuntimeError, match="enough"):
        model.predict(takes[:3])
    drawn = subprocess.run(
        [sys.executable, "-c", f"import violin_emotion as ve; ve.EmotionModel.load({str(folder)!r}).predict({takes[:3]!r})"],
        capture_output=True, check=True,
    )
    assert (drawn.stdout, drawn.stderr) == (b"", b"")


@pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")
def test_ctrl_c_ends_a_call_on_its_way(dataset):
    # A job in the background of a shell begins with SIGINT ignored.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    trained = []

    def interrupt_once(what, done, total, note):
        if what == "training":
            trained.append(done)
            if len(trained) == 1:
                os.kill(os.getpid(), signal.SIGINT)

    settings = {"model": {"restarts": 50, "network": {"patience": 1000, "epochs": 1000}}}
    try:
        with pytest.raises(KeyboardInterrupt):
            ve.EmotionModel(settings=settings, progress=interrupt_once).fit(dataset)
    finally:
        signal.signal(signal.SIGINT, before)
    # Long before its thousands of epochs are over: at the next look, which is a tenth of a second away at most.
    assert len(trained) < 50 and max(trained) == 0, trained


def test_a_batch_has_a_row_an_input(model, folder, takes):
    pa = pytest.importorskip("pyarrow")
    given = [takes[0], "nowhere.wav", open(takes[1], "rb").read(), np.zeros(0, np.float32)]
    batch = ve.analyze_batch(given, model, threads=1)
    assert isinstance(batch, pa.RecordBatch) and batch.schema == ve.batch_schema()
    rows = batch.to_pylist()
    assert [row["path"] for row in rows] == [takes[0], "nowhere.wav", "X[2]", "X[3]"]
    assert [row["status"] for row in rows] == ["ok", "error", "ok", "error"]
    assert [share for _, share in rows[0]["emotions"]] == model.predict(takes[0]).tolist()
    assert rows[1]["emotions"] is None and rows[1]["error"] and rows[1]["timeline"] == []
    assert ve.analyze_batch(given, folder, threads=2).equals(batch)
    assert ve.analyze_batch([], model).num_rows == 0
    # Gaps in a column of paths, and arrays of a type that is none.
    rows = ve.analyze_batch([None, takes[0], float("nan"), np.ones(44_100, bool)], model).to_pylist()
    assert [row["status"] for row in rows] == ["error", "ok", "error", "error"]
    assert rows[1]["emotions"] == batch.to_pylist()[0]["emotions"]
    assert (rows[0]["path"], rows[0]["emotions"], rows[0]["timeline"]) == ("X[0]", None, [])
    assert rows[0]["error"] == "X[0]: expected a recording, found NoneType" and rows[0]["hint"]
    assert "found bool" in rows[3]["error"]
    for frame in ({"path": takes}, pytest.importorskip("pandas").DataFrame({"path": takes})):
        with pytest.raises(ve.DataError, match="expected recordings, found (dict|DataFrame)"):
            ve.analyze_batch(frame, model)
    with pytest.raises(ve.DataError, match="expected several recordings, found one"):
        ve.analyze_batch(takes[0], model)
