"""A year that is over is told as it was, and another one is made of its weeks."""

from datetime import date
from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from flighttime import baseline
from flighttime import train
from flighttime import years
from flighttime.errors import Refused
from flighttime.features import TARGET
from flighttime.years import Year


@pytest.fixture(scope="module")
def year(table: pd.DataFrame) -> Year:
    return Year(table)


def test_a_model_errs_as_the_pipeline_measured_it(year: Year, trained: train.Trained, table: pd.DataFrame, today: date) -> None:
    expected = train.measure(trained, table, today)["error"].abs().mean()

    errors = year.errors(today)

    # What was published after the day is no part of the holdout, but of the year.
    holdout = year.known(years.unseen(today), today)
    assert errors[holdout].mean() == pytest.approx(expected, abs=1e-9)
    assert np.isnan(errors[year.between(date(2013, 1, 1), years.unseen(today))]).all()


def test_a_model_is_trained_once(year: Year, today: date, monkeypatch: pytest.MonkeyPatch) -> None:
    first = year.errors(today)
    monkeypatch.setattr(train, "fit", lambda *given: pytest.fail("trained again"))

    assert year.errors(today) is first


def test_the_median_is_made_anew_every_morning(year: Year, table: pd.DataFrame) -> None:
    day = date(2013, 2, 20)
    flights = table[(table["date"] == f"{day}") & table[TARGET].notna()]
    expected = (baseline.route_median(table, day, flights) - flights[TARGET]).abs().mean()

    assert year.median_errors[year.between(day, day + years.A_DAY)].mean() == pytest.approx(expected)


def test_what_lands_late_is_not_known_before_it_is_published(year: Year) -> None:
    day = date(2013, 2, 20)
    next_morning, later = (len(year.known(day, day + timedelta(days=number))) for number in (1, 2))
    of_the_day = year.between(day, day + years.A_DAY)

    assert next_morning < of_the_day.stop - of_the_day.start
    assert later > of_the_day.stop - of_the_day.start


def weeks_of(count: int) -> pd.DataFrame:
    """A flight a day, each known by the number of its day."""
    days = pd.date_range("2013-01-01", periods=7 * count + 1).as_unit("us")
    return pd.DataFrame({"date": days, "published": days + pd.Timedelta(days=1), "number": range(len(days))})


def test_another_year_has_the_same_days_in_runs_of_whole_weeks() -> None:
    known = weeks_of(20)

    drawn = years.other(known, seed=1, together=8)

    assert drawn["date"].tolist() == known["date"].tolist()[:-1]
    assert (drawn["number"] % 7 == known["number"][:-1] % 7).all()
    jumps = [place for place in range(1, 140) if drawn["number"][place] != drawn["number"][place - 1] + 1]
    assert set(jumps) <= {56, 112} and drawn["number"].tolist() != known["number"].tolist()[:-1]
    assert (drawn["published"] - drawn["date"] == pd.Timedelta(days=1)).all()


def test_another_year_is_the_same_for_the_same_seed_and_may_begin_with_any_week() -> None:
    first = {seed: years.other(weeks_of(20), seed)["number"].tolist() for seed in range(40)}

    assert years.other(weeks_of(20), 7)["number"].tolist() == first[7]
    assert {numbers[0] // 7 for numbers in first.values()} == set(range(13))


def test_a_year_that_is_too_short_or_empty_is_refused(table: pd.DataFrame) -> None:
    with pytest.raises(Refused, match="8 weeks have passed, .* more than 8 are needed"):
        years.other(weeks_of(8), 1)
    with pytest.raises(Refused, match="nothing has landed yet"):
        Year(table.head(0))
