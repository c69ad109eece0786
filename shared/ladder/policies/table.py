"""The rules side by side, as Level 4's README shows them."""

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
HEAD = """\
| retrain | mean error | worst week | retrainings | needless | stale weeks | days to act | other years: mean error | retrainings | needless |
|---|---|---|---|---|---|---|---|---|---|"""


def of(found: dict) -> str:
    return "\n".join([HEAD, *(line(name, numbers, in_others(found, name)) for name, numbers in found["real"].items())])


def in_others(found: dict, name: str) -> list[dict]:
    """A rule's numbers in the other years; none where it was not tried there."""
    return [year[name] for year in found["others"] if name in year]


def line(name: str, real: dict, others: list[dict]) -> str:
    wait = "" if real["days_to_act"] is None else f"{real['days_to_act']:.0f}"
    cells = [
        f"**{NAMES[name]}**" if name == OURS else NAMES[name],
        f"{real['error']:.2f}",
        f"{real['worst_week']:.2f}",
        *(f"{real[count]}" for count in ("retrainings", "needless", "stale")),
        wait,
        *(f"{middle(others, what):.{digits}f}" if others else "" for what, digits in (("error", 2), ("retrainings", 1), ("needless", 1))),
    ]
    return f"| {' | '.join(cells)} |"


def middle(years: list[dict], what: str) -> float:
    return mean(year[what] for year in years)


def put_into(text: str, found: dict) -> str:
    """A README with its table renewed."""
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    return f"{before}{BEGIN}\n{of(found)}\n{END}{after}"
