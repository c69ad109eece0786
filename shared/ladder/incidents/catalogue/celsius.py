"""Temperatures arrive in Celsius instead of Fahrenheit."""

from datetime import date

import pandas as pd

from ladder.incidents import world
from ladder.incidents.deliveries import A_WEEK
from ladder.incidents.deliveries import count_wrong_rows
from ladder.incidents.deliveries import on_the_first_morning
from ladder.incidents.hooks import Hooks
from ladder.incidents.incident import PREVENTED
from ladder.incidents.incident import SILENT
from ladder.incidents.incident import Case
from ladder.incidents.incident import Incident
from ladder.incidents.incident import Question

SINCE = "since 4 March, temperatures and dew points are in Celsius"


def in_celsius(weather: pd.DataFrame) -> pd.DataFrame:
    rows = world.within(weather, date(2013, 3, 4), date(2013, 3, 31))
    for column in ("temp", "dewp"):
        weather.loc[rows, column] = (weather.loc[rows, column] - 32) / 1.8
    return weather


INCIDENT = Incident(
    name="celsius",
    title="Fahrenheit turns Celsius",
    story="A weather station is replaced, and the new one reports in Celsius. "
    "Every value is a plausible temperature. No model uses the weather yet; the next one might.",
    touches="the feed",
    scenario="march",
    hooks=Hooks(
        morning=on_the_first_morning(SINCE, in_celsius, "weather/2013-03"),
        evening=count_wrong_rows("temp", *A_WEEK),
    ),
    harm="records",
    days=8,
    expected={
        0: (SILENT, "the notebook joins what it reads"),
        1: (SILENT, "the contract asks for numbers, and these are numbers"),
        2: (PREVENTED, "temperature and dew point must give the humidity that was measured too"),
        3: (PREVENTED, "as Level 2"),
        4: (PREVENTED, "as Level 2"),
    },
    case=Case(
        "Mars Climate Orbiter, 1999",
        "https://en.wikipedia.org/wiki/Mars_Climate_Orbiter",
        "The spacecraft was lost because one program wrote pound-force seconds "
        "and another one read newton seconds.",
    ),
    question=Question(
        "No model uses the temperature. Why refuse the delivery?",
        "The table is what the next model learns from; a unit is never found again later.",
        (
            "It should not be refused, since no answer is wrong",
            "A range check, such as -30 to 125 degrees, would have been enough",
        ),
    ),
    code={2: ("level2_auto_training/flighttime/validate.py", "def wrong_units")},
)
