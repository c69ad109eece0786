"""Where an incident may touch the outside world of a level."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any

if TYPE_CHECKING:
    from ladder.incidents.play import Play


def nothing(*_: Any) -> None:
    """The hook of an incident that does not touch this part of the world."""


@dataclass(frozen=True)
class Hooks:
    """What an incident does, and when; each default touches nothing.

    `before(play)`: before the first day.
    `morning(play)`: before the day's work, such as what the feed delivers.
    `choose(play, made)`: which model a person hands over, who has just made `made`.
    `in_transit(play, path)`: a model's file or package while it travels.
    `settings(play)`: a person edits the settings before a new model is made.
    `asking(play, feed)`: the feed as the machine that scores sees it.
    `releasing(play, release)`: the moment of the release, which `release()` would do.
    `help(play)`: what a person does once users have called, because there are no answers.
    `mend(play)`: what the source does besides mending its tables.
    `evening(play)`: after the day's answers.
    """

    morning: Callable[[Play], None] = nothing
    choose: Callable[[Play, Any], Any] = lambda play, made: made
    in_transit: Callable[[Play, Path], None] = nothing
    settings: Callable[[Play], None] = nothing
    before: Callable[[Play], None] = nothing
    asking: Callable[[Play], Path | None] = nothing
    releasing: Callable[[Play, Callable[[], None]], None] = lambda play, release: release()
    help: Callable[[Play], None] = lambda play: play.team.put_again()
    mend: Callable[[Play], None] = nothing
    evening: Callable[[Play], None] = nothing
