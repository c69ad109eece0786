"""The table of the rules in Level 4's README."""

from collections.abc import Collection
from statistics import mean

BEGIN = "<!-- the rules, side by side -->"
END = "<!-- end of the rules -->"
OURS = "ratio-1.1"
NAMES = {
    "never": "never",
    "quarterly": "quarterly",
    "monthly": "monthly",
    "fortnightly": "fortnightly",
    "weekly": "weekly",
    "daily": "daily",
    "drift-0.1": "an input drifted (PSI over 0.1)",
    "error-1.25": "error over 1.25 times the certified",
    "error-1.5": "error over 1.5 times the certified",
    "newest-1.1": "ratio over 1.1, newest week",
    "ratio-1.05": "ratio over 1.05, 2 weeks of 3",
    "ratio-1.1": "ratio over 1.1, 2 weeks of 3",
    "ratio-1.15": "ratio over 1.15, 2 weeks of 3",
    "ratio-1.2": "ratio over 1.2, 2 weeks of 3",
    "ratio-1.3": "ratio over 1.3, 2 weeks of 3",
}
# The rules that the text beside the table names; policies.json has all of them.
SHOWN = [
    "never",
    "monthly",
    "weekly",
    "drift-0.1",
    "error-1.25",
    "ratio-1.05",
    "ratio-1.1",
    "ratio-1.3",
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
    """A README with a new table of the rules in SHOWN."""
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    return f"{before}{BEGIN}\n{of(found, SHOWN)}\n{END}{after}"
