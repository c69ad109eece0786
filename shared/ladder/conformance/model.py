"""Read maturity.toml: every statement of the maturity model, and how it can be shown to hold."""

import tomllib
from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import replace
from pathlib import Path

from ladder import reasons
from ladder.errors import LadderError
from ladder.places import ROOT

FILE = ROOT / "shared" / "maturity.toml"
LEVELS = range(5)
RUN = ("executable", "settings")
STATUSES = (*RUN, "people", "not observable")
SOURCES = ("seed", "edition")
TEXTS = ("why", "check", "looks_at", "remedy", "cost", "module")
OF_A_ROW = {"row", "source", *map(str, LEVELS)}
OF_A_RUN_STATEMENT = {"says", "status", *TEXTS, "holds_at", "because"}
OF_ANOTHER_STATEMENT = {"says", "status", "reason"}


@dataclass(frozen=True)
class Statement:
    """One cell of the model. `same_as` is the id of the level below that says the same.

    `holds_at` are the levels that must pass it, all others must fail it; `because` says why these
    are not simply its own level and those above. `reason` is for what no check can show.
    """

    id: str
    row: str
    level: int
    source: str
    says: str
    status: str
    same_as: str = ""
    why: str = ""
    check: str = ""
    looks_at: str = ""
    remedy: str = ""
    cost: str = ""
    module: str = ""
    holds_at: tuple[int, ...] = ()
    because: str = ""
    reason: str = ""

    @property
    def runs(self) -> bool:
        return self.status in RUN


def read(file: Path = FILE, checks: Mapping[str, object] | None = None) -> list[Statement]:
    """Every statement, row by row; raises LadderError for the first thing that is wrong.

    `checks` are the functions by name: each must be named by a statement, and each named one exist.
    """
    try:
        rows = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise LadderError(f"{file.name} cannot be read: {error}") from None
    found: dict[str, Statement] = {}
    for name, table in rows.items():
        for statement in read_row(name, table, found):
            found[statement.id] = statement
    statements = [*found.values()]
    require_rows(statements)
    if checks is not None:
        require_functions(statements, checks)
    return statements


def read_row(name: str, table: dict, above: dict[str, Statement]) -> Iterator[Statement]:
    require_keys(f"[{name}]", table, OF_A_ROW, OF_A_ROW)
    if table["source"] not in SOURCES:
        raise LadderError(f"maturity.toml [{name}]: source is one of {', '.join(SOURCES)}")
    known = dict(above)
    for level in LEVELS:
        cell = table[f"{level}"]
        where = f"[{name}.{level}]"
        about = {"id": f"{name}.{level}", "level": level, "source": table["source"]}
        if "as" in cell:
            require_keys(where, cell, {"as"}, {"as"})
            statement = same(where, cell["as"], known, about | {"row": table["row"]})
        else:
            statement = own(where, cell, about | {"row": table["row"]})
        known[statement.id] = statement
        yield statement


def same(where: str, other: str, known: dict[str, Statement], about: dict) -> Statement:
    """A statement that equals the one of the level below."""
    below = known.get(other)
    if below is None or below.row != about["row"] or below.level != about["level"] - 1:
        raise LadderError(f"maturity.toml {where}: `as` names the same row one level below")
    return replace(below, **about, same_as=below.same_as or below.id)


def own(where: str, cell: dict, about: dict) -> Statement:
    status = cell.get("status")
    if status not in STATUSES:
        raise LadderError(f"maturity.toml {where}: status is one of {', '.join(STATUSES)}")
    if status not in RUN:
        require_keys(where, cell, OF_ANOTHER_STATEMENT, OF_ANOTHER_STATEMENT)
        return Statement(**about, **cell)
    require_keys(where, cell, OF_A_RUN_STATEMENT, {"says", "status", *TEXTS})
    if ("holds_at" in cell) != ("because" in cell):
        raise LadderError(f"maturity.toml {where}: holds_at and because come together")
    usual = tuple(level for level in LEVELS if level >= about["level"])
    holds_at = tuple(cell.get("holds_at", usual))
    if "holds_at" in cell and (holds_at == usual or not set(holds_at) <= set(LEVELS)):
        raise LadderError(f"maturity.toml {where}: holds_at says what is usual, or no level")
    if about["level"] not in holds_at:
        raise LadderError(f"maturity.toml {where}: holds_at leaves out the statement's own level")
    derived: dict = {"cost": cost(where, cell), "holds_at": holds_at}
    return Statement(**{**about, **cell, **derived})


def cost(where: str, cell: dict) -> str:
    """The cost, with the number of lines that the statement's module has now for `{lines}`."""
    module = ROOT / cell["module"]
    if not module.is_file():
        raise LadderError(f"maturity.toml {where}: there is no file {cell['module']}")
    lines = len(module.read_text(encoding="utf-8").splitlines())
    return cell["cost"].replace("{lines}", f"{lines}")


def require_keys(where: str, table: dict, allowed: set[str], needed: set[str]) -> None:
    if not isinstance(table, dict):
        raise LadderError(f"maturity.toml {where} is not a table")
    if unknown := sorted(table.keys() - allowed):
        raise LadderError(f"maturity.toml {where}: there is no key {unknown[0]!r}")
    if missing := sorted(name for name in needed if not table.get(name)):
        raise LadderError(f"maturity.toml {where}: lacks {missing[0]!r}")


def require_rows(statements: list[Statement]) -> None:
    """The rows are those of levels.toml, each once and in that order."""
    found = [statement.row for statement in statements if statement.level == 0]
    expected = reasons.read().rows
    if found != expected:
        odd = set(found) ^ set(expected)
        raise LadderError(
            f"maturity.toml has other rows than levels.toml: {', '.join(sorted(odd)) or 'order'}"
        )


def require_functions(statements: list[Statement], checks: Mapping[str, object]) -> None:
    named = {statement.check for statement in statements if statement.runs}
    if lacking := sorted(named - checks.keys()):
        raise LadderError(f"maturity.toml names a check that does not exist: {lacking[0]}")
    if unused := sorted(checks.keys() - named):
        raise LadderError(f"no statement of maturity.toml names the check {unused[0]}")
