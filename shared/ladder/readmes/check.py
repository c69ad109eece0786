"""Find where a level's README leaves the template, or says what is not published."""

from pathlib import Path

from ladder.errors import LadderError
from ladder.readmes import generated
from ladder.readmes import picture
from ladder.readmes import template


def findings(levels: dict[int, Path]) -> list[str]:
    there = {number: level for number, level in levels.items() if (level / "README.md").is_file()}
    texts = {number: template.read(level) for number, level in there.items()}
    found = [
        f"{level.name}/README.md: is missing: restore it from git"
        for number, level in levels.items()
        if number not in there
    ]
    for number, text in texts.items():
        own = template.findings(text) + picture.findings(number, text) + stale(number, text)
        found += [f"{levels[number].name}/README.md: {finding}" for finding in own]
    return found + picture.different_shapes(texts)


def stale(level: int, text: str) -> list[str]:
    """The sections that are made, and differ from what they are made of."""
    try:
        made = generated.sections(level, text)
    except LadderError as problem:
        return [f"'{template.BREAK_IT}': {problem}"]
    found = [
        f"'{title}' is not what the published matrix and the exercises give: "
        "write it again (ladder renew --readmes)"
        for title, body in made.items()
        if body != template.section(text, title)
    ]
    if not made[template.BREAK_IT]:
        found.append(f"'{template.BREAK_IT}' names no incident: write `ladder incident NAME …`")
    return found
