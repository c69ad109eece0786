"""The tables of the page about the better feature, as Markdown."""

from collections.abc import Callable
from statistics import mean

RULES = {
    "never": "never",
    "quarterly": "quarterly",
    "monthly": "monthly",
    "policy": "when Level 4's policy asks",
}
FEATURES = {"today": "today's features", "fresh": "with the fresh ones"}
ALONE = {
    "usual": "*no model: the route's median*",
    "usual times yesterday": "*no model: median times yesterday's ratio*",
}
HEAD = """\
| model | retrained | mean error | worst week | retrainings | other years: error |
|---|---|---|---|---|---|"""


def summary(found: dict) -> str:
    """What the command prints."""
    return "\n\n".join(table(found) for table in TABLES.values())


def rules(found: dict) -> str:
    lines = [
        row(kind, name, found, features, rule)
        for features, kind in FEATURES.items()
        for rule, name in RULES.items()
    ]
    lines += [row(kind, "", found, "alone", name) for name, kind in ALONE.items()]
    return "\n".join([HEAD, *lines])


def row(kind: str, rule: str, found: dict, *path: str) -> str:
    real, *others = (year[path[0]][path[1]] for year in (found["real"], *found["others"]))
    cells = [
        kind,
        rule,
        f"{real['error']:.2f}",
        f"{real['worst_week']:.2f}",
        f"{real.get('retrainings', '')}",
        spread([year["error"] for year in others]),
    ]
    return f"| {' | '.join(cells)} |"


def spread(values: list[float]) -> str:
    """The mean, with the lowest and the highest value."""
    if not values:
        return ""
    return f"{mean(values):.2f} ({min(values):.2f} to {max(values):.2f})"


def late(found: dict) -> str:
    errors = found["real"]["costs"]["late"]
    names = {"ratio": "only the ratio", "median": "only the median", "both": "both"}
    days = [name.removeprefix("both ") for name in errors if name.startswith("both")]
    lines = [
        "| made as of | " + " | ".join(names.values()) + " |",
        "|---|---|---|---|",
        f"| this morning | {' | '.join([format(errors['in time'], '.2f')] * len(names))} |",
        *(
            f"| {age(day)} | "
            + " | ".join(format(errors[f"{name} {day}"], ".2f") for name in names)
            + " |"
            for day in days
        ),
    ]
    return "\n".join(lines)


def age(days: str) -> str:
    return f"{days} day{'' if days == '1' else 's'} before"


def parts(found: dict) -> str:
    """The gain without a part of it."""
    real = found["real"]
    rows = {
        "today's features": real["today"],
        "the model learns the ratio, without yesterday's": real["parts"]["without yesterday"],
        "both features, the model learns minutes": real["parts"]["learns minutes"],
        "both features, the model learns the ratio": real["fresh"],
    }
    lines = [
        f"| {name} | {errors['never']['error']:.2f} | {errors['monthly']['error']:.2f} |"
        for name, errors in rows.items()
    ]
    return "\n".join(["| | never retrained | monthly |", "|---|---|---|", *lines])


TABLES: dict[str, Callable[[dict], str]] = {
    "table of rules": rules,
    "table of parts": parts,
    "table of late features": late,
}
