"""Is a delivery refused if flights are missing from it?"""

from dataclasses import replace
from datetime import date

from flighttime import validate
from groundcrew import feed
from groundcrew.errors import UserError


def check() -> None:
    good = feed.delivery(date(2013, 1, 4))
    # Every other flight of each carrier at each airport: the mix is as usual.
    number = good.flights.groupby(["date", "carrier", "origin"]).cumcount()
    half = replace(good, flights=good.flights[number % 2 == 0])
    try:
        validate.check(half)
    except UserError as refusal:
        assert "a day" in str(refusal), f"it is refused for another reason: {refusal}"
    else:
        raise AssertionError(
            f"{len(half.flights):,} flights of three days were taken in; such days have "
            f"{len(good.flights):,}"
        )
    assert len(validate.check(good).flights) > 0.9 * len(good.flights)
