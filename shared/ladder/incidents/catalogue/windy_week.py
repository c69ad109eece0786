"""A control: a week of changing winds, in which all forecasts err more."""

from datetime import date

import pandas as pd

from ladder.incidents import world
from ladder.incidents.hooks import Hooks
from ladder.incidents.incident import QUIET
from ladder.incidents.incident import Case
from ladder.incidents.incident import Incident
from ladder.incidents.incident import Question
from ladder.incidents.play import Play

FIRST, DAYS = date(2013, 4, 15), 7
SHARE = 0.07


def morning(play: Play) -> None:
    if play.today != play.scenario.first:
        return
    by_day = [play.random.choice((-1, 1)) * SHARE for _ in range(DAYS)]

    def windy(flights: pd.DataFrame) -> pd.DataFrame:
        for number, share in enumerate(by_day):
            day = date(2013, 4, FIRST.day + number)
            rows = world.within(flights, day, day)
            flights.loc[rows, "air_time"] = (flights.loc[rows, "air_time"] * (1 + share)).round()
        return flights

    world.deliver(play.feed, "flights/2013-04", windy)
    play.inject("from 15 to 21 April the wind turns from day to day: flights 7% longer or shorter")


INCIDENT = Incident(
    name="windy-week",
    title="Control: a windy week",
    story="For a week the wind turns every day, and no one can know how. "
    "Every forecast errs much more. A new model would err as much.",
    touches="the wind, and chance",
    scenario="april",
    hooks=Hooks(morning=morning),
    control=True,
    seeds=(1, 2),
    seeded=(4,),
    expected={
        0: (QUIET, "no one looks"),
        1: (QUIET, "no one looks"),
        2: (QUIET, "no one looks"),
        3: (QUIET, "no one looks"),
        4: (QUIET, "the error is compared with a fresh forecast, which errs as much"),
    },
    case=Case(
        "Regression to the mean",
        "https://en.wikipedia.org/wiki/Regression_toward_the_mean",
        "What is measured because it was extreme tends to be less extreme the next time, "
        "whatever was done about it.",
    ),
    question=Question(
        "An alarm at 1.25 times the certified error would have retrained. What comes after?",
        "A better week afterwards, and one would have thanked the new model for it.",
        ("A better model", "Nothing, since weeks cannot be compared"),
    ),
    code={4: ("level4_full/flighttime/monitor.py", "route_median_mae=")},
)
