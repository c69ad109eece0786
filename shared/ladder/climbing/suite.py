"""The one place where the climb meets the conformance suite: what is asked, and how it went."""

from collections.abc import Iterable
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple


class Statement(NamedTuple):
    """A cell of the maturity model, with the levels at which it has to hold."""

    id: str
    row: str
    level: int
    says: str
    status: str
    holds_at: tuple[int, ...]
    looks_at: str


class Result(NamedTuple):
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
    # Late, as it imports what the levels do.
    from ladder import conformance

    own = [one for one in conformance.statements() if one.runs and not one.same_as]
    return [Statement(*(getattr(one, name) for name in Statement._fields)) for one in own]


def results(folder: Path, asked: Iterable[Statement]) -> Iterator[Result]:
    """How these statements do on a folder, one after the other; ask for all of them at once."""
    from ladder import conformance

    for one in conformance.judge(folder, [statement.id for statement in asked]):
        yield Result(*(getattr(one, name) for name in Result._fields))


def files() -> list[Path]:
    """What decides how a statement does: if one of them changes, what passed is checked again.

    Not what is measured of the suite itself: the faults that its checks must find, and its scores.
    """
    folder = Path(__file__).parents[1]
    return [folder.parent / "maturity.toml", *sorted((folder / "conformance").rglob("*.py"))]
