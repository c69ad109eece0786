"""The days of a cell, one after the other: the incident, the team, the users."""

from collections.abc import Callable

from ladder.incidents.play import Play
from ladder.incidents.scenarios import ASKED

AT_EIGHT = 2 * 3600.0  # seconds after the day's work begins, at six


def play_days(play: Play, evening: Callable[[], None]) -> None:
    for day in play.days:
        play.today, play.clock = day, 0.0
        if not play.people.mended:
            play.incident.hooks.morning(play)
        play.team.begin(day)
        for action in play.due.pop(day, []):
            action()
        play.team.morning(day)
        if day.weekday() in ASKED:
            play.clock = max(play.clock, AT_EIGHT)
            ask(play)
        play.incident.hooks.evening(play)
        evening()


def ask(play: Play) -> None:
    """Users ask for every flight of the day."""
    found = play.team.answers(play.today)
    if found is None:
        return play.people.no_answers()
    play.answers.append(found[["flight_id", "minutes"]].assign(day=f"{play.today}"))
    play.say("answers", f"{len(found):,} flights answered")
