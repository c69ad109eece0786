"""A person mistypes a setting before a new model is made."""

from ladder.incidents.hooks import Hooks
from ladder.incidents.incident import PREVENTED
from ladder.incidents.incident import SILENT
from ladder.incidents.incident import Case
from ladder.incidents.incident import Incident
from ladder.incidents.incident import Question
from ladder.incidents.window import new_window

DAYS = 3
SET = f"the training window is set to {DAYS} instead of 59 days"

INCIDENT = Incident(
    name="bad-setting",
    title="A worse model from a bad setting",
    story="A colleague has tried what happens with three days of training data. "
    "The setting was not set back. Today a new model is wanted.",
    touches="a person",
    scenario="march",
    hooks=Hooks(settings=new_window(DAYS, SET)),
    expected={
        0: (SILENT, "the notebook prints the error, and no one has to read it"),
        1: (SILENT, "training prints the error, and no one has to read it"),
        2: (SILENT, "the record has the setting and the error, and no one has to read it"),
        3: (PREVENTED, "the gate compares with the champion on the same flights: REJECT"),
        4: (PREVENTED, "as Level 3"),
    },
    case=Case(
        "Amazon S3, 28 February 2017",
        "https://aws.amazon.com/message/41926/",
        "One input of a command was entered incorrectly, "
        "and a larger set of servers was removed than was meant.",
    ),
    question=Question(
        "Why is a check of the setting's range not enough?",
        "Three days are a value that makes sense for a person who tries something. "
        "Whether a model is worse is a question about flights, not about settings.",
        ("Because the range is too wide", "Because the file has no tests"),
    ),
    code={3: ("level3_auto_deploy/flighttime/verdict.py", 'Check("not worse"')},
    repairable=False,
)
