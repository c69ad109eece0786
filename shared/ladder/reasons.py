"""Read levels.toml: why a level differs from the level below, and how large a level may be."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ladder.errors import LadderError
from ladder.places import ROOT

DECLARED = ROOT / "shared" / "levels.toml"


@dataclass(frozen=True)
class Reason:
    """Why one file differs from the level below, and the maturity row that it serves."""

    path: str
    row: str
    why: str


@dataclass(frozen=True)
class Reasons:
    """All of levels.toml; `ideas`, `files` and `limits` are keyed by the upper level of a step.

    `limits` holds each level's limits by name, those of all levels included.
    """

    rows: list[str]
    start: int
    ideas: dict[int, str]
    files: dict[int, list[Reason]]
    limits: dict[int, dict[str, int]]
    all_limits: dict[str, int]


def read(file: Path = DECLARED) -> Reasons:
    """Read a file such as levels.toml; raises LadderError where it does not have the form."""
    try:
        declared = tomllib.loads(file.read_text(encoding="utf-8"))
        levels = {int(number): table for number, table in declared["level"].items()}
        every = {name: limit for name, limit in declared["limits"].items() if name != "level"}
        own = {int(number): table for number, table in declared["limits"]["level"].items()}
        starts = (number for number, table in levels.items() if "starts" in table)
        return Reasons(
            rows=declared["model"]["rows"],
            start=max(starts, default=0),
            ideas={number: idea(table) for number, table in levels.items()},
            files={number: list(_reasons(table)) for number, table in levels.items()},
            limits={number: every | table for number, table in own.items()},
            all_limits=every,
        )
    except KeyError as missing:
        raise LadderError(
            f"{file.name} has no {missing}: its own first lines show the form"
        ) from None
    except (OSError, ValueError) as error:
        raise LadderError(f"{file.name} cannot be read: {error}") from None


def idea(table: dict) -> str:
    return table.get("starts") or table.get("idea", "")


def _reasons(table: dict[str, str | dict[str, str]]) -> Iterator[Reason]:
    for row, files in table.items():
        if isinstance(files, dict):
            yield from (Reason(path, row, why) for path, why in files.items())


def findings(reasons: Reasons, levels: set[int]) -> list[str]:
    """The mistakes in the declarations themselves, whatever the levels contain."""
    found = [
        f"levels.toml [level.{number}]: there is no such level: take the table out"
        for number in reasons.files
        if number not in levels
    ]
    found += [
        f"levels.toml: has no [limits.level.{number}]: write the level's limits there"
        for number in reasons.files
        if number in levels and number not in reasons.limits
    ]
    if reasons.start > 1:
        found.append(
            f"levels.toml [level.{reasons.start}]: only [level.1] may say `starts`, "
            "as the rest are copies"
        )
    for number, declared in reasons.files.items():
        found += _mistakes(number, declared, reasons.rows)
    return found


def _mistakes(number: int, declared: list[Reason], rows: list[str]) -> Iterator[str]:
    paths = [reason.path for reason in declared]
    for reason in declared:
        where = f'levels.toml [level.{number}."{reason.row}"] {reason.path}'
        if reason.row not in rows:
            yield (f"{where}: the maturity model has no such row: take one from `rows` in [model]")
        if not f"{reason.why}".strip():
            yield f"{where}: gives no reason: say in one line why the file differs"
        if paths.count(reason.path) > 1:
            yield f"{where}: is listed twice at this step: keep the row that it serves most"
