"""Check the checks: apply a fault to a copy of a good level, and see that its check finds it."""

import shutil
import tomllib
from collections.abc import Iterator
from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from ladder.conformance import judging
from ladder.conformance.findings import CHECKS
from ladder.conformance.project import STAGES
from ladder.conformance.project import Project
from ladder.errors import LadderError
from ladder.places import LEVELS

FILE = Path(__file__).with_name("mutations.toml")
ALWAYS = {"check", "fault", "level", "finds"}
REPLACES, DELETES = {"file", "old", "new"}, {"delete"}


@dataclass(frozen=True)
class Mutation:
    """A fault in a file of a level, the check that must find it, and what the check must say."""

    check: str
    fault: str
    level: int
    finds: str
    file: str = ""
    old: str = ""
    new: str = ""
    delete: str = ""
    keep: tuple[str, ...] = ()
    slow: bool = False

    def apply(self, folder: Path) -> None:
        """Change a copy of the level; raises LadderError if the level has no such text."""
        if self.delete:
            target = folder / self.delete
            if target.is_dir():
                shutil.rmtree(target)
            elif target.is_file():
                target.unlink()
            else:
                raise LadderError(f"{self.where}: there is no {self.delete} to delete")
            return
        file = folder / self.file
        text = file.read_text(encoding="utf-8") if file.is_file() else ""
        if text.count(self.old) != 1:
            raise LadderError(
                f"{self.where}: {self.file} has the text {self.old[:60]!r} "
                f"{text.count(self.old)} times: write the mutation for the file as it is now"
            )
        file.write_text(text.replace(self.old, self.new), encoding="utf-8")

    @property
    def where(self) -> str:
        return f"mutations.toml, {self.check} ({self.fault})"


def read(file: Path = FILE, checks: Mapping[str, object] = CHECKS) -> list[Mutation]:
    """Every mutation; raises LadderError for an unknown key, and for a check without one."""
    found = [
        _mutation(table) for table in tomllib.loads(file.read_text(encoding="utf-8"))["mutation"]
    ]
    mutated = {mutation.check for mutation in found}
    if unknown := sorted(mutated - checks.keys()):
        raise LadderError(f"mutations.toml: there is no check {unknown[0]}")
    if lacking := sorted(checks.keys() - mutated):
        raise LadderError(f"mutations.toml: nothing shows that {lacking[0]} can fail")
    return found


def _mutation(table: dict) -> Mutation:
    kind = DELETES if "delete" in table else REPLACES
    if odd := (table.keys() ^ (ALWAYS | kind)) - {"keep", "slow"}:
        raise LadderError(f"mutations.toml, {table.get('check')}: {', '.join(sorted(odd))}")
    if unknown := set(table.get("keep", [])) - STAGES.keys():
        raise LadderError(f"mutations.toml, {table['check']}: no state {', '.join(unknown)}")
    keep: dict = {"keep": tuple(table.get("keep", []))}
    return Mutation(**{**table, **keep})


@contextmanager
def applied(mutation: Mutation, good: Project) -> Iterator[Project]:
    """The level with the fault, building on the good level's states that it says to keep."""
    with TemporaryDirectory(prefix="mutation-", ignore_cleanup_errors=True) as scratch:
        folder = Path(scratch, LEVELS[mutation.level].name)
        shutil.copytree(good.root.code, folder, ignore=shutil.ignore_patterns("__pycache__"))
        mutation.apply(folder)
        with judging.opened(folder, good.starter, good) as project:
            project.keep(*mutation.keep)
            project.asked = {mutation.check}
            yield project


def survives(mutation: Mutation, good: Project) -> str:
    """Why the check does not find the fault as it should; empty if it does."""
    with applied(mutation, good) as project:
        passed, found, _, _ = judging.run(project, CHECKS[mutation.check])
    good.tidy()
    if passed is None or passed:
        return f"{mutation.where}: {'the check passes' if passed else 'it failed itself'}: {found}"
    if mutation.finds not in found:
        return f"{mutation.where}: found something else: {found}"
    return ""
