"""A past year holds what was published, and a resampled year is made of its weeks."""

from datetime import date
from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from flighttime import baseline
from flighttime import train
from flighttime.features import FEATURES
from flighttime.features import TARGET
from groundcrew.errors import UserError
from ladder.study import years
from ladder.study.years import Model
from ladder.study.years import Year


@pytest.fixture(scope="module")
def year(table: pd.DataFrame) -> Year:
    return Year(table)


def test_errors_of_a_model_equal_those_that_training_measured(
    year: Year,
    trained: train.Trained,
    table: pd.DataFrame,
    today: date,
) -> None:
    expected = train.measure(trained, table, today)["error"].abs().mean()

    errors = year.errors(Model(today))

    # A landing published after the day belongs to the year, but not to the holdout.
    holdout = year.published_by(today, years.holdout_start(today))
    assert errors[holdout].mean() == pytest.approx(expected, abs=1e-9)
    assert np.isnan(errors[year.between(date(2013, 1, 1), years.holdout_start(today))]).all()


def test_a_refitted_model_is_the_one_that_training_refits(year: Year, today: date) -> None:
    day = today - timedelta(days=10)
    history = year.flights[year.between(train.first_day(day), day)]
    refitted = train.fit(history, day, refit=True)
    unseen = year.between(day, today)
    flights = year.flights[unseen]

    errors = year.errors(Model(day, refit=True))

    expected = abs(refitted.pipeline.predict(flights[FEATURES]) - flights[TARGET])
    assert refitted.rows["date"].max().date() == day - years.A_DAY
    assert errors[unseen] == pytest.approx(expected.to_numpy(), abs=1e-9)
    assert np.isnan(errors[: unseen.start]).all()


def test_a_model_is_named_in_the_ledger(today: date) -> None:
    for model in (Model(today), Model(today, refit=True)):
        assert Model.named(f"{model}") == model
    assert (Model(today, True).learned_until, Model(today).learned_until) == (
        today,
        years.holdout_start(today),
    )


def test_a_model_is_trained_once(
    year: Year,
    today: date,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = year.errors(Model(today))
    monkeypatch.setattr(train, "fit", lambda *given: pytest.fail("trained again"))

    assert year.errors(Model(today)) is first


def test_the_route_median_is_computed_every_morning(year: Year, table: pd.DataFrame) -> None:
    day = date(2013, 2, 20)
    flights = table[(table["date"] == f"{day}") & table[TARGET].notna()]
    expected = (baseline.route_median(table, day, flights) - flights[TARGET]).abs().mean()

    errors = year.median_errors[year.between(day, day + years.A_DAY)]

    assert errors.mean() == pytest.approx(expected)


def test_a_late_landing_is_used_only_after_its_publication(year: Year) -> None:
    day = date(2013, 2, 20)
    mornings = day + timedelta(days=1), day + timedelta(days=2)

    next_morning, later = (len(year.published_by(morning, day)) for morning in mornings)

    flights = year.between(day, day + years.A_DAY)
    assert next_morning < flights.stop - flights.start
    assert later > flights.stop - flights.start


def numbered_days(weeks: int) -> pd.DataFrame:
    """A flight a day with the number of its day, and one day over."""
    days = pd.date_range("2013-01-01", periods=7 * weeks + 1).as_unit("us")
    published = days + pd.Timedelta(days=1)
    return pd.DataFrame({"date": days, "published": published, "number": range(len(days))})


def test_a_resampled_year_has_the_same_days_in_blocks_of_whole_weeks() -> None:
    table = numbered_days(20)

    resampled = years.resample(table, seed=1, block_weeks=8)

    assert resampled["date"].tolist() == table["date"].tolist()[:-1]
    assert (resampled["number"] % 7 == table["number"][:-1] % 7).all()
    numbers = resampled["number"].tolist()
    jumps = {day for day in range(1, 140) if numbers[day] != numbers[day - 1] + 1}
    assert jumps <= {56, 112} and numbers != table["number"].tolist()[:-1]
    assert (resampled["published"] - resampled["date"] == pd.Timedelta(days=1)).all()


def test_equal_seeds_give_equal_years_and_any_week_can_be_the_first() -> None:
    table = numbered_days(20)

    numbers = {seed: years.resample(table, seed)["number"].tolist() for seed in range(40)}

    assert years.resample(table, 7)["number"].tolist() == numbers[7]
    assert {first // 7 for first, *_ in numbers.values()} == set(range(13))


def test_a_short_or_empty_year_is_refused(table: pd.DataFrame) -> None:
    with pytest.raises(UserError, match="the table has 8 whole weeks, and one block takes 8"):
        years.resample(numbered_days(8), 1)
    with pytest.raises(UserError, match="no flight has landed yet"):
        Year(table.head(0))
