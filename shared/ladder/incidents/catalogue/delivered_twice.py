"""A delivery comes twice."""

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

DOUBLED = "the flights of 4 to 10 March are in the table twice"


def twice(flights: pd.DataFrame) -> pd.DataFrame:
    return pd.concat([flights, flights[world.within(flights, *A_WEEK)]], ignore_index=True)


INCIDENT = Incident(
    name="delivered-twice",
    title="A delivery comes twice",
    story="The sender's job was started again after a timeout. "
    "A week of flights is in the table twice. Every row is right.",
    touches="the feed",
    scenario="march",
    hooks=Hooks(
        morning=on_the_first_morning(DOUBLED, twice, "flights/2013-03"),
        evening=count_wrong_rows("twice", *A_WEEK),
    ),
    harm="records",
    days=8,
    expected={
        0: (SILENT, "the notebook counts each of these flights twice"),
        1: (PREVENTED, "the table is updated by the flight's key, so a second row changes nothing"),
        2: (PREVENTED, "as Level 1"),
        3: (PREVENTED, "as Level 1"),
        4: (PREVENTED, "as Level 1"),
    },
    case=Case(
        "Cloudflare, 18 November 2025",
        "https://blog.cloudflare.com/18-november-2025-outage/",
        "A query returned its rows twice, a feature file doubled in size, "
        "and the program that read it had a limit and failed.",
    ),
    question=Question(
        "What makes Level 1 safe here?",
        "An idempotent write: the key decides, so the same delivery twice is the same table.",
        ("Data validation", "The tests of its code", "In practice, no job is started twice"),
    ),
    code={1: ("level1_devops/flighttime/ingest.py", "return TABLE.upsert")},
)
