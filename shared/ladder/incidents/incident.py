"""What an incident is: a story, an injection into the outside world, and what it must lead to."""

from dataclasses import dataclass
from dataclasses import field

from ladder.incidents.hooks import Hooks

PREVENTED = "prevented"  # nothing wrong reached a user
HEALED = "healed"  # users saw it, and the level ended it without a person
PERSON = "person"  # users saw it, a person or a program noticed, and a person had to act
SILENT = "silent"  # users saw it, and no one noticed
QUIET = "quiet"  # a control: no alarm, no retraining
FALSE_ALARM = "false alarm"
OUTCOMES = (PREVENTED, HEALED, PERSON, SILENT)
CONTROLS = (QUIET, FALSE_ALARM)


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


@dataclass(frozen=True, kw_only=True)
class Run:
    """What is played at a level: some days of a scenario, and what touches the outside world.

    Without hooks it is undisturbed: the run with which incidents are compared.
    """

    name: str
    scenario: str
    hooks: Hooks = Hooks()
    application: bool = False  # users ask the running application, not a command that scores
    repairable: bool = True  # whether the source mends it once a person tells it
    days: int | None = None  # how many days are played; None: until a week after the release
    whole: bool = False  # or all days of the scenario


def undisturbed(scenario: str) -> Run:
    return Run(name=f"without-{scenario}", scenario=scenario)


@dataclass(frozen=True, kw_only=True)
class Incident(Run):
    """One incident of the catalogue: what is played, how it is judged, and what a room reads."""

    title: str
    story: str  # three sentences
    touches: str  # what of the outside world: the feed, a file, a person, a process, the clock
    expected: dict[int, tuple[str, str]]  # by level: the outcome, and why
    case: Case
    question: Question
    degree: str = ""
    flights: str = ""  # only flights whose id contains this are looked at
    day_wrong_by: float = 2.0  # minutes: a day is harmed if its answers err by so much more
    # What is harmed: answers, records, a question that stays open, or freshness (answers compared
    # with the route medians of the last 14 days, computed every morning).
    harm: str = "answers"
    needs: str = ""  # a function of the system without which it cannot be played
    control: bool = False
    seeds: tuple[int, ...] = (0,)
    seeded: tuple[int, ...] = (0, 1, 2, 3, 4)  # the levels at which chance has a part
    # The lines that made the difference: by the level that has them, the file and some of its text.
    code: dict[int, tuple[str, str]] = field(default_factory=dict)

    @property
    def is_compared(self) -> bool:
        """Whether its answers are compared with the same level's run without it."""
        return not self.control and self.harm != "freshness"
