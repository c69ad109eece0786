"""A compiled model predicts what the trained pipeline does, to the last bit, or it is refused."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import treelite
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OrdinalEncoder

from groundcrew import trees
from groundcrew.errors import UserError
from groundcrew.serving import CompiledVersion
from groundcrew.serving import PipelineModel
from groundcrew.serving import unseen
from groundcrew.trees import CompiledModel
from groundcrew.trees import forest
from groundcrew.trees import parity

CATEGORIES = ["carrier", "origin", "dest"]
NUMBERS = ["distance", "seats"]
FEATURES = CATEGORIES + NUMBERS


def random_flights(rows: int, codes: list[list[str]], largest: float, seed: int) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    flights = pd.DataFrame(
        {name: random.choice(known, rows) for name, known in zip(CATEGORIES, codes, strict=True)},
    )
    for name in NUMBERS:
        flights[name] = random.uniform(0, largest, rows).round(1)
        flights[name] = flights[name].mask(random.random(rows) < 0.1)
    return flights


CODES = [
    ["AA", "B6", "DL", "UA", "VX"],
    ["EWR", "JFK", "LGA"],
    [f"{letter}{other}X" for letter in "ABCDEF" for other in "ABCDEF"],
]
UNKNOWN = [[*codes, "~~", "", "ua"] for codes in CODES]


@pytest.fixture(scope="module")
def flights() -> pd.DataFrame:
    return random_flights(4000, CODES, 3000, seed=1)


@pytest.fixture(scope="module")
def strange_flights() -> pd.DataFrame:
    """Unknown codes, missing codes, and numbers far from any that was trained on."""
    frame = random_flights(2000, UNKNOWN, 1e6, seed=2)
    frame["distance"] -= 5e5
    random = np.random.default_rng(3)
    for name in CATEGORIES:
        frame[name] = frame[name].mask(random.random(len(frame)) < 0.1)
    return frame


def fitted(flights: pd.DataFrame, **settings: object) -> Pipeline:
    encoder = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=float("nan"))
    columns = ColumnTransformer(
        [("categories", encoder, CATEGORIES), ("numbers", "passthrough", NUMBERS)],
    )
    regressor = HistGradientBoostingRegressor(
        categorical_features=list(range(len(CATEGORIES))),
        early_stopping=False,
        random_state=0,
        **{"loss": "absolute_error", "max_iter": 20, **settings},
    )
    noise = np.random.default_rng(4).normal(0, 5, len(flights))
    wind = flights["carrier"].map({code: 3 * i for i, code in enumerate(CODES[0])})
    wind += flights["dest"].map({code: i % 7 for i, code in enumerate(CODES[2])})
    target = flights["distance"].fillna(500) / 8 + wind + noise
    return Pipeline([("encode", columns), ("trees", regressor)]).fit(flights, target)


@pytest.fixture(scope="module")
def pipeline(flights: pd.DataFrame) -> Pipeline:
    return fitted(flights)


@pytest.fixture(scope="module")
def model(pipeline: Pipeline) -> CompiledModel:
    return trees.compile(pipeline, CATEGORIES, NUMBERS)


def as_rows(frame: pd.DataFrame) -> list[tuple]:
    objects = frame.astype("object").where(frame.notna(), None)
    return list(objects.itertuples(index=False, name=None))


def test_any_flight_gets_the_prediction_of_the_pipeline_to_the_last_bit(
    flights: pd.DataFrame,
    strange_flights: pd.DataFrame,
    pipeline: Pipeline,
    model: CompiledModel,
) -> None:
    for frame in (flights, strange_flights):
        expected = pipeline.predict(frame).tolist()

        assert model.predict(frame).tolist() == expected
        assert model.predict_rows(as_rows(frame)) == expected


def test_a_row_alone_gets_the_prediction_that_it_gets_among_others(
    strange_flights: pd.DataFrame,
    model: CompiledModel,
) -> None:
    rows = as_rows(strange_flights)
    assert len(rows) > 2 * forest.ROWS_AT_ONCE

    alone = [model.predict_rows([row])[0] for row in rows[:300]]

    assert model.predict_rows(rows)[:300] == alone


def test_treelite_itself_agrees(model: CompiledModel) -> None:
    random = np.random.default_rng(0)
    codes, numbers = random.integers(0, 40, (3, 2000)), random.uniform(-100, 3000, (2, 2000))
    rows = np.column_stack([*codes, *numbers]).astype("float64")
    rows[random.random(rows.shape) < 0.1] = np.nan

    expected = treelite.gtil.predict(model.trees, rows, nthread=1).reshape(len(rows))

    assert np.abs(model._forest.predict(rows) - expected).max() < 1e-9


@pytest.mark.parametrize("leaves", [2, 40, 64])
def test_trees_of_any_supported_size_are_compiled(flights: pd.DataFrame, leaves: int) -> None:
    pipeline = fitted(flights, loss="squared_error", max_iter=3, max_leaf_nodes=leaves)

    model = trees.compile(pipeline, CATEGORIES, NUMBERS)

    assert pipeline["trees"]._predictors[0][0].get_n_leaf_nodes() == leaves
    assert model.predict(flights).tolist() == pipeline.predict(flights).tolist()


def test_a_tree_with_too_many_leaves_is_refused(flights: pd.DataFrame) -> None:
    # The first tree of the absolute error needs few leaves.
    pipeline = fitted(flights, loss="squared_error", max_iter=1, max_leaf_nodes=100)

    with pytest.raises(UserError, match="a tree has 100 leaves.*train with max_leaf_nodes=64"):
        trees.compile(pipeline, CATEGORIES, NUMBERS)


def test_no_flights_get_no_predictions(flights: pd.DataFrame, model: CompiledModel) -> None:
    assert model.predict(flights.head(0)).tolist() == model.predict_rows([]) == []


def test_a_saved_model_predicts_the_same_and_is_the_same_bytes_each_time(
    flights: pd.DataFrame,
    pipeline: Pipeline,
    model: CompiledModel,
    tmp_path: Path,
) -> None:
    again = trees.compile(pipeline, CATEGORIES, NUMBERS)
    for name, compiled in {"one": model, "other": again}.items():
        (tmp_path / name).mkdir()
        trees.save(compiled, tmp_path / name)

    loaded = trees.load(tmp_path / "one", CATEGORIES, NUMBERS)

    assert loaded.predict(flights).tolist() == model.predict(flights).tolist()
    assert sorted(path.name for path in (tmp_path / "one").iterdir()) == sorted(trees.FILES)
    for name in trees.FILES:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "other" / name).read_bytes()


def test_the_parity_sample_has_missing_values_and_unknown_codes(flights: pd.DataFrame) -> None:
    sample = parity.sample(flights, CATEGORIES, NUMBERS)

    assert len(sample) == 10_000
    assert sample.isna().any().all()
    assert (sample[CATEGORIES] == parity.UNKNOWN_CODE).any().all()
    assert sample.equals(parity.sample(flights, CATEGORIES, NUMBERS))


def test_parity_of_the_compiled_model_is_exact(
    flights: pd.DataFrame,
    pipeline: Pipeline,
    model: CompiledModel,
) -> None:
    assert trees.require_parity(model, pipeline, flights) == 0.0


def with_another_leaf(pipeline: Pipeline, minutes: float) -> CompiledModel:
    model = trees.compile(pipeline, CATEGORIES, NUMBERS)
    tree = model.trees.get_tree_accessor(0)
    leaves = tree.get_field("leaf_value").copy()
    leaves[np.flatnonzero(leaves)[0]] += minutes
    tree.set_field("leaf_value", leaves)
    return CompiledModel(model.trees, model.codes, CATEGORIES, NUMBERS)


@pytest.mark.parametrize(
    ("minutes", "difference"),
    [(1e-6, "1e-06"), (30.0, "30"), (np.nan, "nan")],
    ids=str,
)
def test_a_model_that_differs_is_refused_with_the_worst_flight(
    minutes: float,
    difference: str,
    pipeline: Pipeline,
    flights: pd.DataFrame,
) -> None:
    model = with_another_leaf(pipeline, minutes)

    with pytest.raises(UserError, match=f"by {difference} for {{'carrier': ") as refusal:
        trees.require_parity(model, pipeline, flights)

    assert "of 10,000 rows differ by more than 1e-09: do not use this" in str(refusal.value)


def test_a_model_with_exchanged_codes_is_refused(
    pipeline: Pipeline,
    model: CompiledModel,
    flights: pd.DataFrame,
) -> None:
    codes = {**model.codes, "carrier": model.codes["carrier"][::-1]}
    exchanged = CompiledModel(model.trees, codes, CATEGORIES, NUMBERS)

    with pytest.raises(UserError, match="differs from the trained one"):
        trees.require_parity(exchanged, pipeline, flights)


def test_a_version_knows_the_codes_that_it_was_trained_on(flights: pd.DataFrame) -> None:
    pipeline = fitted(flights)
    versions = [
        PipelineModel("1", pipeline, FEATURES, NUMBERS),
        CompiledVersion("1", trees.compile(pipeline, CATEGORIES, NUMBERS)),
    ]

    for version in versions:
        assert version.known == {
            name: frozenset(codes) for name, codes in zip(CATEGORIES, CODES, strict=True)
        }
        assert unseen(version, FEATURES, ("UA", "EWR", "AAX", 100.0, None)) == []
        assert unseen(version, FEATURES, ("ua", "EWR", "??", 100.0, None)) == ["carrier", "dest"]
