"""What is packaged answers as what was trained, for any flight; a model that does not is refused before it is packaged."""

import numpy as np
import pandas as pd
import pytest
import treelite
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
from sklearn.base import clone

from flighttime import compiled
from flighttime import forest
from flighttime import parity
from flighttime.compiled import Compiled
from flighttime.errors import Refused
from flighttime.features import CATEGORIES
from flighttime.features import FEATURES
from flighttime.features import TARGET
from flighttime.train import Trained

CODES = st.one_of(st.sampled_from(["UA", "VX", "EWR", "JFK", "IAH", "HNL", "~~"]), st.text(max_size=4), st.none())
# Longer, later and larger than any real one, and what nobody knows.
MINUTES = st.one_of(st.none(), st.floats(-1e6, 1e6), st.integers(0, 6000))
FLIGHTS = st.lists(st.tuples(CODES, CODES, CODES, MINUTES, MINUTES, MINUTES, MINUTES), min_size=1, max_size=20)


@pytest.fixture(scope="module")
def model(trained: Trained) -> Compiled:
    return compiled.compile(trained.pipeline)


def table_of(rows: list[tuple]) -> pd.DataFrame:
    kinds = {name: "str" if name in CATEGORIES else "float64" for name in FEATURES}
    return pd.DataFrame(rows, columns=FEATURES).astype(kinds)


@settings(max_examples=30)
@given(rows=FLIGHTS)
def test_any_flight_known_or_not_gets_the_answer_of_the_trained_model_to_the_last_bit(
    rows: list[tuple],
    model: Compiled,
    trained: Trained,
) -> None:
    expected = trained.pipeline.predict(table_of(rows))

    assert model.predict(table_of(rows)).tolist() == model.predict_rows(rows) == expected.tolist()


def test_many_at_once_get_the_answers_that_each_gets_alone(model: Compiled, trained: Trained) -> None:
    flights = trained.rows[FEATURES].head(2 * forest.ROWS + 1)
    rows = list(flights.itertuples(index=False, name=None))

    alone = [model.predict_rows([row])[0] for row in rows[:100]]

    assert model.predict(flights).tolist() == model.predict_rows(rows)
    assert model.predict_rows(rows)[:100] == alone


def test_treelites_own_reader_of_the_trees_agrees(model: Compiled) -> None:
    drawn = np.random.default_rng(0)
    rows = np.column_stack([*drawn.integers(0, 20, (3, 2000)), *drawn.uniform(-100, 3000, (4, 2000))]).astype("float64")
    rows[drawn.random(rows.shape) < 0.1] = np.nan

    expected = treelite.gtil.predict(model.trees, rows, nthread=1).reshape(len(rows))

    assert np.abs(model.forest.predict(rows) - expected).max() < 1e-9


@pytest.mark.parametrize("leaves", [2, 40, 64])
def test_trees_of_any_size_that_fits_are_read(trained: Trained, leaves: int) -> None:
    rows = trained.rows.head(3000)
    pipeline = clone(trained.pipeline).set_params(trees__max_iter=3, trees__max_leaf_nodes=leaves)
    pipeline.fit(rows[FEATURES], rows[TARGET])

    assert compiled.compile(pipeline).predict(rows[FEATURES]).tolist() == pipeline.predict(rows[FEATURES]).tolist()


def test_a_tree_that_is_too_large_is_refused(trained: Trained) -> None:
    rows = trained.rows.head(5000)
    pipeline = clone(trained.pipeline).set_params(trees__max_iter=1, trees__max_leaf_nodes=100, trees__min_samples_leaf=1)

    with pytest.raises(Refused, match="a tree has 100 leaves: train with a max_leaf_nodes of at most 64"):
        compiled.compile(pipeline.fit(rows[FEATURES], rows[TARGET]))


def test_no_flights_get_no_answers(model: Compiled, trained: Trained) -> None:
    assert model.predict(trained.rows[FEATURES].head(0)).tolist() == model.predict_rows([]) == []


def test_it_comes_back_from_the_disk_and_is_the_same_bytes_each_time(model: Compiled, trained: Trained, tmp_path) -> None:
    for name, made in {"one": model, "other": compiled.compile(trained.pipeline)}.items():
        (tmp_path / name).mkdir()
        compiled.save(made, tmp_path / name)

    flights = trained.holdout[FEATURES]
    assert compiled.load(tmp_path / "one").predict(flights).tolist() == model.predict(flights).tolist()
    for part in (compiled.TREES, compiled.ENCODING):
        assert (tmp_path / "one" / part).read_bytes() == (tmp_path / "other" / part).read_bytes()


def test_parity_is_tried_with_nulls_in_every_column_and_codes_that_nobody_knows(trained: Trained) -> None:
    flights = parity.made_from(trained.rows)

    assert len(flights) == 10_000
    assert flights.isna().any().all()
    assert (flights[CATEGORIES] == parity.NEVER_SEEN).any().all()
    assert flights.equals(parity.made_from(trained.rows))


def test_parity_is_next_to_nothing(model: Compiled, trained: Trained) -> None:
    assert parity.check(model, trained.pipeline, trained.rows) < 1e-9


def doctored(trained: Trained, leaf: float) -> Compiled:
    """A model of which one leaf says something else."""
    model = compiled.compile(trained.pipeline)
    tree = model.trees.get_tree_accessor(0)
    leaves = tree.get_field("leaf_value").copy()
    leaves[np.flatnonzero(leaves)[0]] += leaf
    tree.set_field("leaf_value", leaves)
    return Compiled(model.trees, model.codes)


@pytest.mark.parametrize(("leaf", "off"), [(1e-6, "1e-06"), (30.0, "30"), (np.nan, "nan")], ids=str)
def test_a_model_that_answers_otherwise_is_refused_with_the_number_and_the_worst_flight(
    leaf: float,
    off: str,
    trained: Trained,
) -> None:
    with pytest.raises(Refused, match=f"is {off} minutes off the trained one for {{'carrier': ") as refusal:
        parity.check(doctored(trained, leaf), trained.pipeline, trained.rows)

    assert "of 10,000 flights are off by more than 1e-09: do not use it" in str(refusal.value)


def test_codes_that_were_mixed_up_are_refused(trained: Trained) -> None:
    model = compiled.compile(trained.pipeline)
    mixed = Compiled(model.trees, {**model.codes, "carrier": model.codes["carrier"][::-1]})

    with pytest.raises(Refused, match="minutes off the trained one"):
        parity.check(mixed, trained.pipeline, trained.rows)


def test_a_single_flight_that_is_answered_otherwise_is_refused(trained: Trained, monkeypatch: pytest.MonkeyPatch) -> None:
    model = compiled.compile(trained.pipeline)
    usual = model.predict_rows
    monkeypatch.setattr(model, "predict_rows", lambda rows: [minutes + (len(rows) == 1) for minutes in usual(rows)])

    with pytest.raises(Refused, match="asked one by one, the compiled model is 1 minutes off"):
        parity.check(model, trained.pipeline, trained.rows)
