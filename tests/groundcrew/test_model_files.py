"""A model file returns the model to the last bit, and cannot execute code."""

import gc
import os
import pickle
import sys
import time
from collections.abc import Callable
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import skops.io
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.preprocessing import OrdinalEncoder

from groundcrew import model_files
from groundcrew.errors import UserError

TRUSTED = [
    "functools.partial",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "sklearn.utils.validation.check_array",
]


@pytest.fixture(scope="module")
def flights() -> pd.DataFrame:
    random = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "carrier": random.choice(["UA", "B6", "9E"], 400),
            "distance": random.uniform(100, 3000, 400),
        }
    )


@pytest.fixture(scope="module")
def pipeline(flights: pd.DataFrame) -> Pipeline:
    encoder = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=float("nan"))
    columns = ColumnTransformer(
        [
            ("categories", encoder, ["carrier"]),
            ("numbers", "passthrough", ["distance"]),
        ]
    )
    trees = HistGradientBoostingRegressor(
        loss="absolute_error",
        max_iter=10,
        categorical_features=[0],
        random_state=0,
    )
    return Pipeline([("encode", columns), ("trees", trees)]).fit(flights, flights["distance"] / 8)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "model.skops"


def test_saving_and_loading_changes_no_bit(
    pipeline: Pipeline,
    flights: pd.DataFrame,
    path: Path,
) -> None:
    model_files.save(pipeline, path)

    loaded = model_files.load(path, TRUSTED)

    assert loaded.predict(flights).tobytes() == pipeline.predict(flights).tobytes()


def test_a_model_that_cannot_be_saved_leaves_the_previous_file(
    pipeline: Pipeline,
    path: Path,
) -> None:
    model_files.save(pipeline, path)
    before = path.read_bytes()

    with pytest.raises(Exception, match="generator|pickle|Unsupported"):
        model_files.save(Pipeline([("a", (number for number in range(3)))]), path)

    assert [file.read_bytes() for file in path.parent.iterdir()] == [before]


@pytest.fixture
def threads_interrupt_each_other() -> Iterator[None]:
    """Threads switch often, and whenever the garbage collector runs."""

    def switch(*arguments: object) -> None:
        time.sleep(1e-5)

    threshold, interval = gc.get_threshold(), sys.getswitchinterval()
    gc.set_threshold(50)
    sys.setswitchinterval(1e-5)
    gc.callbacks.append(switch)
    yield
    gc.callbacks.remove(switch)
    sys.setswitchinterval(interval)
    gc.set_threshold(*threshold)


def test_several_threads_may_load_models_at_once(
    pipeline: Pipeline,
    flights: pd.DataFrame,
    path: Path,
    threads_interrupt_each_other: None,
) -> None:
    model_files.save(pipeline, path)

    with ThreadPoolExecutor(8) as threads:
        loaded = list(threads.map(lambda _: model_files.load(path, TRUSTED), range(16)))

    predictions = {model.predict(flights).tobytes() for model in loaded}
    assert predictions == {pipeline.predict(flights).tobytes()}


class MakesFolder:
    """Makes a folder when it is unpickled."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __reduce__(self) -> tuple:
        return os.mkdir, (str(self.folder),)


def test_a_pickle_is_refused_and_not_executed(path: Path, tmp_path: Path) -> None:
    folder = tmp_path / "executed"
    path.write_bytes(pickle.dumps(MakesFolder(folder)))

    with pytest.raises(UserError, match="is not a model file"):
        model_files.load(path, TRUSTED)

    assert not folder.exists()


def test_a_type_that_is_not_trusted_is_refused_by_name(path: Path) -> None:
    steps = [("call", FunctionTransformer(os.getcwd)), ("fit", LinearRegression())]
    skops.io.dump(Pipeline(steps), path)

    with pytest.raises(UserError, match=r"holds \w+\.getcwd, which no model needs: do not use"):
        model_files.load(path, TRUSTED)


def test_only_the_trusted_types_are_allowed(pipeline: Pipeline, path: Path) -> None:
    model_files.save(pipeline, path)

    with pytest.raises(UserError, match="holds functools.partial, which no model needs"):
        model_files.load(path, TRUSTED[1:])


def test_something_else_than_a_model_is_refused(path: Path) -> None:
    skops.io.dump({"carrier": "UA"}, path)

    with pytest.raises(UserError, match="holds a dict, not a model"):
        model_files.load(path, TRUSTED)


@pytest.mark.parametrize(
    "damage",
    [lambda good: b"", lambda good: b"garbage", lambda good: good[: len(good) // 2]],
    ids=["empty", "garbage", "truncated"],
)
def test_a_damaged_file_is_refused(
    pipeline: Pipeline,
    path: Path,
    damage: Callable[[bytes], bytes],
) -> None:
    model_files.save(pipeline, path)
    path.write_bytes(damage(path.read_bytes()))

    with pytest.raises(UserError, match="is not a model file .* copy it again"):
        model_files.load(path, TRUSTED)


def test_a_missing_file_is_named(path: Path) -> None:
    with pytest.raises(UserError, match="there is no model file .*model.skops"):
        model_files.load(path, TRUSTED)
