"""What the page says about one flight, from the model's answer and the route's recent flights."""

from dataclasses import dataclass
from datetime import timedelta

import pandas as pd

from groundcrew.serving import Serving
from groundcrew.web import clocks
from groundcrew.web import predicting
from groundcrew.web import route_chart
from groundcrew.web import route_history
from groundcrew.web import schemas
from groundcrew.web.form import Form
from groundcrew.web.recent_flights import RecentFlights
from groundcrew.web.route_chart import Chart
from groundcrew.web.route_history import ERROR_DAYS
from groundcrew.web.route_history import TARGET
from groundcrew.web.route_history import ErrorSpread
from groundcrew.web.services import Services

NUMBERS = ["distance", "sched_dep_min", "sched_block", "seats"]
Band = tuple[int, int]


@dataclass(frozen=True)
class Landing:
    """`ground` is the minutes for taxiing; `arrives` is None if it or the time zone is unknown."""

    departs: pd.Timestamp
    ground: int | None
    zone: str | None
    arrives: pd.Timestamp | None

    @property
    def days_later(self) -> int:
        """How many days the calendar at the destination is ahead on arrival."""
        return (self.arrives.date() - self.departs.date()).days if self.arrives else 0


@dataclass(frozen=True)
class Forecast:
    """`spread` is of the `on_route` flights or, if `similar`, of flights over a similar distance.

    `band` is the range of minutes that eight flights in ten would keep to; `unseen` inputs are new.
    """

    minutes: int
    unseen: list[str]
    landing: Landing
    on_route: int
    spread: ErrorSpread | None
    similar: bool
    band: Band | None
    chart: Chart | None
    days: list[dict]
    error_days: int = ERROR_DAYS


def make(services: Services, serving: Serving, form: Form, recent: RecentFlights) -> Forecast:
    origin, dest, carrier = (form.values[name] for name in ("origin", "dest", "carrier"))
    route = route_history.on_route(recent.flights, origin, dest)
    typical = route_history.typical_values(route, carrier, form.minutes)
    flight = schemas.Flight(
        origin=origin,
        dest=dest,
        carrier=carrier,
        sched_dep_min=form.minutes,
        distance=typical["distance"],
        sched_block=typical["sched_block"],
        seats=typical["seats"],
    )
    schemas.require_valid(flight, f"recent flights on {origin}-{dest}")
    # The page asks as a program does, so that its answer is counted and recorded.
    (given,) = predicting.answer(services, serving, [flight])
    minutes = round(given.minutes)
    landed = route_history.on_route(recent.landed, origin, dest)
    comparable = route_history.comparable_flights(recent.landed, origin, dest, typical["distance"])
    spread = route_history.error_spread(errors(services, serving, comparable))
    band = (minutes + round(spread.low), minutes + round(spread.high)) if spread else None
    ground = route_history.ground_minutes(route)
    return Forecast(
        minutes=minutes,
        unseen=predicting.unseen_inputs(services, serving, given),
        landing=landing(form, minutes, ground, recent.zones.get(dest)),
        on_route=len(landed),
        spread=spread,
        similar=len(comparable) > len(landed),
        band=band,
        chart=chart(landed, recent, carrier, minutes, band),
        days=route_history.daily_summary(landed).to_dict("records"),
    )


def errors(services: Services, serving: Serving, landed: pd.DataFrame) -> pd.Series:
    """Actual minus predicted minutes of each flight, by the champion.

    These predictions are not answers to a request, so they are neither counted nor recorded.
    """
    if landed.empty:
        return landed[TARGET]
    frame = landed[services.features].astype(dict.fromkeys(NUMBERS, "float64"))
    return landed[TARGET] - serving.champion.predict(frame)


def landing(form: Form, minutes: int, ground: float | None, zone: str | None) -> Landing:
    departs = clocks.departure(form.day, form.minutes)
    taxiing = None if ground is None else round(ground)
    if taxiing is None or zone is None:
        return Landing(departs, taxiing, zone, None)
    return Landing(departs, taxiing, zone, clocks.arrival(departs, minutes + taxiing, zone))


def chart(
    landed: pd.DataFrame, recent: RecentFlights, carrier: str, minutes: int, band: Band | None
) -> Chart | None:
    if landed.empty:
        return None
    days = [recent.until - timedelta(days=ago) for ago in reversed(range(ERROR_DAYS))]
    return route_chart.draw(landed, days, carrier, minutes, band)
