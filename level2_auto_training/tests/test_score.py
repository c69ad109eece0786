"""Scoring is strict about what it is given, and a flight's answer does not depend on its company."""

import json
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from flighttime import production
from flighttime import score
from flighttime.errors import Refused
from flighttime.features import FEATURES

FLIGHT = {
    "carrier": "UA",
    "origin": "EWR",
    "dest": "IAH",
    "distance": 1400,
    "sched_dep_min": 317,
    "sched_block": 244,
    "seats": 149,
}


@pytest.fixture
def flights(table: pd.DataFrame) -> pd.DataFrame:
    return table.loc[table["air_time"].notna(), ["flight_id", *FEATURES]].tail(50).reset_index(drop=True)


@pytest.fixture(scope="module")
def model(state: Path) -> production.Production:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FLIGHTTIME_RUNS", str(state))
        return production.current()


def test_one_by_one_gives_what_all_together_give(flights: pd.DataFrame, model: production.Production) -> None:
    together = score.score(flights, model)

    one_by_one = [score.score(flights.iloc[[row]], model)["minutes"].item() for row in range(len(flights))]

    assert together["minutes"].tolist() == one_by_one


def test_every_answer_names_the_model(flights: pd.DataFrame, model: production.Production) -> None:
    scored = score.score(flights, model)

    assert set(scored["model"]) == {model.version}


def test_the_order_of_columns_does_not_matter_and_other_columns_come_through(
    flights: pd.DataFrame,
    model: production.Production,
) -> None:
    mixed = flights[flights.columns[::-1]].assign(gate="B7")

    scored = score.score(mixed, model)

    assert scored["minutes"].tolist() == score.score(flights, model)["minutes"].tolist()
    assert set(scored["gate"]) == {"B7"}


def test_no_flights_get_no_answers(flights: pd.DataFrame, model: production.Production) -> None:
    assert score.score(flights.head(0), model)["minutes"].tolist() == []


@pytest.mark.parametrize("name", FEATURES)
def test_a_missing_column_is_named(flights: pd.DataFrame, name: str) -> None:
    with pytest.raises(Refused, match=f"^missing {name}: every flight needs carrier, origin"):
        score.check(flights.drop(columns=name))


@pytest.mark.parametrize("name", ["distance", "sched_dep_min", "sched_block", "seats"])
def test_text_where_a_number_belongs_is_shown(flights: pd.DataFrame, name: str) -> None:
    with pytest.raises(Refused, match=f"^{name} holds 'many', not a number: give minutes, miles or seats"):
        score.check(flights.assign(**{name: "many"}))


@pytest.mark.parametrize("value", [None, "", 5])
@pytest.mark.parametrize("name", ["carrier", "origin", "dest"])
def test_anything_but_a_code_where_a_code_belongs_is_shown(flights: pd.DataFrame, name: str, value: object) -> None:
    column = pd.Series(["UA"] * len(flights), dtype=object)
    column[len(flights) - 1] = value

    with pytest.raises(Refused, match=f"^{name} holds .*, not a code: give one such as UA or JFK for every flight"):
        score.check(flights.assign(**{name: column}))


@pytest.mark.parametrize("name", ["sched_block", "seats"])
def test_a_number_that_nobody_knows_may_be_left_out(model: production.Production, name: str) -> None:
    flight = score.one_flight(json.dumps({**FLIGHT, name: None}))

    assert 100 < score.score(flight, model)["minutes"].item() < 300


@pytest.mark.parametrize("option", ["-o", "--out"])
def test_flights_come_from_a_file_and_predictions_go_to_one(
    settled: Path,
    flights: pd.DataFrame,
    model: production.Production,
    tmp_path: Path,
    capsys: pytest.CaptureFixture,
    option: str,
) -> None:
    source, target = tmp_path / "flights.csv", tmp_path / "predictions.parquet"
    flights.to_csv(source, index=False)

    score.main(score.parser().parse_args([str(source), option, str(target)]))

    scored, expected = pd.read_parquet(target), score.score(flights, model)
    pd.testing.assert_frame_equal(scored[expected.columns], expected, check_exact=True)
    assert capsys.readouterr().out == "flights_scored: 50\n"


def test_a_day_is_scored_before_its_flights_depart(settled: Path, tmp_path: Path, today: date) -> None:
    target = tmp_path / "predictions.csv"

    score.main(score.parser().parse_args(["--day", f"{today}", "--out", str(target)]))

    scored = pd.read_csv(target)
    assert len(scored) > 900
    assert scored["minutes"].between(15, 700).all()


def test_a_single_flight_is_answered_at_once(settled: Path, capsys: pytest.CaptureFixture) -> None:
    score.main(score.parser().parse_args(["--flight", json.dumps(FLIGHT)]))

    name, minutes = capsys.readouterr().out.split(": ")
    assert name == "minutes"
    assert 150 < float(minutes) < 250


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("UA", "'UA' is not JSON .* write one flight as"),
        ("[1]", "is not one flight: write it as"),
        ("{}", "missing carrier, origin, dest"),
    ],
)
def test_a_flight_that_cannot_be_read_is_refused(settled: Path, text: str, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        score.main(score.parser().parse_args(["--flight", text]))


@pytest.mark.parametrize(
    ("target", "reason"),
    [([], "add --out predictions.csv"), (["--out", "predictions.txt"], "choose such a name for the predictions")],
    ids=["none", "another kind"],
)
def test_predictions_without_a_usable_place_are_refused(
    settled: Path,
    today: date,
    target: list[str],
    reason: str,
) -> None:
    with pytest.raises(Refused, match=reason):
        score.main(score.parser().parse_args(["--day", f"{today}", *target]))


def test_without_a_model_nothing_is_scored(today: date) -> None:
    with pytest.raises(Refused, match="no model is in production"):
        score.main(score.parser().parse_args(["--flight", json.dumps(FLIGHT)]))
