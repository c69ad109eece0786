"""Half a delivery arrives."""

from datetime import date

import pandas as pd

from ladder.incidents import world
from ladder.incidents.deliveries import count_wrong_rows
from ladder.incidents.deliveries import on_the_first_morning
from ladder.incidents.hooks import Hooks
from ladder.incidents.incident import PREVENTED
from ladder.incidents.incident import SILENT
from ladder.incidents.incident import Case
from ladder.incidents.incident import Incident
from ladder.incidents.incident import Question

MISSING = "of 7 to 10 March, the flights after 13:00 are missing"
CUT_OFF = date(2013, 3, 7), date(2013, 3, 10)


def half(flights: pd.DataFrame) -> pd.DataFrame:
    lost = world.within(flights, *CUT_OFF) & (flights["sched_dep_time"] >= 1300)
    return flights[~lost].reset_index(drop=True)


INCIDENT = Incident(
    name="half-delivery",
    title="Half a delivery",
    story="The sender's file has reached its largest size, and what was over is cut off. "
    "Each of four days ends at one o'clock. What is there is right.",
    touches="the feed",
    scenario="march",
    hooks=Hooks(
        morning=on_the_first_morning(MISSING, half, "flights/2013-03"),
        evening=count_wrong_rows("missing", *CUT_OFF),
    ),
    harm="records",
    days=8,
    expected={
        0: (SILENT, "the notebook trains on what is there"),
        1: (SILENT, "ingest adds what is there"),
        2: (PREVENTED, "a day has at least 550 flights, or the delivery is refused"),
        3: (PREVENTED, "as Level 2"),
        4: (PREVENTED, "as Level 2"),
    },
    case=Case(
        "Public Health England, October 2020",
        "https://www.bbc.com/news/technology-54423988",
        "Nearly 16,000 positive tests were left out of the reports, "
        "because a spreadsheet's format holds no more than about 65,000 rows.",
    ),
    question=Question(
        "What would have to be cut off for Level 2 to miss it?",
        "Anything that leaves a day's number and mix of flights usual: "
        "such as every tenth flight, or one small airline.",
        ("Nothing: it validates every delivery", "It would compare the file's size"),
    ),
    code={2: ("level2_auto_training/flighttime/schema.py", "FLIGHTS_A_DAY =")},
)
