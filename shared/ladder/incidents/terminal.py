"""The matrix in the terminal."""

SIGNS = {
    "prevented": "prevented",
    "healed": "healed itself",
    "person": "person acts",
    "silent": "SILENT HARM",
    "quiet": "quiet",
    "false alarm": "FALSE ALARM",
}
WIDTH = 17


def table(rows: list[dict]) -> str:
    """One line an incident; below each outcome the figures that matter."""
    levels = list(rows[0]["levels"]) if rows else []
    title = max([len(row["title"]) for row in rows] + [10]) + 2
    lines = [" " * title + "".join(f"Level {level}".ljust(WIDTH) for level in levels)]
    for row in rows:
        cells = [row["levels"][level] for level in levels]
        lines.append(row["title"].ljust(title) + "".join(sign(cell).ljust(WIDTH) for cell in cells))
        lines.append(" " * title + "".join(figures(cell).ljust(WIDTH) for cell in cells))
    return "\n".join(line.rstrip() for line in lines)


def sign(cell: dict) -> str:
    return SIGNS[cell["outcome"]] + ("  !" if cell["surprise"] else "")


def figures(cell: dict) -> str:
    """Such as `2.9k by 24`: so many answers wrong, by so many minutes; then days and steps."""
    found = []
    if cell["wrong"]:
        found.append(f"{short(cell['wrong'])} by {cell['minutes']:.0f}")
    if cell["missing"]:
        found.append(f"{short(cell['missing'])} none")
    if cell["records"]:
        found.append(f"{short(cell['records'])} rows")
    if cell["days_to_detect"] is not None:
        found.append(f"d{cell['days_to_detect']}")
    if cell["steps"]:
        found.append(f"{len(cell['steps'])}s")
    return " ".join(found)


def short(number: int) -> str:
    return f"{number / 1000:.1f}k" if number >= 1000 else f"{number}"
