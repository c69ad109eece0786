"""The one place where the climb meets the conformance suite: what is asked, and how it went."""

from collections.abc import Iterable
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol


class Statement(Protocol):
    """A cell of the maturity model, with the levels at which it has to hold."""

    id: str
    row: str
    level: int
    says: str
    status: str
    holds_at: tuple[int, ...]
    why: str
    looks_at: str


class Result(Protocol):
    """How one statement did; `passed` is None if the check itself failed."""

    id: str
    passed: bool | None
    found: str
    expected: str
    command: str
    hint: str
    remedy: str
    module: str


def statements() -> list[Statement]:
    """Every statement that can be run, and says something that no level below has said."""
    from ladder import conformance

    return [one for one in conformance.statements() if one.runs and not one.same_as]


def results(folder: Path, asked: Iterable[Statement]) -> Iterator[Result]:
    """How these statements do on a folder, one after the other; ask for all of them at once."""
    from ladder import conformance

    return conformance.judge(folder, [one.id for one in asked])


def files() -> list[Path]:
    """The files of the suite: if one of them changes, what passed is checked again."""
    folder = Path(__file__).parents[1]
    return [folder.parent / "maturity.toml", *sorted((folder / "conformance").rglob("*.py"))]
