"""The disk of the production machine is full."""

import time
from datetime import date

from groundcrew.predictions import recorder
from ladder.incidents.hooks import Hooks
from ladder.incidents.incident import PERSON
from ladder.incidents.incident import PREVENTED
from ladder.incidents.incident import Case
from ladder.incidents.incident import Incident
from ladder.incidents.incident import Question
from ladder.incidents.play import Play

FULL_ON = date(2013, 3, 13)
BYTES = 4096
IN_MEMORY = "the application answers from memory, and writes nothing"


def limit(play: Play, most: int) -> None:
    """No file may grow beyond this size: for the application, or for Level 0's script."""
    import resource

    process = play.team.started.get("production")
    for number in [process.pid] if process else []:
        hard = resource.prlimit(number, resource.RLIMIT_FSIZE)[1]
        resource.prlimit(number, resource.RLIMIT_FSIZE, (most, hard))
    play.notes["largest file"] = None if process else most


def morning(play: Play) -> None:
    import resource

    if play.today == FULL_ON:
        play.inject("the disk of the production machine is full")
        limit(play, BYTES)
        play.notes["unlimited"] = resource.RLIM_INFINITY


def help(play: Play) -> None:  # noqa: A001
    play.person("makes room on the disk")
    limit(play, play.notes["unlimited"])
    # The next day comes sooner here than the application's next try.
    time.sleep(recorder.SECONDS_BETWEEN_TRIES)


INCIDENT = Incident(
    name="disk-full",
    title="The disk fills",
    story="A colleague's copy of a large table fills the production machine's disk on Wednesday. "
    "What is read is there, and what is written fails. No one gets a message about disks.",
    touches="a machine",
    scenario="release",
    hooks=Hooks(morning=morning, help=help),
    application=True,
    days=14,
    needs="prlimit",
    expected={
        0: (PERSON, "the script cannot write its file of answers"),
        1: (PREVENTED, IN_MEMORY),
        2: (PREVENTED, IN_MEMORY),
        3: (PREVENTED, IN_MEMORY),
        4: (PERSON, "an answer that cannot be stored is not given: a setting, and it costs"),
    },
    case=Case(
        "Toyota, 29 August 2023",
        "https://www.theguardian.com/business/2023/sep/06/"
        "toyota-blames-factory-shutdown-in-japan-on-insufficient-disk-space",
        "Servers that process orders of parts had insufficient disk space during maintenance, "
        "and 14 plants stood still for a day.",
    ),
    question=Question(
        "Level 4 is the only application that stops answering. Is that a defect?",
        "It is a choice, `when_lost` in flighttime.toml: an answer that cannot be checked later is "
        "not given. With `answer` it is given and counted. Level 4 has something to lose.",
        ("Yes: a higher level must never be worse", "No: users can wait"),
    ),
    code={4: ("level4_full/flighttime.toml", "when_lost")},
    repairable=False,
)
