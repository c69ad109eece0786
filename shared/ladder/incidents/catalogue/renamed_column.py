"""A column of the feed gets another name."""

import pandas as pd

from ladder.incidents.deliveries import on_the_first_morning
from ladder.incidents.hooks import Hooks
from ladder.incidents.incident import PERSON
from ladder.incidents.incident import PREVENTED
from ladder.incidents.incident import Case
from ladder.incidents.incident import Incident
from ladder.incidents.incident import Question

STRICT = "the contract of the feed refuses the whole month, so the day's timetable is refused too"


RENAMED = "the feed renames `air_time` to `airtime` in this month's table"


def renamed(flights: pd.DataFrame) -> pd.DataFrame:
    return flights.rename(columns={"air_time": "airtime"})


INCIDENT = Incident(
    name="renamed-column",
    title="A column gets another name",
    story="On Monday morning the feed calls a column `airtime` that was `air_time`. "
    "No one announced it. The values are right, and it is the day on which a new model is wanted.",
    touches="the feed",
    scenario="march",
    hooks=Hooks(morning=on_the_first_morning(RENAMED, renamed, "flights/2013-03")),
    expected={
        0: (
            PREVENTED,
            "the notebook stops with a traceback, and score.py reads only what it needs",
        ),
        **{level: (PERSON, STRICT) for level in (1, 2, 3, 4)},
    },
    case=Case(
        "mlflow, pull request 6761",
        "https://github.com/mlflow/mlflow/pull/6761",
        "The names of the metrics that an evaluator logs were changed, "
        "and an example that validates a model by these names failed.",
    ),
    question=Question(
        "Which level is best on this day?",
        "Level 0, by luck: its script reads only the columns that it needs. The others say at once "
        "what is wrong, and score no timetable until it is mended, although a prediction does not "
        "need the renamed column. An application that is asked over HTTP goes on answering.",
        ("Level 4, because it heals itself", "Level 1, because its tests find it"),
    ),
    code={1: ("shared/groundcrew/src/groundcrew/feed/contract.py", "it is missing in all")},
)
