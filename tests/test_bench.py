"""The benchmarks run, and say what they measured; how much it was is not judged here."""

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from ladder.bench import pipeline
from ladder.bench import years
from ladder.errors import LadderError
from ladder.places import FEED


@pytest.mark.slow
def test_the_pipeline_and_the_bare_fit_are_measured_on_the_same_rows(tmp_path: Path) -> None:
    found = pipeline.measure(pipeline.days_of("15 days"), tmp_path)

    assert found.rows == 6_935
    assert min(found) > 0


@pytest.mark.parametrize(("size", "days"), [("15 days", 15), ("1 year", 365), ("10 years", 3650)])
def test_a_size_is_a_time(size: str, days: int) -> None:
    assert pipeline.days_of(size) == days


@pytest.mark.parametrize("size", ["", "0 years", "ten years", "50000"])
def test_a_size_that_is_none_is_refused(size: str) -> None:
    with pytest.raises(LadderError, match="is no time: write it like '2 months' or '3 years'"):
        pipeline.days_of(size)


def test_years_follow_each_other_without_a_gap(tmp_path: Path) -> None:
    weather = pd.read_parquet(FEED / "weather" / "2013-12.parquet")

    moved = years.later(weather, 2 * years.DAYS)

    assert date(*map(int, moved[["year", "month", "day"]].iloc[-1])) == date(2015, 12, 30)
    assert (moved["time_hour"] - weather["time_hour"]).dt.days.eq(730).all()
    assert moved["temp"].equals(weather["temp"]) and moved.dtypes.equals(weather.dtypes)
