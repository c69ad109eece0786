"""What mission control shows at one moment, and the sentence that sums it up."""

from dataclasses import dataclass
from dataclasses import field
from datetime import date
from math import inf

from groundcrew import ledger
from groundcrew.web.control_decisions import OTHER

NO_STATE = {"step": "", "version": "", "beside": "", "day": "", "sentence": "", "calls": ()}


@dataclass
class View:
    """`missing` says which sources failed and why; lists begin with the oldest entry."""

    policy: dict
    today: date | None = None
    weeks: list[dict] = field(default_factory=list)
    ledger: list[dict] = field(default_factory=list)
    decisions: list[dict] = field(default_factory=list)
    loop_state: dict = field(default_factory=NO_STATE.copy)
    serving: dict | None = None
    application: str = ""
    lease: dict | None = None
    record: str = "every answer is stored before it is given"
    missing: list[str] = field(default_factory=list)

    @property
    def threshold(self) -> float:
        return self.policy["threshold"]

    @property
    def newest(self) -> dict | None:
        """The last week that has an error."""
        return next((week for week in reversed(self.weeks) if week["ratio"]), None)

    @property
    def marks(self) -> list[dict]:
        """The decisions that the chart marks."""
        return [decision for decision in self.decisions if decision["sign"] != OTHER]

    @property
    def drift(self) -> list[tuple[str, float | None]]:
        """The PSI of each input, the largest first; None for an infinite one."""
        drift = self.newest["drift"] if self.newest else {}
        found = [(name, one["psi"]) for name, one in drift.items()]
        return sorted(found, key=lambda one: inf if one[1] is None else one[1], reverse=True)

    @property
    def champion_since(self) -> date | None:
        days = [one["day"] for one in self.ledger if one["decision"] in ledger.FACTS]
        return date.fromisoformat(days[-1]) if days else None

    @property
    def later_decision(self) -> date | None:
        """The day of the newest decision, if it is after today: the calendar was set back."""
        newest = max((one["day"] for one in self.ledger), default="")
        return date.fromisoformat(newest) if self.today and newest > f"{self.today}" else None

    @property
    def headline(self) -> str:
        """One sentence: what is under way, or else how production does."""
        if self.loop_state["sentence"]:
            return self.loop_state["sentence"]
        if self.missing:
            return "Some information is missing"
        if self.serving is None:
            return "No model is in production yet"
        if self.newest is None:
            return "No week has been measured yet"
        above = self.newest["ratio"] > self.threshold
        return f"The error in production is {'above' if above else 'within'} the limit"

    def as_json(self) -> dict:
        """Everything that programs get; of a decision, the day, the sentence and the reason."""
        keys = ("day", "sentence", "reason")
        decisions = [{key: one.get(key, "") for key in keys} for one in self.decisions]
        return {**vars(self), "headline": self.headline, "decisions": decisions}
