"""The sections that are made: what incidents did by the published matrix, and the exercises."""

import json
import re
import textwrap
from pathlib import Path

from ladder.climbing import exercises
from ladder.errors import LadderError
from ladder.incidents.outcomes import WORDS
from ladder.places import ROOT
from ladder.readmes import template

MATRIX = ROOT / "shared" / "incidents" / "matrix.json"
COMMAND = re.compile(r"`ladder incident ([\w-]+) --level (\d)(?: --versus (\d))?`", re.ASCII)
CLIMB = "[a climb of your own](../README.md#climb-it-yourself)"


def sections(level: int, text: str) -> dict[str, str]:
    """The text of each section that is made, by its title; the README names its incidents."""
    shown = template.section(text, template.BREAK_IT)
    # A command may be wrapped.
    return {
        template.BREAK_IT: break_it(" ".join(shown.split())),
        template.EXERCISES: of_exercises(level),
    }


def break_it(shown: str) -> str:
    """A bullet for each incident that is named in the section as it is."""
    rows = {row["name"]: row for row in json.loads(MATRIX.read_text(encoding="utf-8"))["rows"]}
    bullets = []
    for name, *levels in COMMAND.findall(shown):
        if name not in rows:
            raise LadderError(f"there is no incident {name}: `ladder incidents --list` has all")
        bullets.append(bullet(rows[name], [level for level in levels if level]))
    return "\n".join(bullets)


def bullet(row: dict, levels: list[str]) -> str:
    """Its title, the command that shows it, and what it did at each level."""
    command = f"`ladder incident {row['name']} --level {' --versus '.join(levels)}`"
    did = " ".join(f"Level {level}: {outcome(row['levels'][level])}." for level in levels)
    title = row["title"] if row["title"].endswith("?") else f"{row['title']}."
    return wrapped(f"- {command}: {title} {did}")


def outcome(cell: dict) -> str:
    """Such as `silent harm (360 of 8,163 answers off by 13 minutes)`: harm, or why there is none.

    What heals itself has both: users saw it, and something ended it.
    """
    reasons = [harm(cell)] if harm(cell) else [cell["why"]]
    if cell["outcome"] == "healed":
        reasons.append(cell["why"])
    return f"{WORDS[cell['outcome']].clause} ({'; '.join(reasons)})"


def harm(cell: dict) -> str:
    """What users got, or what was left behind; empty where there was no harm."""
    if cell["wrong"]:
        answers = f"{cell['wrong']:,} of {cell['asked']:,} answers"
        return f"{answers} off by {cell['minutes']:.0f} minutes"
    if cell["missing"]:
        return f"{cell['missing']:,} of {cell['asked']:,} flights get no answer"
    if cell["records"]:
        return f"{cell['records']:,} rows to learn from are wrong"
    return cell["question"]


def of_exercises(level: int) -> str:
    names = [f"`{exercise.name}`" for exercise in exercises.of(level)]
    if not names:
        return f"There are none here: they begin at Level 1, in {CLIMB}."
    return wrapped(
        f"`ladder exercise` opens one in {CLIMB}: {', '.join(names)}. "
        f"`ladder lab {level}` opens [lab.ipynb](lab.ipynb)."
    )


def wrapped(text: str) -> str:
    """Lines as long as they may be; a command is not cut in two."""
    kept = re.sub(r"`[^`]*`", lambda span: span.group().replace(" ", "\0"), text)
    lines = textwrap.wrap(
        kept,
        template.LONGEST_LINE,
        subsequent_indent="  " if text.startswith("- ") else "",
        break_long_words=False,
        break_on_hyphens=False,
    )
    return "\n".join(lines).replace("\0", " ")


def write(levels: dict[int, Path]) -> None:
    """Write these sections of every level's README."""
    for number, level in levels.items():
        text = template.read(level)
        for title, body in sections(number, text).items():
            text = template.with_section(text, title, body)
        (level / "README.md").write_text(text, encoding="utf-8", newline="\n")
