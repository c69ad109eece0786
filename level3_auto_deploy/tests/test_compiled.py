"""What is packaged answers as what was trained, for any flight; a model that does not is refused before it is packaged."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from flighttime import compiled
from flighttime import parity
from flighttime.compiled import Compiled
from flighttime.errors import Refused
from flighttime.features import CATEGORIES
from flighttime.features import FEATURES
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
def test_any_flight_known_or_not_gets_the_answer_of_the_trained_model(
    rows: list[tuple],
    model: Compiled,
    trained: Trained,
) -> None:
    expected = trained.pipeline.predict(table_of(rows))

    assert model.predict(table_of(rows)) == pytest.approx(expected, rel=0, abs=1e-9)
    assert model.predict_rows(rows) == pytest.approx(expected, rel=0, abs=1e-9)


def test_many_at_once_get_the_answers_that_each_gets_alone(model: Compiled, trained: Trained) -> None:
    flights = trained.rows[FEATURES].head(compiled.MANY + 1)
    rows = list(flights.itertuples(index=False, name=None))

    alone = [model.predict_rows([row])[0] for row in rows[:100]]

    assert model.predict(flights).tolist() == model.predict_rows(rows)
    assert model.predict_rows(rows)[:100] == alone


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
    return model


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
