"""Does a delivery that is refused leave anything behind?"""

from dataclasses import replace
from datetime import date

from flighttime import validate
from groundcrew import feed
from groundcrew.errors import UserError
from groundcrew.feed import Delivery
from groundcrew.tables import quarantine


def check() -> None:
    good = feed.delivery(date(2013, 1, 4))
    flights = good.flights.copy()
    flights.loc[flights.index[:3], "air_time"] = 5.0
    celsius = good.weather.assign(
        temp=(good.weather["temp"] - 32) / 1.8, dewp=(good.weather["dewp"] - 32) / 1.8
    )
    broken = replace(good, flights=flights, weather=celsius)
    assert is_refused(broken), "a delivery with temperatures in Celsius was taken in"
    left = len(quarantine.read())
    assert not left, f"the delivery was refused, and {left} of its rows are in quarantine"
    taken = validate.check(replace(good, flights=flights))
    assert len(taken.flights) == len(flights) - 3, "three bad flights do not break a delivery"
    assert len(quarantine.read()) == 3, "the bad rows of a delivery that is taken in are lost"


def is_refused(delivery: Delivery) -> bool:
    try:
        validate.check(delivery)
    except UserError:
        return True
    return False
