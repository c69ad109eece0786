"""What an incident is: a story, an injection into the outside world, and what it must lead to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any

if TYPE_CHECKING:
    from ladder.incidents.play import Play

PREVENTED = "prevented"  # nothing wrong reached a user
HEALED = "healed"  # users saw it, and the level ended it without a person
PERSON = "person"  # users saw it, somebody or something noticed, and a person had to act
SILENT = "silent"  # users saw it, and nobody noticed
QUIET = "quiet"  # a control: no alarm, no retraining
FALSE_ALARM = "false alarm"
OUTCOMES = (PREVENTED, HEALED, PERSON, SILENT)
CONTROLS = (QUIET, FALSE_ALARM)


def nothing(*_: Any) -> None:
    """The hook of an incident that does not touch this part of the world."""


@dataclass(frozen=True)
class Case:
    """A public case of this kind: facts only."""

    title: str
    url: str
    fact: str


@dataclass(frozen=True)
class Question:
    """For the room: a question, what the measurement says, and answers that are likely wrong."""

    text: str
    answer: str
    wrong: tuple[str, ...]


@dataclass(frozen=True)
class Hooks:
    """Where an incident may touch the outside world; each default touches nothing.

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


@dataclass(frozen=True)
class Incident:
    """One incident of the catalogue."""

    name: str
    title: str
    story: str  # three sentences
    touches: str  # what of the outside world: the feed, a file, a person, a process, the clock
    scenario: str
    hooks: Hooks
    expected: dict[int, tuple[str, str]]  # by level: the outcome, and why
    case: Case
    question: Question
    degree: str = ""
    application: bool = False  # users ask the running application, not a command that scores
    flights: str = ""  # only flights whose id contains this are looked at
    day_wrong_by: float = 2.0  # minutes: a day is harmed if its answers err by so much more
    # What is harmed: answers, records, a question that stays open, or freshness (answers compared
    # with the route medians of the last 14 days, computed every morning).
    harm: str = "answers"
    needs: str = ""  # a function of the system without which it cannot be played
    repairable: bool = True  # whether the source mends it once a person tells it
    control: bool = False
    seeds: tuple[int, ...] = (0,)
    seeded: tuple[int, ...] = (0, 1, 2, 3, 4)  # the levels at which chance has a part
    days: int | None = None  # how many days are played; None: until a week after the release
    whole: bool = False  # or all days of the scenario
    # The lines that made the difference: by the level that has them, the file and some of its text.
    code: dict[int, tuple[str, str]] = field(default_factory=dict)

    @property
    def is_compared(self) -> bool:
        """Whether its answers are compared with the same level's run without it."""
        return not self.control and self.harm != "freshness"
