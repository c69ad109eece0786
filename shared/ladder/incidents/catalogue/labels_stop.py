"""Labels stop arriving."""

from datetime import date

import pandas as pd

from ladder.incidents import world
from ladder.incidents.hooks import Hooks
from ladder.incidents.incident import PERSON
from ladder.incidents.incident import SILENT
from ladder.incidents.incident import Case
from ladder.incidents.incident import Incident
from ladder.incidents.incident import Question
from ladder.incidents.play import Play

FIRST = date(2013, 3, 11)


def unlanded(flights: pd.DataFrame) -> pd.DataFrame:
    rows = world.within(flights, FIRST, date(2013, 3, 31))
    flights.loc[rows, ["air_time", "arr_time", "arr_delay"]] = None
    return flights


def morning(play: Play) -> None:
    if play.today == date(2013, 3, 12):
        world.deliver(play.feed, "flights/2013-03", unlanded)
        play.inject("no landing is published any more; departures are")


def evening(play: Play) -> None:
    if play.began and not play.people.mended:
        flights = world.original("flights/2013-03")
        landed = world.within(flights, play.today, play.today) & flights["air_time"].notna()
        play.notes["records"] = play.notes.get("records", 0) + int(landed.sum())


INCIDENT = Incident(
    name="labels-stop",
    title="Labels stop arriving",
    story="The system that reports landings is replaced on Tuesday, and the new one reports none. "
    "Timetables and departures are published as usual. Only models wait for landings.",
    touches="the feed",
    scenario="march",
    whole=True,
    hooks=Hooks(morning=morning, evening=evening),
    harm="records",
    expected={
        0: (SILENT, "no one reads landings until a new model is wanted"),
        1: (SILENT, "no one reads landings until the next training"),
        2: (SILENT, "the rules would refuse it, at the next training"),
        3: (SILENT, "the rules would refuse it, at the next training"),
        4: (PERSON, "its loop reads the feed, and the rules refuse the delivery: the turn fails"),
    },
    case=Case(
        "Google, 14 December 2020",
        "https://status.cloud.google.com/incident/zall/20013",
        "Parts of an old quota system wrongly reported a service's usage as zero; when a grace "
        "period ended its quota was reduced, and accounts could not be authenticated.",
    ),
    question=Question(
        "No answer is wrong. Is this an incident?",
        "Yes: from this day on no one can know whether answers are wrong. "
        "The level that measures itself notices first.",
        ("No, since nothing is harmed", "Only for Level 4, since only it needs labels"),
    ),
    code={4: ("level4_full/flighttime/loop.py", "ingest.update(today)")},
)
