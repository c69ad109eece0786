"""What the climb remembers, in the .git folder of the attendee's repository: it survives the day.

The level is that of the last step whose commit is still in the history, so that one who takes a
commit back with git takes the step back too.
"""

import contextlib
import hashlib
import json
import os
import time
from collections.abc import Iterator
from dataclasses import asdict
from dataclasses import dataclass
from dataclasses import field
from dataclasses import fields
from typing import Any

from ladder.alone import try_lock
from ladder.climbing.repository import Repository
from ladder.errors import LadderError

FILE = "climb.json"
MAX_WAIT = 10.0  # seconds for another command to end


@dataclass
class Memory:
    """Steps taken, statements that passed, exercises; `pending` is a step with open conflicts.

    A step is a commit, the level, the digest of each file as the levels have it, and the commit
    `before` it, which is the same one where the files were so already. `finding` is
    what the last check found to be wrong, for `ladder hint`; `above` is what it found of the first
    statement of the next level.
    """

    steps: list[dict[str, Any]] = field(default_factory=list)
    pending: dict[str, Any] | None = None
    passed: dict[str, str] = field(default_factory=dict)
    exercise: dict[str, Any] | None = None
    solved: dict[str, str] = field(default_factory=dict)
    finding: dict[str, str] | None = None
    above: dict[str, str] | None = None

    def step(self, repository: Repository) -> dict[str, Any]:
        """The last step that is still in the history."""
        for step in reversed(self.steps):
            if repository.contains(step["commit"]):
                return step
        raise LadderError(
            "the start of this climb is no longer in the history of this branch: "
            "`ladder reset --level N` begins again at any level, and keeps what you have"
        )

    def level(self, repository: Repository) -> int:
        return self.step(repository)["level"]

    def require_no_exercise(self) -> None:
        if self.exercise:
            name = self.exercise["name"]
            raise LadderError(
                f"the exercise {name} is open: first solve it (`ladder check`), or take its "
                f"solution (`ladder exercise {name} --solution`)"
            )


def read(repository: Repository) -> Memory:
    file = repository.store / FILE
    try:
        stored = json.loads(file.read_text(encoding="utf-8"))
        names = {one.name for one in fields(Memory)}
        return Memory(**{name: value for name, value in stored.items() if name in names})
    except (OSError, ValueError, AttributeError, TypeError):
        raise LadderError(
            f"{file} cannot be read: `ladder reset --level N` begins again at any level, "
            "and keeps what you have"
        ) from None


def write(repository: Repository, memory: Memory) -> None:
    unfinished = repository.store / f"{FILE}.part"
    unfinished.write_text(json.dumps(asdict(memory), indent=1), encoding="utf-8")
    os.replace(unfinished, repository.store / FILE)


@contextlib.contextmanager
def alone(repository: Repository) -> Iterator[None]:
    """Hold the repository for one command; raises LadderError while another one holds it."""
    with (repository.store / "lock").open("ab") as file:
        deadline = time.monotonic() + MAX_WAIT
        while not try_lock(file):
            if time.monotonic() > deadline:
                raise LadderError(
                    "another `ladder` command is at work in this repository: wait for it, or end it"
                )
            time.sleep(0.05)
        yield


@contextlib.contextmanager
def changing(repository: Repository) -> Iterator[Memory]:
    """The memory, to be changed by one command at a time; what an error leaves is not kept."""
    with alone(repository):
        memory = read(repository)
        yield memory
        write(repository, memory)


def remember(repository: Repository, title: str, hint: str) -> None:
    """Keep what a check found to be wrong, for `ladder hint`."""
    with changing(repository) as memory:
        memory.finding = {"title": title, "hint": hint}


def keep(repository: Repository, content: dict[str, bytes]) -> dict[str, str]:
    """Keep files as the levels have them; returns the digest of each, to read it back with."""
    folder = repository.store / "files"
    folder.mkdir(exist_ok=True)
    digests = {path: digest(data) for path, data in content.items()}
    for path, name in digests.items():
        if not (folder / name).exists():
            (folder / name).write_bytes(content[path])
    return digests


def kept(repository: Repository, name: str) -> bytes:
    return (repository.store / "files" / name).read_bytes()


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
