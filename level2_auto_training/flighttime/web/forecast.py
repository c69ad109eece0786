"""Everything the page says about one flight, put together from the model's answer and the route's recent flights."""

from dataclasses import dataclass
from datetime import timedelta

import pandas as pd

from flighttime import production
from flighttime import score
from flighttime.features import TARGET
from flighttime.web import api
from flighttime.web import arrival
from flighttime.web import chart
from flighttime.web import routes
from flighttime.web.chart import Chart
from flighttime.web.known import Known
from flighttime.web.routes import Spread
from flighttime.web.visit import Visit


@dataclass(frozen=True)
class Landing:
    """`ground` is the minutes that timetables leave for taxiing; without it or the time zone nobody knows when."""

    departs: pd.Timestamp
    ground: int | None
    zone: str | None
    arrives: pd.Timestamp | None

    @property
    def days_later(self) -> int:
        """By how many days the calendar at the destination is ahead on arrival."""
        return (self.arrives.date() - self.departs.date()).days


@dataclass(frozen=True)
class Forecast:
    """`on_route` flights landed there lately; the spread is theirs or, where `similar`, that of flights about as far.

    `band` is between how many and how many minutes eight flights in ten would stay in the air.
    """

    minutes: int
    landing: Landing
    on_route: int
    spread: Spread | None
    similar: bool
    band: tuple[int, int] | None
    chart: Chart | None
    days: list[dict]
    judged_days: int = routes.JUDGED_DAYS


def make(visit: Visit, known: Known) -> Forecast:
    """Raises Refused where no model is in production."""
    origin, dest, carrier = (visit.values[name] for name in ("origin", "dest", "carrier"))
    route = routes.on_route(known.flights, origin, dest)
    expected = routes.expected(route, carrier, visit.minutes)
    minutes = predicted(origin=origin, dest=dest, carrier=carrier, sched_dep_min=visit.minutes, **expected)
    landed = routes.on_route(known.landed, origin, dest)
    judges = routes.judges(known.landed, origin, dest, expected["distance"])
    spread = routes.spread(errors(judges))
    band = spread and (minutes + round(spread.low), minutes + round(spread.high))
    return Forecast(
        minutes=minutes,
        landing=landing(visit, minutes, routes.ground_minutes(route), known.zones.get(dest)),
        on_route=len(landed),
        spread=spread,
        similar=len(judges) > len(landed),
        band=band,
        chart=picture(landed, known, carrier, minutes, band),
        days=routes.by_day(landed).to_dict("records"),
    )


def predicted(**flight: object) -> int:
    """Minutes in the air: the page asks like any program, so that its answers are treated like any other."""
    return round(api.answer([api.Flight(**flight)])["answers"][0]["minutes"])


def errors(landed: pd.DataFrame) -> pd.Series:
    """How many minutes longer each flight took than the model in production says for it.

    Nobody asked for these answers, so they are not counted or kept among those that were given.
    """
    return landed[TARGET] - score.score(landed, production.serving())["minutes"]


def landing(visit: Visit, minutes: int, ground: float | None, zone: str | None) -> Landing:
    departs = arrival.departure(visit.day, visit.minutes)
    if ground is None or zone is None:
        return Landing(departs, ground, zone, None)
    return Landing(departs, round(ground), zone, arrival.arrival(departs, minutes + round(ground), zone))


def picture(
    landed: pd.DataFrame,
    known: Known,
    carrier: str,
    minutes: int,
    band: tuple[int, int] | None,
) -> Chart | None:
    if landed.empty:
        return None
    days = [known.until - timedelta(days=ago) for ago in reversed(range(routes.JUDGED_DAYS))]
    return chart.draw(landed, days, carrier, minutes, band)
