"""A project under judgement, and the states that its own commands have made of it, each once."""

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from ladder import level_files
from ladder.conformance.findings import NotMet
from ladder.conformance.sandbox import COPY
from ladder.conformance.sandbox import Sandbox
from ladder.conformance.starter import Command
from ladder.conformance.starter import Starter

DAY = "2013-02-01"
LATER = "2013-02-22"
STAGES: dict[str, Callable[["Project"], Sandbox]] = {}


def stage(function: Callable[["Project"], Sandbox]) -> Callable[["Project"], Sandbox]:
    """Register a function that makes a state; its name is the stage's."""
    STAGES[function.__name__] = function
    return function


class Project:
    """One folder under judgement; `evidence` is what the current check has run or built on.

    `asked` names the checks that are run; if it is empty, each of them may be.
    """

    def __init__(self, folder: Path, starter: Starter, basis: "Project | None" = None) -> None:
        self.folder, self.starter = folder, starter
        self._scratch = tempfile.TemporaryDirectory(
            prefix="conformance-", ignore_cleanup_errors=True
        )
        self.scratch = Path(self._scratch.name).resolve()
        self.evidence: list[Command] = []
        self.made: dict[str, Sandbox | NotMet] = {}
        self.notes: dict[str, Command] = {}
        self.asked: set[str] = set()
        self.basis, self.kept = basis, set[str]()
        self.root = self._copied()

    def _copied(self) -> Sandbox:
        code = self.scratch / "first" / self.folder.name
        if self.basis is None:
            level_files.copy(self.folder, code, "vendor")
        else:  # made for this, with its repository: the states of the basis name commits of it
            code.parent.mkdir()
            shutil.move(self.folder, code)
        sandbox = Sandbox(self.starter, code, self.scratch / "first" / "state", DAY)
        sandbox.commit("The project under judgement")
        return sandbox

    def asks(self, check: str) -> bool:
        return not self.asked or check in self.asked

    def keep(self, *stages: str) -> None:
        """Take these stages from the basis: what changed since does not matter to them."""
        self.kept.update(stages)

    def at(self, name: str) -> Sandbox:
        """A copy of the state at a stage, on the project's code; raises NotMet if it failed."""
        made = self._make(name)
        if isinstance(made, NotMet):
            raise made
        self.evidence.extend(made.evidence)
        return replace(made.copy(), evidence=self.evidence)

    def _make(self, name: str) -> Sandbox | NotMet:
        if name not in self.made:
            self.made[name] = self._kept(name) or self._build(name)
        return self.made[name]

    def _kept(self, name: str) -> Sandbox | NotMet | None:
        if self.basis is None or name not in self.kept:
            return None
        made = self.basis._make(name)
        return made if isinstance(made, NotMet) else replace(made, code=self.root.code)

    def _build(self, name: str) -> Sandbox | NotMet:
        outer, self.evidence = self.evidence, []
        try:
            return STAGES[name](self)
        except NotMet as found:
            return found
        finally:
            self.evidence = outer

    def empty(self) -> Sandbox:
        """The project with no state at all."""
        return replace(self.root.copy(), evidence=self.evidence)

    def tidy(self) -> None:
        """Remove the copies that no stage needs: each is some megabytes."""
        made = [one for one in self.made.values() if isinstance(one, Sandbox)]
        kept = {place for one in made for place in (one.state.parent, one.code.parent)}
        for folder in self.scratch.glob(f"{COPY}*"):
            if folder not in kept:
                shutil.rmtree(folder, ignore_errors=True)

    def close(self) -> None:
        self._scratch.cleanup()
