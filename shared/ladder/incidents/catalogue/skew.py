"""The machine that scores has another register of airports than the one that trained."""

import shutil
from pathlib import Path

import pandas as pd

from ladder.incidents import world
from ladder.incidents.hooks import Hooks
from ladder.incidents.incident import PERSON
from ladder.incidents.incident import SILENT
from ladder.incidents.incident import Case
from ladder.incidents.incident import Incident
from ladder.incidents.incident import Question
from ladder.incidents.play import Play


def one_zone(airports: pd.DataFrame) -> pd.DataFrame:
    """The mirror has one time zone for all airports: that of the head office."""
    airports["tzone"] = "America/New_York"
    return airports


def asking(play: Play) -> Path:
    """The feed as the machine that scores sees it: the source, once a person has been called."""
    if play.people.mended:
        return play.feed
    mirror = play.folder / "mirror"
    if not mirror.exists():
        shutil.copytree(play.feed, mirror)
        world.deliver(mirror, "airports", one_zone)
        play.inject("the machine that scores reads a mirror, in which all airports are in one zone")
    return mirror


SAME = "the same code with other inputs gives other answers, and nothing compares the inputs"

INCIDENT = Incident(
    name="skew",
    title="Training-serving skew",
    story="The machine that scores gets a mirror of the feed, and need not reach the source. "
    "In the mirror every airport has the time zone of the head office. "
    "Training still reads the source.",
    touches="the feed, as one machine sees it",
    scenario="march",
    whole=True,
    hooks=Hooks(asking=asking),
    degree="time zones; missing seats filled with 1 instead would cost 0.06 minutes a flight",
    expected={
        0: (SILENT, SAME),
        1: (SILENT, SAME),
        2: (SILENT, SAME + ": validation looks at what trains, not at what is asked"),
        3: (SILENT, SAME),
        4: (
            PERSON,
            "an answer with other inputs than the timetable's is left out of the measure; on the "
            "morning after a week in which these are too many, the loop calls a person",
        ),
    },
    case=Case(
        "Google, Rules of Machine Learning, from rule 29 on",
        "https://developers.google.com/machine-learning/guides/rules-of-ml",
        "Production systems at Google had differences between training and serving that made them "
        "perform worse; teams that measured them were sometimes surprised.",
    ),
    question=Question(
        "From Level 1 on, training and scoring share one module of features. Why is there skew?",
        "The code is the same, its inputs are not. Level 4 compares the inputs with what was "
        "published later, leaves such answers out, and calls a person where these are too many.",
        ("They do not share it", "The tests should have found it"),
    ),
    code={4: ("level4_full/flighttime/policy.py", "max_left_out")},
)
