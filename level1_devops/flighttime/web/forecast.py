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
class Forecast:
    """`on_route` flights landed there lately; the spread is theirs or, where `similar`, that of flights about as far.

    `band` is between how many and how many minutes eight flights in ten would stay in the air.
    """

    minutes: int
    on_route: int
    spread: Spread | None
    similar: bool
    band: tuple[int, int] | None
    zone: str | None
    departs: pd.Timestamp
    ground: int | None
    arrives: pd.Timestamp | None
    chart: Chart | None
    days: list[dict]
    judged_days: int = routes.JUDGED_DAYS

    @property
    def days_later(self) -> int:
        """By how many days the calendar at the destination is ahead on arrival."""
        return (self.arrives.date() - self.departs.date()).days


def make(visit: Visit, known: Known) -> Forecast:
    """Raises Refused where no model is in production."""
    origin, dest, carrier = (visit.values[name] for name in ("origin", "dest", "carrier"))
    route = routes.on_route(known.flights, origin, dest)
    expected = routes.expected(route, carrier, visit.minutes)
    flight = api.Flight(origin=origin, dest=dest, carrier=carrier, sched_dep_min=visit.minutes, **expected)
    minutes = round(api.answer([flight]).answers[0].minutes)

    known_landed = known.landed
    landed = routes.on_route(known_landed, origin, dest)
    judges = routes.judges(known_landed, origin, dest, expected["distance"])
    spread = routes.spread(errors(judges))
    days = [known.until - timedelta(days=ago) for ago in reversed(range(routes.JUDGED_DAYS))]
    band = spread and (minutes + round(spread.low), minutes + round(spread.high))

    zone = known.zones.get(dest)
    ground = routes.ground_minutes(route)
    departs = arrival.departure(visit.day, visit.minutes)
    told = zone is not None and ground is not None
    return Forecast(
        minutes=minutes,
        on_route=len(landed),
        spread=spread,
        similar=len(judges) > len(landed),
        band=band,
        zone=zone,
        departs=departs,
        ground=None if ground is None else round(ground),
        arrives=arrival.arrival(departs, minutes + round(ground), zone) if told else None,
        chart=chart.draw(landed, days, carrier, minutes, band) if len(landed) else None,
        days=routes.by_day(landed).to_dict("records"),
    )


def errors(landed: pd.DataFrame) -> pd.Series:
    """How many minutes longer each flight took than the model in production says for it.

    Nobody asked for these answers, so they are not given through the programs' door.
    """
    return landed[TARGET] - score.score(landed, production.serving())["minutes"]
