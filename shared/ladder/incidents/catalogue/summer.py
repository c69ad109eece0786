"""Summer: the wind changes, and nothing is injected."""

from datetime import date

from ladder.incidents.hooks import Hooks
from ladder.incidents.incident import HEALED
from ladder.incidents.incident import SILENT
from ladder.incidents.incident import Case
from ladder.incidents.incident import Incident
from ladder.incidents.incident import Question
from ladder.incidents.play import Play

BEGINS = date(2013, 4, 29)


def morning(play: Play) -> None:
    if play.today == BEGINS:
        play.inject("the jet stream weakens: nothing is injected, this is how the year was")


INCIDENT = Incident(
    name="summer",
    title="Summer: the real drift",
    story="The model has learned the winter's wind. At the end of April the jet stream weakens, "
    "and long flights get shorter. No input changes, no error is raised.",
    touches="the wind",
    scenario="may",
    hooks=Hooks(morning=morning),
    harm="freshness",
    day_wrong_by=3.0,
    expected={
        0: (SILENT, "no one looks"),
        1: (SILENT, "the next refit is in July"),
        2: (SILENT, "no one looks; the calendar happens to bring a new model on 8 May"),
        3: (SILENT, "no one looks; the calendar happens to bring a new model on 2 May"),
        4: (HEALED, "two weeks err too much against a fresh forecast: retrained, tried, released"),
    },
    case=Case(
        "Google Flu Trends",
        "https://doi.org/10.1126/science.1248506",
        "A model launched in 2008 and revised in 2009 predicted, in the winter of 2012 to 2013, "
        "more than double the share of doctor visits for influenza that was reported; it was "
        "closed later.",
    ),
    question=Question(
        "Level 3's calendar had a new model twelve days before Level 4's loop. Who is better?",
        "Until 13 May the calendar's model errs about a minute less, from 15 May on the loop's, "
        "which has learned from later flights. Only the loop has noticed that anything changed.",
        ("Level 4, because it is the highest", "Level 3, so a loop is never worth it"),
    ),
    code={4: ("level4_full/flighttime/policy.py", "def judge")},
    repairable=False,
)
