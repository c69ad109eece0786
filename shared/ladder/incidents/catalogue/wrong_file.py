"""A person hands over another model than the one that was meant."""

from typing import Any

from ladder.incidents.hooks import Hooks
from ladder.incidents.incident import PREVENTED
from ladder.incidents.incident import SILENT
from ladder.incidents.incident import Case
from ladder.incidents.incident import Incident
from ladder.incidents.incident import Question
from ladder.incidents.play import Play


def choose(play: Play, made: Any) -> Any:
    other = play.team.experiment()
    play.inject(f"instead of {made}, an experiment with three days of data is handed over: {other}")
    return other


INCIDENT = Incident(
    name="wrong-file",
    title="The wrong model is handed over",
    story="Yesterday a colleague tried a model that learns from three days only. "
    "It lies beside the good one and looks like it. Today a person takes the wrong one.",
    touches="a person",
    scenario="release",
    hooks=Hooks(choose=choose),
    expected={
        0: (SILENT, "a file is a file"),
        1: (SILENT, "a file is a file"),
        2: (SILENT, "release takes any number that exists"),
        3: (PREVENTED, "no certificate of the gate, no release"),
        4: (PREVENTED, "no person hands anything over"),
    },
    case=Case(
        "Atlassian, April 2022",
        "https://www.atlassian.com/engineering/post-incident-review-april-2022-outage",
        "A script was given the ids of whole sites instead of those of an application, "
        "and the sites of several hundred customers were deleted.",
    ),
    question=Question(
        "Level 2 records everything. Why does the wrong model go out?",
        "A record says afterwards what was done; only a gate asks before.",
        ("Because the person did not read the record", "Because its validation is too weak"),
    ),
    code={3: ("level3_auto_deploy/flighttime/release.py", "certificates.require")},
    repairable=False,
)
