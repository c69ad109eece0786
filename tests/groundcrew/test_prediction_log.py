"""A logged answer is on the disk, and is found again by the day of its flight."""

import sys
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from prediction_store import CATEGORIES
from prediction_store import DAY
from prediction_store import FEATURES
from prediction_store import NUMBERS
from prediction_store import answer
from prediction_store import rows
from prediction_store import store_file
from prediction_store import use_store

from groundcrew import predictions
from groundcrew.errors import UserError
from groundcrew.predictions import sqlite

FLIGHT = "2013-03-05 UA1 EWR-IAH"


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use_store(tmp_path / "runs", monkeypatch)


def test_an_answer_is_read_as_it_was_logged() -> None:
    predictions.log([("7-a", FLIGHT, FEATURES, 200.5, "7", "champion", 0.25)])

    (logged,) = predictions.answers(DAY, DAY).to_dict(orient="records")

    assert logged.pop("answered_at").startswith("20")
    assert logged == {
        "prediction_id": "7-a",
        "flight_id": FLIGHT,
        **dict(zip(CATEGORIES + NUMBERS, FEATURES, strict=True)),
        "minutes": 200.5,
        "model": "7",
        "role": "champion",
        "milliseconds": 0.25,
    }


@pytest.mark.parametrize("unknown", [None, float("nan")])
def test_an_unknown_number_is_stored_as_unknown(unknown: float | None) -> None:
    predictions.log([answer(FLIGHT, features=(*FEATURES[:-1], unknown))])

    assert predictions.answers(DAY, DAY)["seats"].isna().all()
    assert rows()[0].seats is None


def test_an_answer_without_a_flight_is_stored_and_belongs_to_no_day() -> None:
    predictions.log([answer(None)])

    assert len(rows()) == 1
    assert predictions.answers(date(2000, 1, 1), date(2100, 1, 1)).empty


def test_a_scored_frame_is_logged_without_milliseconds() -> None:
    scored = pd.DataFrame([FEATURES, FEATURES], columns=CATEGORIES + NUMBERS)
    scored = scored.assign(minutes=[100.5, 101.5], model="7", prediction_id=["7-a", "7-b"])

    named = scored.assign(flight_id=[FLIGHT, None])
    predictions.log(predictions.as_answers(named) + predictions.as_answers(scored, "shadow"))

    logged = [(row.prediction_id, row.flight_id, row.minutes, row.role) for row in rows()]
    assert logged == [
        ("7-a", FLIGHT, 100.5, "champion"),
        ("7-b", None, 101.5, "champion"),
        ("7-a", None, 100.5, "shadow"),
        ("7-b", None, 101.5, "shadow"),
    ]
    assert {row.milliseconds for row in rows()} == {None}
    assert {(row.carrier, row.seats) for row in rows()} == {("UA", 149.0)}


def test_the_last_answer_for_a_flight_counts() -> None:
    other = "2013-03-05 UA2 EWR-IAH"
    predictions.log([answer(FLIGHT, minutes=100.0)])
    predictions.log([answer(FLIGHT, minutes=110.0), answer(FLIGHT, "8", "shadow", 90.0)])
    predictions.log([answer(other, minutes=120.0), answer(other, minutes=130.0)])

    found = predictions.answers(DAY, DAY)

    assert found.set_index("flight_id")["minutes"].to_dict() == {FLIGHT: 110.0, other: 130.0}


def test_answers_are_read_from_the_first_to_the_last_day() -> None:
    flights = [
        f"2013-03-{day:02} {carrier} EWR-IAH" for day in range(1, 11) for carrier in ("9E1", "YV9")
    ]
    predictions.log([answer(flight) for flight in [*flights, "my own flight", ""]])

    found = predictions.answers(date(2013, 3, 4), date(2013, 3, 6))["flight_id"].tolist()

    assert found == [flight for flight in flights if "2013-03-04" <= flight[:10] <= "2013-03-06"]


def test_before_the_first_answer_the_log_is_empty() -> None:
    assert predictions.answers(DAY, DAY).empty


def test_a_store_that_cannot_be_written_is_a_user_error() -> None:
    store_file().mkdir(parents=True)

    message = "cannot use the prediction store .*observed.db .*check its disk"
    with pytest.raises(UserError, match=message):
        predictions.log([answer(FLIGHT)])


def test_a_broken_connection_is_opened_again() -> None:
    predictions.log([answer(FLIGHT)])
    sqlite.writer(store_file(), sqlite.APPEND_TIMEOUT).close()
    with pytest.raises(UserError):
        predictions.log([answer(FLIGHT)])

    predictions.log([answer(FLIGHT)])

    assert len(rows()) == 2


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not move an open file")
def test_a_store_that_was_moved_away_is_created_again(tmp_path: Path) -> None:
    predictions.log([answer(FLIGHT)])
    for part in store_file().parent.glob("observed.db*"):
        part.rename(tmp_path / part.name)

    predictions.log([answer("2013-03-05 UA2 EWR-IAH")])

    assert [row.flight_id for row in rows()] == ["2013-03-05 UA2 EWR-IAH"]
