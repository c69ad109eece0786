"""A control: the weather moves, and the error does not."""

from datetime import date

import pandas as pd

from ladder.incidents import world
from ladder.incidents.deliveries import on_the_first_morning
from ladder.incidents.hooks import Hooks
from ladder.incidents.incident import QUIET
from ladder.incidents.incident import Case
from ladder.incidents.incident import Incident
from ladder.incidents.incident import Question

FAHRENHEIT = 15
WARMER = f"{FAHRENHEIT} degrees warmer, twice the wind on the ground; flights as ever"


def warmer(weather: pd.DataFrame) -> pd.DataFrame:
    """A warm April with twice the wind on the ground; the humidity follows from both."""
    from groundcrew.feed import relative_humidity

    rows = world.within(weather, date(2013, 4, 8), date(2013, 4, 30))
    for column in ("temp", "dewp"):
        weather.loc[rows, column] += FAHRENHEIT
    weather.loc[rows, "humid"] = relative_humidity(weather["temp"], weather["dewp"])[rows]
    weather.loc[rows, ["wind_speed", "wind_gust"]] *= 2
    return weather


INCIDENT = Incident(
    name="harmless-drift",
    title="Control: harmless drift",
    story="An unusually warm and windy April: every column of the weather moves. "
    "Air times do not care, since planes fly above it. No model would do better.",
    touches="the weather",
    scenario="april",
    hooks=Hooks(morning=on_the_first_morning(WARMER, warmer, "weather/2013-04")),
    control=True,
    expected={
        0: (QUIET, "no one looks"),
        1: (QUIET, "no one looks"),
        2: (QUIET, "no rule is broken: warm is no error"),
        3: (QUIET, "as Level 2"),
        4: (QUIET, "drift is shown as an explanation; the trigger is the error"),
    },
    case=Case(
        "Failing Loudly, 2019",
        "https://arxiv.org/abs/1810.11953",
        "A study of tests for shifts in data says that a shift that is found "
        "need not be a harmful one.",
    ),
    question=Question(
        "A drift detector on the weather would have fired every day. Would that be wrong?",
        "It would be true and useless: alarms that mean nothing are what people learn to ignore.",
        ("No: more alarms are safer", "Yes: the weather did not change"),
    ),
    code={4: ("level4_full/flighttime/policy.py", "def judge")},
)
