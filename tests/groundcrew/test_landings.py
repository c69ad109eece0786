"""Ground truth joins the answer with the same flight id."""

import time
from datetime import UTC
from datetime import date
from datetime import datetime
from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest
from prediction_store import CATEGORIES
from prediction_store import DAY
from prediction_store import NUMBERS
from prediction_store import answer
from prediction_store import rows
from prediction_store import use_store

from groundcrew import predictions
from groundcrew.predictions import landings
from groundcrew.predictions import schema

BEFORE = datetime.now(UTC) - timedelta(hours=1)
NEXT_DAY = date(2013, 3, 6)


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use_store(tmp_path / "runs", monkeypatch)


def flight(name: str) -> str:
    return f"2013-03-05 {name} EWR-IAH"


def land(published: str = "2013-03-06", **minutes: float | None) -> None:
    """Store the landings of these flights, by name."""
    counts = {"days_late": 0, "corrections": 0, "repeats": 0}
    landed = [
        {"flight_id": flight(name), "air_time": air_time, "published": published, **counts}
        for name, air_time in minutes.items()
    ]
    predictions.put_landings(pd.DataFrame(landed, columns=landings.COLUMNS))


def test_landings_are_stored_once_and_replaced_when_corrected() -> None:
    land(UA1=100.0, UA2=None)
    land(UA1=100.0)
    land("2013-03-09", UA1=104.0)

    stored = {row.flight_id: (row.air_time, row.published) for row in rows(schema.landings)}
    assert stored == {
        flight("UA1"): (104.0, "2013-03-09"),
        flight("UA2"): (None, "2013-03-06"),
    }


def test_no_landings_change_nothing() -> None:
    land()

    assert predictions.known_landings("").empty
    assert predictions.last_landing() is None


def test_known_landings_begin_with_a_flight() -> None:
    land(UA1=100.0, UA2=None, UA3=120.0)

    known = predictions.known_landings(flight("UA2"))

    assert known.columns.tolist() == landings.COLUMNS
    assert known["flight_id"].tolist() == [flight("UA2"), flight("UA3")]
    assert known["air_time"].isna().tolist() == [True, False]


def test_the_last_landing_is_the_one_published_last() -> None:
    land("2013-03-09", UA1=100.0)
    land("2013-03-07", UA2=100.0)

    assert predictions.last_landing() == date(2013, 3, 9)


def test_flights_that_only_a_shadow_answered_were_not_asked_for() -> None:
    predictions.log([answer(flight("UA1")), answer(flight("UA1")), answer(flight("UA9"))])
    predictions.log([answer(flight("UA2"), "8", "shadow")])

    assert predictions.asked(flight("UA1"), flight("UA2")) == [flight("UA1")]


def test_an_outcome_is_an_answer_with_its_landing() -> None:
    predictions.log([answer(flight(name)) for name in ("UA3", "UA1", "UA2")])
    land(UA1=100.0, UA2=None, UA9=90.0)

    found = predictions.outcomes(DAY, DAY, NEXT_DAY)

    given = ["flight_id", *CATEGORIES, *NUMBERS, "minutes", "model", "milliseconds"]
    assert found.columns.tolist() == [
        *given,
        "air_time",
        "published",
        "days_late",
        "corrections",
    ]
    assert found["flight_id"].tolist() == [flight(name) for name in ("UA1", "UA2", "UA3")]
    assert found["air_time"].isna().tolist() == [False, True, True]
    assert found["published"].isna().tolist() == [False, False, True]


def test_a_landing_published_later_than_today_is_not_used() -> None:
    predictions.log([answer(flight("UA1"))])
    land("2013-03-08", UA1=100.0)

    today, later = (predictions.outcomes(DAY, DAY, date(2013, 3, day)) for day in (7, 8))

    assert today["air_time"].isna().all()
    assert later["air_time"].tolist() == [100.0]


def test_both_answers_to_a_flight_that_landed_are_compared() -> None:
    flights = [flight(name) for name in ("UA1", "UA2", "UA3", "UA4")]
    for one, other in ((90.0, 80.0), (100.0, 110.0)):
        champion = answer(flights[0], "1", minutes=one)
        predictions.log([champion, answer(flights[0], "2", "shadow", other)])
    predictions.log([answer(flights[1], "1", minutes=120.0)])
    shadowed = answer(flights[2], "1", "shadow", 140.0)
    predictions.log([answer(flights[2], "2", minutes=130.0), shadowed])
    cancelled = answer(flights[3], "2", "shadow", 160.0)
    predictions.log([answer(flights[3], "1", minutes=150.0), cancelled])
    land(UA1=105.0, UA2=125.0, UA3=135.0, UA4=None)

    found = predictions.same_flights("1", "2", BEFORE)

    day = pd.Timestamp("2013-03-05")
    assert list(found.itertuples(index=False, name=None)) == [
        (flights[0], day, 100.0, 110.0, 105.0),
        (flights[2], day, 140.0, 130.0, 135.0),
    ]
    assert found.columns.tolist() == ["flight_id", "date", "one", "other", "air_time"]


@pytest.mark.parametrize("versions", [("1", "2"), ("2", "1"), ("1", "3")])
def test_answers_from_before_are_not_compared(versions: tuple[str, str]) -> None:
    pair = [answer(flight("UA1"), "1"), answer(flight("UA1"), "2", "shadow")]
    predictions.log(pair)
    land(UA1=105.0)

    later = datetime.now(UTC) + timedelta(hours=1)

    assert predictions.same_flights(*versions, later).empty
    assert len(predictions.same_flights(*versions, BEFORE)) == ("3" not in versions)


def test_an_answer_to_another_request_is_not_compared() -> None:
    champion = answer(flight("UA1"), "1", minutes=90.0)
    predictions.log([champion, answer(flight("UA1"), "2", "shadow", 95.0)])
    # Request times differ by milliseconds.
    time.sleep(0.002)
    predictions.log([answer(flight("UA1"), "1", minutes=120.0)])
    land(UA1=100.0)

    found = predictions.same_flights("2", "1", BEFORE)

    assert found[["one", "other"]].to_numpy().tolist() == [[95.0, 90.0]]
