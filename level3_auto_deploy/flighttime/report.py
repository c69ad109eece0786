"""What the gate found, as a table for a terminal and as a page for the summary of a workflow."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flighttime.certificates import Certificate

WORDS = {True: "passed", False: "failed", None: "does not count"}
SERIES = {"challenger": "bar", "champion": "line", "route median": "line"}


def rows(certificate: "Certificate") -> list[dict[str, str]]:
    return [
        {"check": check.name, "number": check.number, "limit": check.limit, "verdict": WORDS[check.passed]}
        for check in certificate.checks
    ]


def text(certificate: "Certificate") -> str:
    lines = [list(line.values()) for line in rows(certificate)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    padded = ("  ".join(map(str.ljust, line, widths)).rstrip() for line in lines)
    return "\n".join(padded)


def markdown(certificate: "Certificate") -> str:
    """Outcome, table and plot: a site that knows Mermaid draws it, any other shows its numbers."""
    slices = [{"slice": "all", "flights": certificate.flights, **certificate.mean_errors}, *certificate.slices]
    parts = [f"## Version {certificate.version}: {certificate.outcome}", plain(certificate.reason), table(rows(certificate))]
    if certificate.mean_errors:
        parts += ["### Mean error by slice, in minutes", plot(slices), table([told(one) for one in slices])]
    return "\n\n".join(parts) + "\n"


def told(one: dict) -> dict[str, str]:
    errors = {name: "-" if one[name] is None else f"{one[name]:.2f}" for name in SERIES if name in one}
    return {"slice": one["slice"], "flights": f"{one['flights']:,}", **errors}


def table(lines: list[dict[str, str]]) -> str:
    cells = [list(lines[0]), ["---"] * len(lines[0]), *(line.values() for line in lines)]
    return "\n".join("| " + " | ".join(plain(cell) for cell in line) + " |" for line in cells)


def plain(cell: str) -> str:
    return " ".join(cell.split()).replace("|", "\\|")


def plot(slices: list[dict]) -> str:
    """Bars are the challenger, the lines champion and route median; a missing number is drawn as zero."""
    known = [name for name in SERIES if name in slices[0]]
    names = ", ".join(f'"{one["slice"].rpartition("/")[2]}"' for one in slices)
    drawn = [f"    {SERIES[name]} [{', '.join(f'{one[name] or 0:.2f}' for one in slices)}]" for name in known]
    title = f"bars {known[0]}; lines {', '.join(known[1:])}"
    axes = [f'    title "{title}"', f"    x-axis [{names}]", '    y-axis "minutes"']
    return "\n".join(["```mermaid", "xychart-beta", *axes, *drawn, "```"])
