"""A copy of a project in a folder of its own, with a state of its own and a simulated day."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from itertools import count
from pathlib import Path

from ladder import places
from ladder import stage
from ladder.conformance.findings import NotMet
from ladder.conformance.starter import Command
from ladder.conformance.starter import Starter
from ladder.conformance.starter import as_typed

PACKAGE, COPY = "flighttime", "copy"
NUMBERS = count()


@dataclass
class Sandbox:
    """Where a project's own commands run: its code, its state, the feed and the day."""

    starter: Starter
    code: Path
    state: Path
    day: str
    feed: Path = places.FEED
    variables: Mapping[str, str] = field(default_factory=dict)
    evidence: list[Command] = field(default_factory=list)

    def has(self, module: str) -> bool:
        path = self.code.joinpath(*module.split("."))
        return path.with_suffix(".py").is_file() or (path / "__init__.py").is_file()

    def need(self, module: str) -> None:
        """Raise NotMet if the project has no such module."""
        if not self.has(module):
            raise NotMet(f"no module {module}")

    def environment(self) -> dict[str, str]:
        return {
            **places.own_environment(),
            "FLIGHTTIME_FEED": str(self.feed),
            "FLIGHTTIME_RUNS": str(self.state),
            "FLIGHTTIME_TODAY": self.day,
            "OMP_NUM_THREADS": "1",
            **self.variables,
        }

    def on(self, day: str) -> "Sandbox":
        """The same sandbox on another day."""
        return replace(self, day=day)

    def given(self, **variables: str) -> "Sandbox":
        """The same sandbox with more environment variables."""
        return replace(self, variables={**self.variables, **variables})

    def importable(self) -> "Sandbox":
        """The same sandbox, whose modules are found from every folder."""
        named = [str(self.code), os.environ.get("PYTHONPATH", "")]
        return self.given(PYTHONPATH=os.pathsep.join(path for path in named if path))

    def start(self, *arguments: str) -> Command:
        """Run `python ARGUMENTS` in the project's folder, and keep the evidence.

        Raises NotMet if it does not end.
        """
        try:
            found = self.starter.run(arguments, cwd=self.code, env=self.environment())
        except subprocess.TimeoutExpired as late:
            line = as_typed(arguments)
            raise NotMet(f"{line} had not ended after {late.timeout:.0f} seconds") from None
        self.evidence.append(found)
        return found

    def attempt(self, module: str, *arguments: str) -> Command:
        """Run a module of the project or of groundcrew, however it ends."""
        if module.startswith(f"{PACKAGE}."):
            self.need(module)
        return self.start("-m", module, *arguments)

    def run(self, module: str, *arguments: str) -> Command:
        """Run a module; raises NotMet if it fails."""
        done = self.attempt(module, *arguments)
        if done.code:
            raise NotMet(f"{done.line} failed: {done.last_line}")
        return done

    def refused(self, module: str, *arguments: str) -> Command:
        """Run a module that has to refuse in one line with exit code 2; raises NotMet if not."""
        done = self.attempt(module, *arguments)
        if done.code == 0:
            raise NotMet(f"{done.line} did not refuse: {done.last_line}")
        if done.code != 2 or "Traceback" in done.output:
            raise NotMet(f"{done.line} crashed instead of refusing: {done.last_line}")
        return done

    def copy(self, *, code: bool = False) -> "Sandbox":
        """A copy of the state, and of the code too if it is going to be changed."""
        scratch = self.state.parent.parent / f"{COPY}{next(NUMBERS)}"
        state = scratch / "state"
        if self.state.exists():
            shutil.copytree(self.state, state)
        else:
            state.parent.mkdir(parents=True)
        target = self.code
        if code:
            target = scratch / "code"
            shutil.copytree(self.code, target, ignore=shutil.ignore_patterns("__pycache__"))
        return replace(self, code=target, state=state)

    def commit(self, message: str) -> str:
        """Commit all of the code in a repository of its own; returns the commit."""
        return stage.commit(self.code, message)

    def append(self, path: str, text: str) -> None:
        """Put a fault at the end of a file; raises NotMet if the project has no such file."""
        file = self.code / path
        if not file.is_file():
            raise NotMet(f"no file {path}")
        file.write_text(file.read_text(encoding="utf-8") + text, encoding="utf-8")


def value(command: Command, name: str) -> str:
    """The value that a command printed as `name: value`; raises NotMet if it did not."""
    for line in reversed(command.output.splitlines()):
        found, colon, text = line.partition(": ")
        if colon and found == name:
            return text
    raise NotMet(f"{command.line} printed no {name}: {command.last_line}")
