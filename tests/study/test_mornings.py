"""The fresh features are what each morning knew, and models learn from the same values."""

from datetime import date
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import ladder
from flighttime import baseline
from flighttime.features import TARGET
from groundcrew.errors import UserError
from ladder.study import costs
from ladder.study import feature
from ladder.study import mornings
from ladder.study import upkeep
from ladder.study.fresh_years import FreshYear
from ladder.study.mornings import USUAL
from ladder.study.mornings import YESTERDAY
from ladder.study.years import A_DAY
from ladder.study.years import Model
from ladder.study.years import Year

SOLUTION = Path(ladder.__file__).parent / "exercises/better_feature/flighttime/fresh.py"
FEATURES_OF_THE_SOLUTION = mornings.load(SOLUTION)
DAY = date(2013, 2, 20)


@pytest.fixture(scope="module")
def year(table: pd.DataFrame) -> FreshYear:
    return FreshYear(table[table["date"] >= "2013-01-28"], FEATURES_OF_THE_SOLUTION)


def of_day(values: np.ndarray | pd.Series, year: Year, day: date = DAY) -> np.ndarray:
    return np.asarray(values)[year.between(day, day + A_DAY)]


@pytest.fixture(scope="module")
def recent(table: pd.DataFrame) -> pd.DataFrame:
    """What the features of DAY need, and two days more."""
    first, last = DAY - timedelta(days=15), DAY + timedelta(days=2)
    return table[table["date"].between(f"{first}", f"{last}")]


def of_the_morning(rows: pd.DataFrame, name: str, *, later: bool = False) -> np.ndarray:
    """The values of DAY as they are served, or as training makes them later."""
    year, feature = Year(rows), FEATURES_OF_THE_SOLUTION[name]
    if later:
        return of_day(mornings.read_later(year, feature, [DAY]), year)
    return of_day(mornings.served(year, feature, since=DAY), year)


@pytest.mark.parametrize("name", [USUAL, YESTERDAY])
@pytest.mark.parametrize("later_on", [False, True], ids=["served", "read later"])
def test_a_landing_published_later_changes_no_value_of_a_morning(
    name: str, later_on: bool, recent: pd.DataFrame
) -> None:
    later = recent["published"] > f"{DAY}"
    changed = recent.assign(air_time=recent[TARGET].mask(later, 9 * recent[TARGET]))
    assert (later & (recent["date"] == f"{DAY - A_DAY}")).any()  # some of yesterday's landed late

    before, after = (of_the_morning(rows, name, later=later_on) for rows in (recent, changed))

    assert len(before) and (before == after).all()


@pytest.mark.parametrize("name", [USUAL, YESTERDAY])
def test_a_landing_that_was_published_changes_the_morning(name: str, recent: pd.DataFrame) -> None:
    known = (recent["date"] == f"{DAY - A_DAY}") & (recent["published"] <= f"{DAY}")
    changed = recent.assign(air_time=recent[TARGET].mask(known, 9 * recent[TARGET]))

    before, after = (of_the_morning(rows, name) for rows in (recent, changed))

    assert (before != after).any()


def test_the_values_are_the_route_median_and_yesterdays_ratio_to_it(year: FreshYear) -> None:
    flights = year.flights
    day, before = pd.Timestamp(DAY), pd.Timestamp(DAY - A_DAY)
    usual = baseline.route_median(flights, DAY, flights[flights["date"] == day])
    band = flights["distance"].between(1001, 1500)
    seen = flights[(flights["date"] == before) & (flights["published"] <= day) & band]
    ratio = (seen[TARGET] / baseline.route_median(flights, DAY - A_DAY, seen)).mean()

    assert (of_day(flights[USUAL], year) == usual).all()
    assert of_day(flights[YESTERDAY], year)[of_day(band, year)] == pytest.approx(ratio)


def test_what_training_makes_later_is_what_production_served(year: FreshYear) -> None:
    assert year.skew == 0


def test_a_feature_that_looks_at_late_landings_is_training_serving_skew(
    recent: pd.DataFrame,
) -> None:
    def leaks(history: pd.DataFrame, day: date, flights: pd.DataFrame) -> pd.Series:
        yesterday = history["date"] == pd.Timestamp(day - A_DAY)
        return flights["distance"] * 0 + history.loc[yesterday, TARGET].mean()

    year = FreshYear(recent, {**FEATURES_OF_THE_SOLUTION, YESTERDAY: leaks})

    assert year.skew > 0.5


