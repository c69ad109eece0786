"""A model file gives back the model to the last bit, and can do nothing else."""

import copy
import gc
import os
import pickle
import sys
import time
from collections.abc import Callable
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pandas as pd
import pytest
import skops.io
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer

from flighttime import model
from flighttime.errors import Refused
from flighttime.features import CATEGORIES
from flighttime.features import FEATURES
from flighttime.train import Trained


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "model.skops"


@pytest.fixture
def flights(trained: Trained) -> pd.DataFrame:
    return trained.holdout[FEATURES]


def test_saving_and_loading_changes_no_bit(trained: Trained, flights: pd.DataFrame, path: Path) -> None:
    model.save(trained.pipeline, path)

    loaded = model.load(path)

    assert loaded.predict(flights).tobytes() == trained.pipeline.predict(flights).tobytes()


@pytest.fixture
def threads_take_turns() -> Iterator[None]:
    """A thread gives way to the others often, and in the middle of things: whenever objects are collected."""

    def give_way(*told: object) -> None:
        time.sleep(1e-5)

    usual, interval = gc.get_threshold(), sys.getswitchinterval()
    gc.set_threshold(50)
    sys.setswitchinterval(1e-5)
    gc.callbacks.append(give_way)
    yield
    gc.callbacks.remove(give_way)
    sys.setswitchinterval(interval)
    gc.set_threshold(*usual)


def test_threads_may_load_models_at_once(trained: Trained, path: Path, threads_take_turns: None) -> None:
    model.save(trained.pipeline, path)

    with ThreadPoolExecutor(8) as threads:
        loaded = list(threads.map(model.load, [path] * 16))

    assert {model.digest(pipeline) for pipeline in loaded} == {model.digest(trained.pipeline)}


def test_a_model_file_holds_no_type_that_is_not_named(trained: Trained, path: Path) -> None:
    model.save(trained.pipeline, path)

    assert set(skops.io.get_untrusted_types(file=path)) == set(model.TRUSTED)


def test_codes_never_seen_and_numbers_not_known_still_get_an_answer(trained: Trained, flights: pd.DataFrame) -> None:
    strange = flights.head().assign(**dict.fromkeys(CATEGORIES, "??"), seats=float("nan"), sched_block=float("nan"))

    minutes = trained.pipeline.predict(strange)

    assert ((minutes > 10) & (minutes < 700)).all()


class Execution:
    """Unpickled, it makes a folder."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple:
        return os.mkdir, (str(self.trace),)


def test_a_pickle_is_refused_and_not_executed(path: Path, tmp_path: Path) -> None:
    trace = tmp_path / "executed"
    path.write_bytes(pickle.dumps(Execution(trace)))

    with pytest.raises(Refused, match="is not a model file"):
        model.load(path)

    assert not trace.exists()


def test_a_type_that_no_model_needs_is_refused_by_name(path: Path) -> None:
    skops.io.dump(Pipeline([("call", FunctionTransformer(os.getcwd)), ("fit", LinearRegression())]), path)

    with pytest.raises(Refused, match=r"holds \w+\.getcwd, which no model needs: do not use this file"):
        model.load(path)


def test_something_else_than_a_model_is_refused(path: Path) -> None:
    skops.io.dump({"carrier": "UA"}, path)

    with pytest.raises(Refused, match="holds a dict, not a model"):
        model.load(path)


@pytest.mark.parametrize("damage", [lambda good: b"", lambda good: b"garbage", lambda good: good[: len(good) // 2]])
def test_a_damaged_file_is_refused(trained: Trained, path: Path, damage: object) -> None:
    model.save(trained.pipeline, path)
    path.write_bytes(damage(path.read_bytes()))

    with pytest.raises(Refused, match="is not a model file .* copy it again"):
        model.load(path)


def test_a_missing_file_is_named(path: Path) -> None:
    with pytest.raises(Refused, match="there is no model file .*model.skops"):
        model.load(path)


def test_a_digest_stands_for_the_model_and_not_for_its_file(trained: Trained, path: Path) -> None:
    model.save(trained.pipeline, path)

    assert model.digest(model.load(path)) == model.digest(trained.pipeline)


@pytest.mark.parametrize(
    "change",
    [
        lambda pipeline: pipeline.set_params(trees__max_iter=101),
        lambda pipeline: pipeline["encode"].named_transformers_["categories"].categories_[0].__setitem__(0, "XX"),
        lambda pipeline: pipeline["trees"]._baseline_prediction.__iadd__(1e-9),
        lambda pipeline: pipeline["trees"]._predictors.pop(),
        lambda pipeline: pipeline["trees"]._predictors[50][0].nodes["value"].__iadd__(1e-12),
        lambda pipeline: pipeline["trees"]._predictors[0][0].nodes["num_threshold"].__setitem__(0, 7),
        lambda pipeline: pipeline["trees"]._predictors[0][0].raw_left_cat_bitsets.__ixor__(1),
    ],
    ids=["setting", "category", "baseline", "tree", "leaf", "threshold", "set of categories"],
)
def test_every_part_of_a_model_has_its_share_in_the_digest(trained: Trained, change: Callable) -> None:
    changed = copy.deepcopy(trained.pipeline)
    assert model.digest(changed) == model.digest(trained.pipeline)

    change(changed)

    assert model.digest(changed) != model.digest(trained.pipeline)
