"""A rendered corpus and a small model of it, made once."""

from pathlib import Path

import pytest

import violin_emotion as ve

ROOT = Path(__file__).resolve().parents[3]
PROGRAM = ROOT / "target/debug/violin-emotion"
# Enough to answer, not to be right.
SMALL = {"model": {"restarts": 2, "network": {"epochs": 2, "lstm": 8, "lstm_last": 8}, "forest": {"trees": 10}, "usual": 3}}


@pytest.fixture(scope="session")
def dataset(tmp_path_factory):
    return ve.render(tmp_path_factory.mktemp("rendered"), 12, duration_s=5.0)


@pytest.fixture(scope="session")
def folder(dataset, tmp_path_factory):
    place = tmp_path_factory.mktemp("models") / "hybrid_model"
    ve.EmotionModel(settings=SMALL, progress=False).fit(dataset).save(place)
    return place


@pytest.fixture()
def model(folder):
    return ve.EmotionModel.load(folder)


@pytest.fixture(scope="session")
def takes(dataset):
    return [str(path) for path in dataset.paths]


@pytest.fixture(scope="session")
def program():
    if not PROGRAM.exists():
        pytest.skip("the command line is not built: cargo build")
    return PROGRAM
