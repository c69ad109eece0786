"""Play the cells that are not played yet, several at a time, each in a process of its own."""

import os
from collections.abc import Callable
from collections.abc import Iterable
from dataclasses import dataclass
from dataclasses import field
from multiprocessing import connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from ladder.errors import LadderError
from ladder.incidents import cells
from ladder.incidents import processes
from ladder.incidents import states
from ladder.incidents import stored
from ladder.incidents.catalogue import CATALOGUE
from ladder.incidents.scenarios import SAME_AS
from ladder.incidents.scenarios import SCENARIOS

Cell = tuple[str, int, int]


@dataclass
class Task:
    """A state to build or a cell to play, and the tasks that come before it."""

    name: str
    target: Callable[..., None]
    arguments: tuple[Any, ...]
    after: set[str] = field(default_factory=set)

    @property
    def level(self) -> int:
        return self.arguments[1]


def wanted(names: Iterable[str], levels: Iterable[int]) -> list[Cell]:
    """The cells of these incidents, undisturbed runs that they are compared with first."""
    found = list(names)
    scenarios = {CATALOGUE[name].scenario for name in found if CATALOGUE[name].is_compared}
    compared = {SAME_AS.get(scenario, scenario) for scenario in scenarios}
    without = [(f"without-{one}", level, 0) for one in sorted(compared) for level in levels]
    return without + [
        (name, level, seed) for name in found for level in levels for seed in seeds(name, level)
    ]


def seeds(name: str, level: int) -> tuple[int, ...]:
    """Chance has no part at a level where nothing can happen: one seed is enough."""
    incident = CATALOGUE[name]
    return incident.seeds if level in incident.seeded else incident.seeds[:1]


def plan(chosen: list[Cell], *, again: bool) -> list[Task]:
    """The tasks that are left to do; the highest level first, whose cells take longest."""
    played = [cell for cell in chosen if again or not stored.is_played(*cell)]
    tasks: dict[str, Task] = {}
    for name, level, seed in played:
        scenario = name.removeprefix("without-")
        scenario = CATALOGUE[name].scenario if name in CATALOGUE else scenario
        base = base_task(tasks, scenario, level)
        title = f"{name}, Level {level}" + (f", seed {seed}" if seed else "")
        tasks[title] = Task(title, cells.play_cell, (name, level, seed), {base})
    return sorted(tasks.values(), key=lambda task: -task.level)


def base_task(tasks: dict[str, Task], scenario: str, level: int) -> str:
    """Add the task that builds a scenario's state, and the one before it; returns its name."""
    before = {base_task(tasks, SAME_AS[scenario], level)} if scenario in SAME_AS else set()
    name = f"state {SCENARIOS[scenario].base(level)}, Level {level}"
    if before & tasks.keys() or not stored.is_built(scenario, level):
        tasks.setdefault(name, Task(name, states.build, (scenario, level), before))
    return name


def run(tasks: list[Task], jobs: int, tell: Callable[[str], None]) -> None:
    """Run all tasks, those that others wait for first; raises LadderError at the first failure."""
    pending, running = list(tasks), dict[BaseProcess, Task]()
    try:
        while pending or running:
            waited_for = {task.name for task in [*pending, *running.values()]}
            ready = [task for task in pending if not task.after & waited_for]
            for task in ready[: jobs - len(running)]:
                pending.remove(task)
                running[processes.start(task.target, *task.arguments)] = task
            connection.wait([process.sentinel for process in running])
            for process in [one for one in running if not one.is_alive()]:
                task = running.pop(process)
                process.join()
                if process.exitcode:
                    raise LadderError(f"{task.name} failed: see {log_of(task)}")
                tell(task.name)
    finally:
        for process in running:
            processes.end(process)


def log_of(task: Task) -> Path:
    if task.target is states.build:
        return stored.log_of(stored.base(*task.arguments))
    return stored.log_of(stored.sandbox(*task.arguments))


def jobs_here() -> int:
    """As many as there are processors, and two at most: each cell may start an application."""
    return min(2, os.cpu_count() or 1)
