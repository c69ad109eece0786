"""Reads levels.toml, where people write why a level differs from the level below."""

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
    """All of levels.toml; `limits`, `ideas` and `files` are keyed by the upper level of a step."""

    limits: dict[int, dict[str, int]]
    rows: list[str]
    start: int
    ideas: dict[int, str]
    files: dict[int, list[Reason]]


def read(file: Path = DECLARED) -> Reasons:
    try:
        declared = tomllib.loads(file.read_text(encoding="utf-8"))
        levels = {int(number): table for number, table in declared["level"].items()}
        return Reasons(
            limits={number: limits_of(table, declared["limits"]) for number, table in levels.items()},
            rows=declared["model"]["rows"],
            start=max((number for number, table in levels.items() if "starts" in table), default=0),
            ideas={number: table.get("starts") or table.get("idea", "") for number, table in levels.items()},
            files={number: list(_reasons(table)) for number, table in levels.items()},
        )
    except KeyError as missing:
        raise LadderError(f"{file.name} has no {missing}: its own first lines show the form") from None
    except (OSError, ValueError) as error:
        raise LadderError(f"{file.name} cannot be read: {error}") from None


def limits_of(table: dict, usual: dict[str, int]) -> dict[str, int]:
    """How long a step may be: as long as all of them, or as it says itself."""
    return {name: table.get(name, usual[name]) for name in ("changed", "added")}


def _reasons(table: dict[str, str | dict[str, str]]) -> Iterator[Reason]:
    for row, files in table.items():
        if isinstance(files, dict):
            yield from (Reason(path, row, why) for path, why in files.items())


def findings(reasons: Reasons, levels: set[int]) -> list[str]:
    """What is wrong with the declarations themselves, whatever the levels contain."""
    found = [f"levels.toml [level.{number}]: there is no such level" for number in reasons.files if number not in levels]
    if reasons.start > 1:
        found.append(f"levels.toml [level.{reasons.start}]: only [level.1] may say `starts`, as the rest are copies")
    for number, declared in reasons.files.items():
        paths = [reason.path for reason in declared]
        for reason in declared:
            where = f'levels.toml [level.{number}."{reason.row}"] {reason.path}'
            if reason.row not in reasons.rows:
                found.append(f"{where}: the maturity model has no such row: take one from `rows` in [model]")
            if not str(reason.why).strip():
                found.append(f"{where}: gives no reason: say in one line why the file differs")
            if paths.count(reason.path) > 1:
                found.append(f"{where}: is listed twice at this step: keep the row that it serves most")
    return found
