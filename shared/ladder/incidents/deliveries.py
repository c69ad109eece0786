"""Deliveries of the feed that are not what they should be, and what they leave in the rows."""

from collections.abc import Callable
from datetime import date

from ladder.incidents import records
from ladder.incidents import world
from ladder.incidents.play import Play

A_WEEK = date(2013, 3, 4), date(2013, 3, 10)  # the last one before the scenario `march` begins


def on_the_first_morning(text: str, change: world.Change, *tables: str) -> Callable[[Play], None]:
    """The hook by which the source delivers these tables with a change."""

    def morning(play: Play) -> None:
        if play.today == play.scenario.first:
            for table in tables:
                world.deliver(play.feed, table, change)
            play.inject(text)

    return morning


def count_wrong_rows(kind: str, first: date, last: date) -> Callable[[Play], None]:
    """The hook that counts on the last evening how many rows of these days are wrong."""

    def evening(play: Play) -> None:
        if play.today == play.days[-1]:
            records.count(play, first, last, kind)

    return evening
