"""Count what was sent and its outcomes, and collect the findings."""

import statistics
from collections import Counter
from collections import defaultdict

MAX_PRINTED = 20
MET_THE_RESTART = "met the restart"


class Tally:
    """The outcomes by kind of request; `kinds` are all of them, in the order of the table."""

    def __init__(self, kinds: list[str]) -> None:
        self.outcomes: dict[str, Counter[str]] = {kind: Counter() for kind in kinds}
        self.seconds: dict[str, list[float]] = defaultdict(list)
        self.findings: Counter[str] = Counter()

    def note(self, kind: str, outcome: str, *, seconds: float | None = None) -> None:
        self.outcomes[kind][outcome] += 1
        if seconds is not None:
            self.seconds[kind].append(seconds)

    def blame(self, kind: str, what: str) -> None:
        """Add a finding: the application did something wrong."""
        self.findings[f"{kind}: {what}"] += 1

    def require(self, condition: object, kind: str, what: str) -> None:
        if not condition:
            self.blame(kind, what)

    def require_all_tried(self) -> None:
        for kind, outcomes in self.outcomes.items():
            self.require(
                outcomes.keys() - {MET_THE_RESTART},
                kind,
                "never came to it: give it more --seconds",
            )

    def table(self) -> str:
        return "\n".join(self.row(kind) for kind in self.outcomes)

    def row(self, kind: str) -> str:
        outcomes = self.outcomes[kind]
        counts = ", ".join(f"{outcome} {times:,}" for outcome, times in sorted(outcomes.items()))
        return f"  {kind:<34}{outcomes.total():>8,}   {counts}{self.durations(kind)}"

    def durations(self, kind: str) -> str:
        if len(self.seconds[kind]) < 2:
            return ""
        hundredths = statistics.quantiles(self.seconds[kind], n=100, method="inclusive")
        median, slow = 1000 * hundredths[49], 1000 * hundredths[98]
        return f"; median {median:,.0f} ms, 99 in 100 within {slow:,.0f} ms"

    def verdict(self) -> str:
        if not self.findings:
            return "HELD: no error that was not the client's"
        printed = [
            f"  {what}{f' ({times:,} times)' if times > 1 else ''}"
            for what, times in self.findings.most_common(MAX_PRINTED)
        ]
        more = len(self.findings) - len(printed)
        return "\n".join(["BROKE:", *printed, *([f"  and {more:,} more"] if more > 0 else [])])
