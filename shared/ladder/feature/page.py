"""The page about the better feature: page.md with the figures of a study put in."""

import re
from pathlib import Path
from statistics import mean
from textwrap import fill

from ladder.feature.tables import TABLES
from ladder.places import ROOT

TEMPLATE = Path(__file__).with_name("page.md")
PAGE = ROOT / "shared" / "BETTER_FEATURE.md"
FIGURE = re.compile(r"\{([\w /,']+)(?::([^{}]*))?\}")

AS_IT_IS = ("#", "|", "<!--", "```")  # headings, tables, comments and commands
ITEM = re.compile(r"(- |\d\. )?")
NEXT_ITEM = re.compile(r"\n(?=- |\d\. )")
WIDTH = 120


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
            # pyrefly: ignore[unsupported-operation]
            subsequent_indent=" " * len(ITEM.match(item)[0]),
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
