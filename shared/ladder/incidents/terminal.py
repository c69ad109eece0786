"""The matrix in the terminal."""

from ladder.incidents.outcomes import WORDS
from ladder.look import terminal as look

KEY = """\
prevented      nothing wrong reached a user
healed itself  it did; the level noticed, and ended it without a person
a person acts  it did; a person or a program noticed, and a person had to end it
SILENT HARM    it did, and no one noticed
Below: answers wrong and by how many minutes, answers missing, rows of the table wrong; d: days
until it was noticed/until it was over; h: steps by hand. (!): not as declared."""
WIDTH = 23


def table(rows: list[dict]) -> str:
    """One line an incident; below each outcome the figures that matter."""
    levels = list(rows[0]["levels"]) if rows else []
    title = max([len(row["title"]) for row in rows] + [10]) + 2
    lines = [" " * title + "".join(map(head, levels))]
    for row in rows:
        cells = [row["levels"][level] for level in levels]
        lines.append(row["title"].ljust(title) + "".join(map(sign, cells)))
        lines.append(" " * title + "".join(figures(cell).ljust(WIDTH) for cell in cells))
    return "\n".join(line.rstrip() for line in lines)


def head(level: int | str) -> str:
    words = f"Level {level}"
    return look.of_level(int(level), words) + " " * (WIDTH - len(words))


def sign(cell: dict) -> str:
    """How it ended, as wide as a column."""
    words, odd = WORDS[cell["outcome"]].sign, "  (!)" if cell["surprise"] else ""
    return look.of_outcome(cell["outcome"], words) + odd.ljust(WIDTH - len(words))


def figures(cell: dict) -> str:
    """Such as `2.9k by 24 d1/3 2h`."""
    return " ".join([*harm(cell), *times(cell)])


def harm(cell: dict) -> list[str]:
    found = []
    if cell["wrong"]:
        found.append(f"{short(cell['wrong'])} by {cell['minutes']:.0f}")
    if cell["missing"]:
        found.append(f"{short(cell['missing'])} missing")
    if cell["records"]:
        found.append(f"{short(cell['records'])} rows")
    return found


def times(cell: dict) -> list[str]:
    found = []
    days = [cell["days_to_detect"], cell["days_to_mitigate"]]
    if any(day is not None for day in days):
        found.append("d" + "/".join("-" if day is None else f"{day}" for day in days))
    if cell["steps"]:
        found.append(f"{len(cell['steps'])}h")
    return found


def short(number: int) -> str:
    return f"{number / 1000:.1f}k" if number >= 1000 else f"{number}"


def report(surprises: list[str]) -> int:
    """Print what was not as declared; returns the exit code."""
    if not surprises:
        print("Every outcome is as declared beforehand.")
        return 0
    print("\n".join([f"{len(surprises)} not as declared:", *surprises]))
    return 1
