"""A control: an ordinary month."""

from ladder.incidents.hooks import Hooks
from ladder.incidents.incident import QUIET
from ladder.incidents.incident import Case
from ladder.incidents.incident import Incident
from ladder.incidents.incident import Question

INCIDENT = Incident(
    name="ordinary-month",
    title="Control: an ordinary month",
    story="The model is a week old. Flights fly, the wind blows, the feed delivers. "
    "Three weeks pass in which nothing is wrong.",
    touches="nothing",
    scenario="april",
    hooks=Hooks(),
    control=True,
    expected={
        0: (QUIET, "no one looks"),
        1: (QUIET, "no one looks"),
        2: (QUIET, "no one looks"),
        3: (QUIET, "no one looks"),
        4: (QUIET, "three weeks err 1.02 times as much as a fresh forecast"),
    },
    case=Case(
        "AIOpsLab",
        "https://github.com/microsoft/AIOpsLab",
        "A benchmark of incidents for agents has problems in which nothing is wrong, "
        "to count false alarms.",
    ),
    question=Question(
        "Levels 0 to 3 are quiet too. Is that as good?",
        "They would be quiet in any month: only a level that can raise an alarm can hold it back.",
        ("Yes, all five are equal here", "Level 4 is worse, since it does more work"),
    ),
)
