"""Each slice has its own error, and one that is too small to tell has none."""

import pandas as pd
import pytest

from flighttime import slices


def flights(carrier: str, miles: float, errors: list[float]) -> pd.DataFrame:
    return pd.DataFrame({"carrier": carrier, "origin": "JFK", "distance": miles, "error": errors})


@pytest.fixture
def errors() -> pd.DataFrame:
    return pd.concat([flights("UA", 2475, [-8.0, 12.0] * 30), flights("AA", 500, [1.0, -1.0] * 40), flights("HA", 4983, [90.0])])


def test_errors_of_both_signs_count(errors: pd.DataFrame) -> None:
    found = slices.by_slice(errors)

    assert (found["mae/carrier/UA"], found["flights/carrier/UA"]) == (10.0, 60)
    assert (found["mae/carrier/AA"], found["flights/carrier/AA"]) == (1.0, 80)


def test_every_flight_is_in_a_slice_of_each_kind(errors: pd.DataFrame) -> None:
    found = slices.by_slice(errors)

    assert found["flights/origin/JFK"] == 141
    assert (found["flights/miles/0-500"], found["flights/miles/2000-6000"]) == (80, 61)


@pytest.mark.parametrize(("number", "told"), [(49, False), (50, True)])
def test_a_few_flights_tell_little(number: int, told: bool) -> None:
    found = slices.by_slice(flights("VX", 2475, [1.0] * number))

    assert ("mae/carrier/VX" in found) is told


def test_a_slice_without_flights_is_no_slice(errors: pd.DataFrame) -> None:
    assert {name.partition("/")[2] for name in slices.by_slice(errors)} == {
        "carrier/AA",
        "carrier/UA",
        "origin/JFK",
        "miles/0-500",
        "miles/2000-6000",
    }
