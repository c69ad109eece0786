"""A project logs scored flights, and joins them with their landings, through one object."""

from datetime import UTC
from datetime import date
from datetime import datetime
from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest
from prediction_store import CATEGORIES
from prediction_store import DAY
from prediction_store import FEATURES
from prediction_store import NUMBERS
from prediction_store import rows
from prediction_store import use_store

from groundcrew.errors import UserError
from groundcrew.predictions import PredictionStore
from groundcrew.predictions import failed_requests
from groundcrew.predictions import schema

NEXT_DAY = DAY + timedelta(days=1)
BEFORE = "2013-01-01T00:00:00.000000+00:00"


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PredictionStore:
    use_store(tmp_path, monkeypatch)
    return PredictionStore(
        folder=lambda: tmp_path / "production",
        shared=lambda: False,
        categories=CATEGORIES,
        numbers=NUMBERS,
    )


def flight(name: str, day: date = DAY) -> str:
    return f"{day} {name} EWR-IAH"


def scored(version: str = "7", **minutes: float) -> pd.DataFrame:
    """Flights that a version predicted, by the airline and number of each."""
    frame = pd.DataFrame([FEATURES] * len(minutes), columns=[*CATEGORIES, *NUMBERS])
    return frame.assign(
        flight_id=[flight(name) for name in minutes],
        prediction_id=[f"{version}-{name}" for name in minutes],
        minutes=list(minutes.values()),
        model=version,
    )


def landed(published: date = NEXT_DAY, **air_times: float | None) -> pd.DataFrame:
    """Landings, by the airline and number of each flight."""
    return pd.DataFrame(
        {
            "flight_id": [flight(name) for name in air_times],
            "date": pd.Timestamp(DAY),
            "published": pd.Timestamp(published),
            "air_time": pd.Series(list(air_times.values()), dtype="float64"),
            "days_late": (published - NEXT_DAY).days,
            "corrections": 0,
        },
    )


def test_scored_flights_are_logged_by_role(store: PredictionStore) -> None:
    store.log({"champion": scored(UA1=100.0, UA2=200.0), "shadow": scored("8", UA1=110.0)})

    stored = {(row.flight_id, row.minutes, row.model, row.role) for row in rows()}
    assert stored == {
        (flight("UA1"), 100.0, "7", "champion"),
        (flight("UA2"), 200.0, "7", "champion"),
        (flight("UA1"), 110.0, "8", "shadow"),
    }
    assert len({row.answered_at for row in rows()}) == 1


class Shadow:
    """A model that predicts a minute more than the first column says."""

    version, run = "8", "b2"

    def predict(self, flights: pd.DataFrame) -> pd.Series:
        return flights["minutes"] + 1


def test_a_shadow_is_recorded_beside_the_answers(store: PredictionStore) -> None:
    answers = scored(UA1=90.0, UA2=80.0)

    store.record(answers, Shadow())
    store.record(scored(UA3=70.0), None)
    store.record(answers.head(0), Shadow())

    assert {(row.flight_id, row.minutes, row.model, row.role) for row in rows()} == {
        (flight("UA1"), 90.0, "7", "champion"),
        (flight("UA2"), 80.0, "7", "champion"),
        (flight("UA1"), 91.0, "8", "shadow"),
        (flight("UA2"), 81.0, "8", "shadow"),
        (flight("UA3"), 70.0, "7", "champion"),
    }


def test_new_landings_and_corrections_are_counted(store: PredictionStore) -> None:
    store.record(scored(UA1=90.0), None)
    late = NEXT_DAY + timedelta(days=2)
    first = store.put_landings(landed(UA1=90.0, UA2=None))

    counts = [store.landing_counts(first)]
    counts.append(store.landing_counts(store.put_landings(landed(late, UA1=91.0, UA3=70.0))))

    names = ["landed", "cancelled", "late", "corrected", "not_predicted"]
    assert [[count[name] for name in names] for count in counts] == [
        [1, 1, 0, 0, 1],
        [1, 0, 1, 1, 1],
    ]


def test_all_roles_are_logged_or_none(store: PredictionStore) -> None:
    unusable = scored("8", UA1=100.0).assign(model=[object()])

    with pytest.raises(UserError):
        store.log({"champion": scored(UA1=100.0), "shadow": unusable})

    assert rows() == []


