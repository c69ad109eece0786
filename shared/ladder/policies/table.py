"""The table of the rules in Level 4's README."""

from collections.abc import Collection
from statistics import mean
from textwrap import fill

BEGIN = "<!-- the rules, side by side -->"
END = "<!-- end of the rules -->"
OURS = "ratio-1.1"
NAMES = {
    "never": "never",
    "quarterly": "quarterly",
    "monthly": "monthly",
    "monthly-certified": "monthly, certified bytes",
    "fortnightly": "fortnightly",
    "weekly": "weekly",
    "daily-certified": "daily, certified bytes",
    "drift-0.1": "an input drifted (PSI over 0.1)",
    "error-1.25": "error over 1.25 times the certified",
    "error-1.5": "error over 1.5 times the certified",
    "newest-1.1": "ratio over 1.1, newest week",
    "ratio-1.05": "ratio over 1.05, 2 weeks of 3",
    "ratio-1.1": "ratio over 1.1, 2 weeks of 3",
    "ratio-1.15": "ratio over 1.15, 2 weeks of 3",
    "ratio-1.2": "ratio over 1.2, 2 weeks of 3",
    "ratio-1.3": "ratio over 1.3, 2 weeks of 3",
    "ratio-1.1-certified": "ratio over 1.1, certified bytes",
    "ratio-1.05-certified": "ratio over 1.05, certified bytes",
    "ratio-1.05-strict": "ratio over 1.05, strict gate",
}
# What is worth how much: a rule, and the rule that it is compared with.
WORTH = {
    "the refit, for a monthly calendar": ("monthly", "monthly-certified"),
    "the refit, for a ratio over 1.05": ("ratio-1.05-strict", "ratio-1.05-certified"),
    "a gate that asks less in a breach": ("ratio-1.05", "ratio-1.05-strict"),
    "both, for the policy": (OURS, "ratio-1.1-certified"),
    "the policy instead of a calendar": (OURS, "monthly"),
    "the loop instead of Level 3": (OURS, "monthly-certified"),
}
# The rules that the text beside the table names; policies.json has all of them.
SHOWN = [
    "never",
    "monthly",
    "monthly-certified",
    "weekly",
    "drift-0.1",
    "ratio-1.1",
]
HEAD = (
    "| retrain | mean error | worst week | retrainings | needless "
    "| other years: error | retrainings | needless |\n"
    "|---|---|---|---|---|---|---|---|"
)


def of(found: dict, rules: Collection[str] = tuple(NAMES)) -> str:
    """The table of these rules, in the order in which they were judged."""
    real = found["real"].items()
    lines = [line(name, row, in_others(found, name)) for name, row in real if name in rules]
    return "\n".join([HEAD, *lines])


def worth(found: dict) -> str:
    """How many minutes each means gains: in the real year, and in the others with their spread.

    A comparison of rules that were not judged is left out.
    """
    lines = ["| gain, minutes | real year | other years | from | to |", "|---|---|---|---|---|"]
    for what, (rule, other) in WORTH.items():
        if {rule, other} <= set(found["real"]):
            real, others = gain(found["real"], rule, other), gains(found, rule, other)
            drawn = [mean(others), min(others), max(others)] if others else []
            cells = [what, *(f"{minutes:+.2f}" for minutes in (real, *drawn))]
            lines.append(f"| {' | '.join(cells + [''] * (5 - len(cells)))} |")
    return "\n".join(lines)


def summary(found: dict) -> str:
    """The gains of the policy, and of the refit, as sentences."""
    level3, calendar, refit = (
        f"{gain(found['real'], *rules):.2f} minutes ({spread(gains(found, *rules))})"
        for rules in (
            (OURS, "monthly-certified"),
            (OURS, "monthly"),
            ("monthly", "monthly-certified"),
        )
    )
    return fill(
        f"The loop gains {level3} over a monthly calendar that releases certified bytes, Level 3's "
        f"way, and {calendar} over one that refits too. The refit is worth {refit} to the "
        "calendar. In brackets: the mean of the other years, and their spread.",
        width=120,
    )


def spread(minutes: list[float]) -> str:
    return f"{mean(minutes):.2f}; {min(minutes):.2f} to {max(minutes):.2f}"


def gains(found: dict, rule: str, other: str) -> list[float]:
    """The gain of a rule over another one in each of the other years."""
    return [gain(year, rule, other) for year in found["others"] if {rule, other} <= set(year)]


def gain(year: dict, rule: str, other: str) -> float:
    return year[other]["error"] - year[rule]["error"]


def in_others(found: dict, name: str) -> list[dict]:
    """A rule's numbers in the other years; none where it was not tried there."""
    return [year[name] for year in found["others"] if name in year]


def line(name: str, real: dict, others: list[dict]) -> str:
    cells = [
        f"**{NAMES[name]}**" if name == OURS else NAMES[name],
        f"{real['error']:.2f}",
        f"{real['worst_week']:.2f}",
        *(f"{real[count]}" for count in ("retrainings", "needless")),
        *(
            f"{middle(others, what):.{digits}f}" if others else ""
            for what, digits in (("error", 2), ("retrainings", 1), ("needless", 1))
        ),
    ]
    return f"| {' | '.join(cells)} |"


def middle(years: list[dict], what: str) -> float:
    return mean(year[what] for year in years)


def put_into(text: str, found: dict) -> str:
    """A README with a new table of the rules in SHOWN, and with a new summary of the gains."""
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    return f"{before}{BEGIN}\n{of(found, SHOWN)}\n\n{summary(found)}\n{END}{after}"
