"""The page about the better feature: page.md with the figures of a study put in."""

import re
from collections.abc import Callable
from pathlib import Path
from statistics import mean
from textwrap import fill

from ladder.places import ROOT

TEMPLATE = Path(__file__).with_name("page.md")
PAGE = ROOT / "shared" / "BETTER_FEATURE.md"
FIGURE = re.compile(r"\{([\w /,']+)(?::([^{}]*))?\}")

AS_IT_IS = ("#", "|", "<!--", "```")  # headings, tables, comments and commands
ITEM = re.compile(r"(- |\d\. )?")
NEXT_ITEM = re.compile(r"\n(?=- |\d\. )")
WIDTH = 120

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


def of(found: dict) -> str:
    """The whole page."""
    text, values = TEMPLATE.read_text(encoding="utf-8"), {**found, "derived": derived(found)}
    blocks = FIGURE.sub(lambda match: figure(values, *match.groups()), text).split("\n\n")
    shown = [block if block.startswith(AS_IT_IS) else wrapped(block) for block in blocks]
    return "\n\n".join(shown).rstrip() + "\n"


def wrapped(block: str) -> str:
    """A paragraph or a list, with lines of a reader's width."""
    return "\n".join(
        fill(
            " ".join(item.split()),
            WIDTH,
            subsequent_indent=" " * len(ITEM.match(item)[0]),  # type: ignore[index]
            break_long_words=False,
            break_on_hyphens=False,
        )
        for item in NEXT_ITEM.split(block.strip())
    )


def derived(found: dict) -> dict[str, float]:
    """What the text says and the study does not measure directly."""
    real = found["real"]
    late, poisoned = real["costs"]["late"], real["costs"]["poisoned"]
    others = found["others"]

    def change(years: list[dict], features: str) -> float:
        """By how much retraining every month changes the mean error."""
        monthly, never = (
            mean(year[features][rule]["error"] for year in years) for rule in ("monthly", "never")
        )
        return monthly - never

    return {
        "change by retraining": change([real], "fresh"),
        "change by retraining, other years": change(others, "fresh"),
        "change by retraining, today": change([real], "today"),
        "fresh never, other years": mean(year["fresh"]["never"]["error"] for year in others),
        "without a model, other years": mean(
            year["alone"]["usual times yesterday"]["error"] for year in others
        ),
        "other years": len(found["others"]),
        "loss by a late day": late["both 1"] - late["in time"],
        "poison percent": 100 * (poisoned["times"] - 1),
        "kilobytes of landings": real["costs"]["state"]["landings"]["bytes"] / 1000,
    }


def figure(found: dict, name: str, form: str | None) -> str:
    """A table, or the value at a path such as real/fresh/never/error, in the given format."""
    if name in TABLES:
        return TABLES[name](found)
    value = found
    for part in name.split("/"):
        value = value[part]
    return format(value, form or "")


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


def of_yours(yours: dict, published: dict) -> str:
    """The errors of a person's own features, beside the published ones."""
    rows = {
        "today's features": published["real"]["today"],
        "the solution's": published["real"]["fresh"],
        "yours": yours["fresh"],
    }
    lines = [f"{'':<20}" + "".join(f"{name:>12}" for name in RULES)]
    for name, judged in rows.items():
        lines.append(f"{name:<20}" + "".join(f"{judged[rule]['error']:>12.2f}" for rule in RULES))
    asked = yours["fresh"]["policy"]["retrainings"]
    lines.append(
        "Mean error in minutes, March to December, by how often the model is retrained. "
        f"With yours Level 4's policy asked for {asked} retrainings."
    )
    if yours["skew"]:
        lines.append(
            f"TRAINING-SERVING SKEW: for {yours['skew']:.0%} of the flights training sees other "
            "values than production saw. One of your functions looks at landings that were not "
            "published on that morning."
        )
    return "\n".join(lines) + "\n"


TABLES: dict[str, Callable[[dict], str]] = {
    "table of rules": rules,
    "table of parts": parts,
    "table of late features": late,
}