def test_outcomes_carry_the_day_of_the_flight(store: PredictionStore) -> None:
    store.log({"champion": scored(UA2=200.0, UA1=100.0)})
    store.put_landings(landed(UA1=90.0))

    found = store.outcomes(DAY, DAY, NEXT_DAY)

    assert found["flight_id"].tolist() == [flight("UA1"), flight("UA2")]
    assert found["air_time"].fillna(-1).tolist() == [90.0, -1]
    assert found["date"].tolist() == [pd.Timestamp(DAY)] * 2


def test_days_without_answers_have_no_outcomes(store: PredictionStore) -> None:
    found = store.outcomes(DAY, DAY, NEXT_DAY)

    assert found.empty
    assert found["date"].dtype.kind == "M"


def test_new_landings_are_returned_without_corrections(store: PredictionStore) -> None:
    changed = store.put_landings(landed(UA1=90.0, UA2=None))

    assert changed["corrections"].tolist() == [0, 0]
    assert len(rows(schema.landings)) == 2
    assert store.last_landing() == NEXT_DAY


def test_landings_that_are_stored_already_are_not_returned(store: PredictionStore) -> None:
    store.put_landings(landed(UA1=90.0, UA2=None))
    before = rows(schema.landings)

    changed = store.put_landings(landed(UA1=90.0, UA2=None, UA3=70.0))

    assert changed["flight_id"].tolist() == [flight("UA3")]
    assert rows(schema.landings)[:2] == before
    assert store.put_landings(landed(UA1=90.0)).empty


def test_a_correction_is_counted_and_does_not_make_a_landing_late(store: PredictionStore) -> None:
    store.put_landings(landed(UA1=90.0, UA2=None, UA3=70.0))
    later = NEXT_DAY + timedelta(days=5)

    for air_time in (95.0, 96.0):
        changed = store.put_landings(landed(later, UA1=air_time, UA2=80.0, UA3=70.0))

    assert changed["flight_id"].tolist() == [flight("UA1")]
    (first, second, _) = rows(schema.landings)
    assert (first.air_time, first.corrections, first.days_late) == (96.0, 2, 0)
    assert (second.air_time, second.corrections) == (80.0, 1)


def test_a_landing_that_becomes_unknown_is_a_correction(store: PredictionStore) -> None:
    store.put_landings(landed(UA1=90.0))

    changed = store.put_landings(landed(UA1=None))

    assert changed["corrections"].tolist() == [1]
    assert rows(schema.landings)[0].air_time is None


def test_no_landings_change_nothing(store: PredictionStore) -> None:
    changed = store.put_landings(landed())

    assert changed.empty
    assert "corrections" in changed
    assert store.last_landing() is None


def test_the_flights_that_were_answered_are_found(store: PredictionStore) -> None:
    store.log({"champion": scored(UA1=100.0), "shadow": scored("8", UA2=110.0)})
    asked = pd.Series([flight("UA2"), flight("UA1"), flight("UA9")], index=[7, 8, 9])

    assert store.answered(asked).to_dict() == {7: False, 8: True, 9: False}
    assert store.answered(asked.head(0)).empty


def test_both_versions_errors_are_those_on_the_same_landed_flights(store: PredictionStore) -> None:
    champion, shadow = scored(UA1=100.0, UA2=200.0), scored("8", UA1=97.0, UA2=190.0)
    store.log({"champion": champion, "shadow": shadow})
    store.put_landings(landed(UA1=90.0))

    assert store.errors_of_both("7", "8", BEFORE) == ([10.0], [7.0])
    assert store.errors_of_both("8", "7", BEFORE) == ([7.0], [10.0])
    later = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    assert store.errors_of_both("7", "8", later) == ([], [])


def test_failed_requests_are_counted_by_day(store: PredictionStore) -> None:
    counter = failed_requests.FailureCounter()
    counter.add("/predict", 500)
    counter.write()

    assert store.failures(date(2013, 3, 1), date(2013, 3, 1)) == 1
    assert store.failures(date(2013, 3, 2), date(2013, 3, 9)) == 0


def test_a_week_that_is_measured_again_replaces_what_was_stored(store: PredictionStore) -> None:
    store.put_weeks([{"first": f"{DAY}", "mae": 9.0}, {"first": "2013-03-12", "mae": 8.0}])
    store.put_weeks([{"first": f"{DAY}", "mae": 9.5}])

    assert [(week["first"], week["mae"]) for week in store.weeks(5)] == [
        ("2013-03-05", 9.5),
        ("2013-03-12", 8.0),
    ]
    assert [week["mae"] for week in store.weeks(1)] == [8.0]
