"""A step between two levels: its files by the row that they serve, in the order of levels.toml."""

from dataclasses import dataclass
from dataclasses import replace

from ladder import reasons
from ladder.changes import became
from ladder.changes import hunks
from ladder.changes import hurt
from ladder.changes import proofs
from ladder.changes.change import Change
from ladder.climbing import levels
from ladder.climbing import say
from ladder.conformance.model import Statement
from ladder.reasons import Reason


@dataclass(frozen=True)
class Section:
    """The files that serve one row of the maturity model at one level; without a row, the rest."""

    row: str
    statement: Statement | None
    changes: list[Change]
    note: str = ""
    level: int | None = None  # named where the step is of several levels

    @property
    def title(self) -> str:
        gone = all(change.is_gone for change in self.changes)
        named = self.row or ("what it replaces" if gone else "all that differs")
        of_level = "" if self.level is None else f", Level {self.level}"
        return f"{named[:1].upper()}{named[1:]}{of_level}"

    @property
    def tests(self) -> list[str]:
        """The tests that prove it: those of the same row, and what maturity.toml names."""
        own = [change for change in self.changes if change.is_test and not is_setup(change)]
        declared = [change.path for change in own]
        module = self.statement.module.partition("/")[2] if self.statement else ""
        return [*dict.fromkeys([*declared, *([module] if module.startswith("tests/") else [])])]


@dataclass(frozen=True)
class Step:
    """Two levels, what hurt at the lower one, and all that differs, for a reader."""

    lower: int
    upper: int
    idea: str
    hurt: str
    sections: list[Section]

    @property
    def changes(self) -> list[Change]:
        return [change for section in self.sections for change in section.changes]

    @property
    def counted(self) -> str:
        """How many files there are to read, and how many lines."""
        read = [one for one in self.changes if not one.instead and not one.is_gone]
        new = [one for one in read if one.is_new]
        changed = [one for one in read if not one.is_new]
        lines = sum(one.inserted for one in new)
        sizes = f"+{sum(one.inserted for one in changed)} -{sum(one.deleted for one in changed)}"
        said = [f"New: {say.counted(len(new), 'file')}, {lines:,} lines."] if new else []
        if changed:
            said.append(f"Changed: {say.counted(len(changed), 'file')}, {sizes} lines.")
        if any(one.instead for one in self.changes):
            said.append("Not counted is what is generated, or read as a whole.")
        return " ".join(said)


def is_setup(change: Change) -> bool:
    return change.path.endswith("conftest.py")


def between(lower: int, upper: int) -> Step:
    return read(lower, upper, levels.content(lower), levels.content(upper))


def read(lower: int, upper: int, before: dict[str, bytes], after: dict[str, bytes]) -> Step:
    """The step from files to files; raises LadderError where a text that it needs is not there."""
    one_up = upper == lower + 1
    declared = reasons.read()
    why = {number: declared.files.get(number, []) for number in range(lower + 1, upper + 1)}
    left = changes(before, after, [one for listed in why.values() for one in listed])
    stays = ""
    if (lower, upper) == (0, 1):
        made = became.read(levels.content(0), levels.content(1))
        stays = made.stays
        for path in left.keys() & made.pairs.keys():
            beside = made.beside[path]
            left[path] = replace(left[path], pairs=made.pairs[path], beside=beside)
    sections = []
    for number, listed in why.items():
        for row in dict.fromkeys(one.row for one in listed):
            paths = [one.path for one in listed if one.row == row and one.path in left]
            if paths:
                own = [left.pop(path) for path in paths]
                level = None if one_up else number
                sections.append(Section(row, proofs.statement(row, number), own, level=level))
    if left:
        sections.append(Section("", None, [*left.values()], stays))
    idea = declared.ideas.get(upper, "") if one_up else ""
    return Step(lower, upper, idea, hurt.from_above(lower) if one_up else "", sections)


def changes(
    before: dict[str, bytes], after: dict[str, bytes], why: list[Reason]
) -> dict[str, Change]:
    return {
        path: Change(
            path, before.get(path), after.get(path), lines, [one for one in why if one.path == path]
        )
        for path, lines in hunks.differences(before, after).items()
    }
