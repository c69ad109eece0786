"""Landings are an hour late in the feed: labels are poisoned within the schema."""

from datetime import date

import pandas as pd

from ladder.incidents import world
from ladder.incidents.deliveries import on_the_first_morning
from ladder.incidents.hooks import Hooks
from ladder.incidents.incident import PREVENTED
from ladder.incidents.incident import SILENT
from ladder.incidents.incident import Case
from ladder.incidents.incident import Incident
from ladder.incidents.incident import Question

MINUTES = 60
LONGER = f"every air time since 1 February is {MINUTES} minutes longer"


def shifted(flights: pd.DataFrame) -> pd.DataFrame:
    rows = world.within(flights, date(2013, 2, 1), date(2013, 3, 31))
    flights.loc[rows, "air_time"] += MINUTES
    return flights


INCIDENT = Incident(
    name="labels-shifted",
    title="Landings are shifted by an hour",
    story="The sender computes air times again, and takes the landing's clock for another zone. "
    "Every flight since February is an hour longer. Each single value is possible.",
    touches="the feed",
    scenario="march",
    hooks=Hooks(
        morning=on_the_first_morning(LONGER, shifted, "flights/2013-02", "flights/2013-03")
    ),
    degree="60 minutes",
    expected={
        0: (SILENT, "the notebook learns the longer times, and measures itself on them"),
        1: (SILENT, "the same: a model that learned the error makes none on it"),
        2: (
            PREVENTED,
            "a day's speed must keep the level: quarantined, and too few are left to train",
        ),
        3: (PREVENTED, "as Level 2"),
        4: (PREVENTED, "as Level 2"),
    },
    case=Case(
        "Tay, March 2016",
        "https://en.wikipedia.org/wiki/Tay_(chatbot)",
        "A chat bot learned from its conversations, people fed it on purpose, "
        "and it was taken down within a day.",
    ),
    question=Question(
        "Why does comparing with the champion not protect Level 3?",
        "Champion and challenger are measured on the same wrong landings, so the one that learned "
        "them looks better. What protects is a look at the labels before a model learns them.",
        ("It does protect", "The holdout should be larger"),
    ),
    code={2: ("shared/groundcrew/src/groundcrew/label_level.py", "def broken")},
)
