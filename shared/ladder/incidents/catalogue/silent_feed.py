"""The feed says nothing for a week."""

import pandas as pd

from ladder.incidents import world
from ladder.incidents.deliveries import A_WEEK
from ladder.incidents.deliveries import on_the_first_morning
from ladder.incidents.hooks import Hooks
from ladder.incidents.incident import PREVENTED
from ladder.incidents.incident import Case
from ladder.incidents.incident import Incident
from ladder.incidents.incident import Question

UNPUBLISHED = "no flight of 4 to 10 March has been published"
LOUD = "the newest week, on which a model is measured, is empty: training says so"


def silent(flights: pd.DataFrame) -> pd.DataFrame:
    return flights[~world.within(flights, *A_WEEK)].reset_index(drop=True)


INCIDENT = Incident(
    name="silent-feed",
    title="The feed is silent for a week",
    story="A certificate has expired, and the sender's job has failed since Monday. "
    "The tables are there, they are valid, and a week is missing. Today a new model is wanted.",
    touches="the feed",
    scenario="march",
    hooks=Hooks(morning=on_the_first_morning(UNPUBLISHED, silent, "flights/2013-03")),
    expected={
        0: (PREVENTED, "the notebook fails at its last week, with a traceback"),
        1: (PREVENTED, LOUD),
        2: (PREVENTED, "a day without flights breaks a rule, so the delivery is refused"),
        3: (PREVENTED, "as Level 2"),
        4: (PREVENTED, "as Level 2, in the loop's turn: the workflow fails, and calls"),
    },
    case=Case(
        "GitLab, 31 January 2017",
        "https://about.gitlab.com/blog/2017/02/10/postmortem-of-database-outage-of-january-31/",
        "Backups had failed for some time, and the messages about it did not arrive; "
        "it was noticed when a backup was needed.",
    ),
    question=Question(
        "On which day would each level have noticed, if no model had been wanted today?",
        "Levels 0 to 3 on the day of their next training, up to three months later; "
        "Level 4 on the next Monday, since its loop looks every week.",
        ("All on the same day", "Level 2 at once, since it validates"),
    ),
    code={
        1: ("level1_devops/flighttime/train.py", "tables.between(landed"),
        2: ("shared/groundcrew/src/groundcrew/day_rules.py", "def unusual_counts"),
    },
)
