"""What there is to see of production and of the loop at one moment, and the one sentence that says it."""

from collections.abc import Callable
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field
from datetime import date

from flighttime import course
from flighttime import lease
from flighttime import ledger
from flighttime import series
from flighttime import settings
from flighttime import standing
from flighttime.course import Course
from flighttime.standing import Standing

WEEKS = 52
REFUSED = [*course.OF_THE_GATE[1:], "trial lost", "taken back"]
# What the chart marks, among all that is told.
MARKS = {"retrain": "alarm", "released": "switch", "rolled back to": "back", course.CALLED: "call"}
KINDS = dict.fromkeys(REFUSED, "refused") | MARKS
UNDER_WAY = {
    course.TRAIN: "A new version is being trained",
    course.CERTIFY: "Version {version} is before the gate",
    course.BEGIN: "Version {version} has passed the gate",
    course.TRIAL: "Version {version} is on trial, in the shadow of version {beside}",
    course.RELEASE: "Version {version} has won its trial, and takes over",
    course.WATCH_OVER: "Version {version} answers now",
    course.PROBATION: "Version {version} is on probation, with version {beside} in its shadow",
    course.SPLIT: "Version {version} answers a share of the flights",
}


@dataclass
class Seen:
    """`missing` tells in words what could not be seen, and why; the rest is as it was found, oldest first."""

    today: date | None = None
    weeks: list[dict] = field(default_factory=list)
    ledger: list[dict] = field(default_factory=list)
    standing: Standing | None = None
    loop: dict | None = None
    missing: list[str] = field(default_factory=list)

    @property
    def here(self) -> Course:
        """Where the loop is."""
        return course.of(self.ledger)

    @property
    def newest(self) -> dict | None:
        """The last week that was judged."""
        return next((week for week in reversed(self.weeks) if week["ratio"]), None)

    @property
    def told(self) -> list[dict]:
        """The ledger without what was only announced: how that ended is told as well. Each entry has its number."""
        entries = [{**entry, "number": number} for number, entry in enumerate(self.ledger, start=1)]
        return [entry for entry in entries if entry["decision"] not in ledger.INTENTS or entry == entries[-1]]

    @property
    def marks(self) -> Iterator[dict]:
        return ({**entry, "kind": KINDS[entry["decision"]]} for entry in self.ledger if entry["decision"] in KINDS)

    @property
    def moved(self) -> list[tuple[str, float | None]]:
        """How far each input is from what was learned, the farthest first; None is beyond any measure."""
        drift = self.newest["drift"] if self.newest else {}
        far = {name: one["psi"] for name, one in drift.items()}
        return sorted(far.items(), key=lambda one: float("inf") if one[1] is None else one[1], reverse=True)

    @property
    def since(self) -> date | None:
        """Since when the champion has been one."""
        facts = [entry["day"] for entry in self.ledger if entry["decision"] in ledger.FACTS]
        return date.fromisoformat(facts[-1]) if facts else None


def look() -> Seen:
    """Whatever is wrong with one source, what the others tell is seen."""
    seen = Seen()
    sources: dict[str, tuple[str, Callable[[], object]]] = {
        "today": ("what day it is", settings.today),
        "weeks": ("the weeks of production", lambda: series.stored(WEEKS)),
        "ledger": ("the ledger", ledger.entries),
        "standing": ("the registry", standing.read),
        # Where it runs is nothing to whoever looks on.
        "loop": ("the loop", lambda: (held := lease.who()) and {"doing": held["doing"], "until": held["until"]}),
    }
    for name, (told, read) in sources.items():
        try:
            setattr(seen, name, read())
        except Exception as problem:
            why = next(iter(str(problem).splitlines()), type(problem).__name__)
            seen.missing.append(f"{told}: {why}")
    return seen


def headline(seen: Seen, limit: float) -> str:
    """How things stand, in one sentence: what is under way, else how production does."""
    here, newest = seen.here, seen.newest
    if here.step in UNDER_WAY:
        return UNDER_WAY[here.step].format_map(vars(here))
    if seen.missing:
        return "Not everything can be seen"
    if seen.standing is None:
        return "No model is in production yet"
    if newest is None:
        return "No week has been judged yet"
    if newest["ratio"] > limit:
        return "Production errs more than it may"
    return "Production does as well as it should"
