"""The judge's arithmetic, on made-up predictions."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from ladder.errors import LadderError
from ladder.year import days
from ladder.year import measures
from ladder.year import world


def made_up(minutes: list[float], first: str = "2013-03-01", **more: list[float]) -> pd.DataFrame:
    """One flight a day, predicted with these minutes."""
    names = [f"flight {number}" for number in range(len(minutes))]
    return pd.DataFrame({"flight_id": names, "minutes": minutes, "age": 0, **more})


def landings(air_time: list[float], first: str = "2013-03-01") -> pd.DataFrame:
    names = [f"flight {number}" for number in range(len(air_time))]
    return pd.DataFrame(
        {
            "flight_id": names,
            "date": pd.date_range(first, periods=len(air_time)),
            "air_time": air_time,
        }
    )


def test_weeks_begin_with_the_replay():
    assert days.week_of(date(2013, 3, 1)) == date(2013, 3, 1)
    assert days.week_of(date(2013, 3, 7)) == date(2013, 3, 1)
    assert days.week_of(date(2013, 3, 8)) == date(2013, 3, 8)


def test_difference_is_the_largest_between_any_two_levels():
    samples = {
        0: made_up([1.0, 2.0]),
        1: made_up([1.0, 2.0 + 4e-10]),
        2: made_up([1.0, 2.0 - 4e-10]),
    }

    assert measures.difference(samples) == pytest.approx(8e-10)


def test_another_model_is_refused_by_the_name_of_the_flight():
    with pytest.raises(LadderError, match="flight 1"):
        measures.difference({0: made_up([1.0, 2.0]), 3: made_up([1.0, 2.1])})


@pytest.mark.parametrize("other", [made_up([1.0]), made_up([1.0, np.nan])])
def test_a_flight_that_one_level_did_not_predict_is_refused(other):
    with pytest.raises(LadderError, match="flight 1"):
        measures.difference({0: made_up([1.0, 2.0]), 3: other})


def test_errors_leave_out_what_never_landed():
    judge = measures.Judge(landings([100.0, 200.0]), threshold=10)

    errors = judge.errors(made_up([101.0, 198.0, 50.0]))

    assert errors["minutes"].tolist() == [1.0, 2.0]


def test_a_flight_predicted_twice_is_a_mistake():
    judge = measures.Judge(landings([100.0]), threshold=10)

    with pytest.raises(pd.errors.MergeError):
        judge.errors(pd.concat([made_up([101.0]), made_up([101.0])]))


def test_summary_by_hand():
    judge = measures.Judge(landings([100.0] * 9), threshold=10)

    found = measures.summary(judge.errors(made_up([110.0] * 7 + [130.0, 140.0])))

    assert found == {"mae": pytest.approx(140 / 9), "mae_jun_sep": None, "worst_week_mae": 35.0}


def row(minutes: list[float], before: list[float], events: list[dict]) -> dict:
    judge = measures.Judge(landings([100.0] * len(minutes)), threshold=10)
    return measures.level_row(
        3, made_up(minutes, before=before), judge, events, by_hand=["approve"]
    )


STALE = [120.0] * 28
MENDED = [120.0] * 14 + [101.0] * 14


def event(day: str, kind: str) -> dict:
    return {"day": day, "kind": kind, "level": 3, "text": ""}


def test_without_anybody_looking_nothing_is_noticed():
    found = row(STALE, [np.nan] * 28, [])

    assert found["weeks_over"] == 4
    assert found["days_to_detect"] is None
    assert found["days_to_recover"] is None


def test_days_count_from_the_end_of_the_first_week_over_the_line():
    events = [
        event("2013-03-05", "looked"),
        event("2013-03-10", "looked"),
        event("2013-03-15", "release"),
    ]

    found = row(MENDED, [np.nan] * 14 + [120.0] * 7 + [np.nan] * 7, events)

    assert found["days_to_detect"] == 2
    assert found["days_to_recover"] == 7
    assert found["releases"] == 1


def test_a_release_that_is_no_better_on_the_same_flights_is_no_recovery():
    events = [event("2013-03-15", "release")]
    found = row(MENDED, [np.nan] * 14 + [100.5] * 7 + [np.nan] * 7, events)

    assert found["days_to_recover"] is None


def test_a_year_below_the_line_has_nothing_to_detect():
    found = row([101.0] * 28, [np.nan] * 28, [event("2013-03-10", "looked")])

    assert (found["weeks_over"], found["days_to_detect"]) == (0, None)


def test_timetable_tells_nothing_of_what_happened():
    found = world.timetable(date(2013, 3, 1))

    assert len(found) == 958
    assert not {"dep_time", "dep_delay", "arr_time", "arr_delay", "air_time"} & set(found)


def test_route_medians_know_only_what_was_published():
    landed = world.landed()
    day = date(2013, 4, 10)
    changed = landed.assign(
        air_time=landed["air_time"].where(landed["published"] <= pd.Timestamp(day), 9999.0)
    )

    honest, tempted = (world.route_medians(table, [day]) for table in (landed, changed))

    assert len(honest) > 800
    assert honest.equals(tempted)


def test_a_frozen_median_is_made_once():
    landed = world.landed()
    day = date(2013, 7, 1)
    changed = landed.assign(
        air_time=landed["air_time"].where(landed["date"] < pd.Timestamp(days.FIRST), 9999.0)
    )

    frozen = world.route_medians(changed, [day], made=days.FIRST)

    assert frozen.max() < 9999
    assert world.route_medians(changed, [day]).max() == 9999