def test_a_late_feed_serves_the_values_of_an_earlier_morning(year: FreshYear) -> None:
    late = mornings.served(year, FEATURES_OF_THE_SOLUTION[YESTERDAY], 2 * A_DAY, since=DAY)

    now, then = (set(of_day(values, year)) for values in (late, year.flights[YESTERDAY]))
    earlier = set(of_day(year.flights[YESTERDAY], year, DAY - 2 * A_DAY))
    assert now <= earlier and not now & then


def test_a_model_of_the_ratio_follows_the_usual_minutes(year: FreshYear, today: date) -> None:
    flights = year.flights.iloc[year.between(DAY, DAY + A_DAY)]
    slower = flights.assign(usual=2 * flights[USUAL])

    ratio, minutes = (
        one.predict(Model(today), slower).mean() / one.predict(Model(today), flights).mean()
        for one in (year, year.variant(ratio=False))
    )

    assert ratio == pytest.approx(2, abs=0.1)
    assert minutes < 1.9  # trees cannot predict more than they have seen


def test_a_constant_feature_is_constant_in_training_and_in_production(year: FreshYear) -> None:
    other = year.variant(yesterday=1.0)

    assert set(other.flights[YESTERDAY]) == set(other.taught[YESTERDAY]) == {1.0}
    assert year.flights[YESTERDAY].nunique() > 50 and other.skew == year.skew


def test_a_poisoned_day_changes_the_next_morning_and_hardly_the_others(
    year: FreshYear, today: date, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(costs, "DAYS_AFTER", 4)
    errors = {
        kind: costs.errors_after(year, today, DAY, change)
        for kind, change in {"clean": None, "poisoned": costs.stretched}.items()
    }

    first, later = (
        errors["poisoned"][part].mean() - errors["clean"][part].mean() for part in (0, 1)
    )
    assert first > 1 and abs(later) < 0.3
    assert costs.passes(year, DAY)


def test_validation_refuses_a_day_that_is_far_too_long(
    year: FreshYear, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(costs, "POISON", 2.0)

    assert not costs.passes(year, DAY)


def test_serving_needs_a_median_a_route_and_a_ratio_a_band(year: FreshYear, today: date) -> None:
    state = upkeep.state(year)
    flights = year.flights.iloc[year.between(year.last, year.last + A_DAY)]

    assert state["medians"]["rows"] == len(flights.groupby(["origin", "dest"]))
    assert state["ratios"]["rows"] <= 8 and 10_000 < state["landings"]["rows"] < 16_000
    taken = upkeep.microseconds(year, today)
    assert all(0 < taken[name] < 1e6 for name in ("today's features", "fresh features"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("def usual(history, day, flights): ...", "has no function yesterday"),
        ("def usual(:", "cannot be imported: SyntaxError"),
        ("import nothing_of_this_name", "cannot be imported: ModuleNotFoundError"),
    ],
)
def test_a_file_without_the_functions_is_refused(text: str, message: str, tmp_path: Path) -> None:
    file = tmp_path / "fresh.py"
    file.write_text(text, encoding="utf-8")

    with pytest.raises(UserError, match=message):
        mornings.load(file)


def test_a_function_that_fails_is_named_with_the_morning(year: FreshYear) -> None:
    def broken(history: pd.DataFrame, day: date, flights: pd.DataFrame) -> pd.Series:
        return flights["nothing"]

    def short(history: pd.DataFrame, day: date, flights: pd.DataFrame) -> pd.Series:
        return flights["distance"].head(3)

    with pytest.raises(UserError, match=r"broken\(\) on the morning of 2013-01-29 raised KeyError"):
        mornings.served(year, broken)
    with pytest.raises(UserError, match=r"short\(\) .* must return \d+ values, one a flight"):
        mornings.served(year, short)


def test_features_without_a_model_are_judged_like_a_model(year: FreshYear) -> None:
    since = date(2013, 2, 11)
    replayed = year.between(since, year.last + A_DAY)
    minutes = year.flights[USUAL] * year.flights[YESTERDAY]

    found = feature.alone(year, since)

    expected = abs(minutes - year.minutes)[replayed].mean()
    assert found["usual times yesterday"]["error"] == pytest.approx(expected)
    assert found["usual"]["worst_week"] >= found["usual"]["error"]


def test_a_windy_day_is_followed_by_a_windy_day(year: FreshYear) -> None:
    found = feature.wind(year, date(2013, 2, 11))

    assert 0.3 < found["correlation"] < 1
    assert found["lowest"] < 1 < found["highest"]
