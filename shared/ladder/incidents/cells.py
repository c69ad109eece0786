"""Build the sandbox of a cell, play it in a process of its own, and keep its record."""

import hashlib
import json
import os
import shutil
import signal
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NoReturn

from ladder.git import git
from ladder.incidents import processes
from ladder.incidents import world
from ladder.incidents.catalogue import CATALOGUE
from ladder.incidents.incident import Hooks
from ladder.incidents.incident import Incident
from ladder.incidents.play import Play
from ladder.incidents.scenarios import SAME_AS
from ladder.incidents.scenarios import SCENARIOS
from ladder.places import LEVELS
from ladder.places import RUNS
from ladder.places import own_environment
from ladder.stage import GIT_SETTINGS
from ladder.stage import LEFT_OUT
from ladder.year import assumptions
from ladder.year import builds

HOME = RUNS / "incidents"


def quiet(scenario: str) -> Incident:
    """The run without an incident, with which the others are compared."""
    return Incident(f"without-{scenario}", "", "", "", scenario, Hooks(), {}, None, None)  # type: ignore[arg-type]


def record_of(name: str, level: int, seed: int = 0) -> Path:
    return HOME / "cells" / f"{name}-level{level}-{seed}.json"


CORE = ("cells", "commands", "incident", "play", "scenarios", "teams", "world")


def digest(level: int, name: str = "") -> str:
    """A digest of all that a cell is made from; without a name, of what a base is made from."""
    here = Path(__file__).parent
    sources = [*builds.sources(level), here / "scenarios.py"]
    found = hashlib.sha256()
    if name:
        sources += [here / f"{module}.py" for module in CORE]
        sources += (
            [here / "catalogue" / f"{name.replace('-', '_')}.py"] if name in CATALOGUE else []
        )
        sources += [assumptions.PLACE]
    for path in sources:
        found.update(path.name.encode() + b"\0" + path.read_bytes())
    return found.hexdigest()[:16]


def sandbox(name: str, level: int, seed: int) -> Path:
    return HOME / "sandboxes" / f"{name}-level{level}-{seed}"


def base(scenario: str, level: int) -> Path:
    return HOME / "bases" / f"level{level}-{SCENARIOS[scenario].base(level)}"


def environment(folder: Path) -> dict[str, str]:
    return {
        "FLIGHTTIME_FEED": str(folder / "feed"),
        "FLIGHTTIME_RUNS": str(folder / "state"),
        "OMP_NUM_THREADS": "1",
        "MPLBACKEND": "agg",
    }


def enter(folder: Path) -> None:
    """Make this process the team of one sandbox."""
    kept = own_environment()
    for name in set(os.environ) - set(kept):
        del os.environ[name]
    processes.enter(folder / "repo", environment(folder))


def build(scenario: str, level: int) -> None:
    """Make the state on the morning of the scenario's first day, by the level's own commands."""
    from ladder.incidents.teams import TEAMS

    calendar, folder = SCENARIOS[scenario], base(scenario, level)
    shutil.rmtree(folder, ignore_errors=True)
    if calendar.made:
        shutil.copytree(base(SAME_AS[scenario], level), folder)
        (folder / "made-from").unlink()
    else:
        shutil.copytree(LEVELS[level], folder / "repo", ignore=LEFT_OUT)
        commit(folder / "repo")
        world.publish(folder / "feed", calendar.months)
    processes.into_log(folder / "log")
    enter(folder)
    play = Play(quiet(scenario), level, folder, assumptions.read_all())
    play.team = TEAMS[level](play)
    try:
        make_new(play) if calendar.made else make_first(play)
    finally:
        play.team.close()
    failed = [event for event in play.events if event.get("code")]
    assert not failed, failed
    (folder / "made-from").write_text(digest(level), encoding="utf-8")


def make_first(play: Play) -> None:
    """Make and release the first model; Level 4's log also has the days up to the first one."""
    calendar = play.scenario
    play.today = calendar.built
    play.team.begin(play.today)
    play.team.build(play.today)
    for day in calendar.before if play.level == 4 else []:
        play.today = day
        play.team.begin(day)
        if day.weekday() == 0:
            play.run("loop")
        play.team.answers(day)


def make_new(play: Play) -> None:
    """Make the new model on the first morning, as in the run that it is compared with."""
    play.today = play.scenario.first
    play.team.begin(play.today)
    made = play.team.make()
    assert made, play.events
    (play.folder / "made").write_text(made, encoding="utf-8")


def commit(repo: Path) -> None:
    settings = [word for name, value in GIT_SETTINGS.items() for word in ("-c", f"{name}={value}")]
    for command in (
        ["init", "--quiet"],
        ["add", "--all", "--force"],
        ["commit", "--quiet", "--message", "The level as it is now"],
    ):
        assert git(repo, *settings, *command).returncode == 0, command


class Stopped(BaseException):
    """The cell is ended from outside: no exit of a command, so that nothing goes on after it."""


def stop(number: int, frame: object) -> NoReturn:
    raise Stopped


def play_live(name: str, level: int, seed: int, end: Connection) -> None:
    """Play one cell, send each event, and wait each evening until the reader has read."""

    def evening() -> None:
        end.send("evening")
        end.recv()

    play_cell(name, level, seed, end.send, evening)
    end.send(None)


def play_cell(
    name: str,
    level: int,
    seed: int,
    tell: Callable[[dict], None] = lambda event: None,
    evening: Callable[[], None] = lambda: None,
) -> None:
    """Play one cell; its record is written last, so that an interrupted one is played again."""
    from ladder.incidents.teams import TEAMS

    signal.signal(signal.SIGTERM, stop)
    started = time.perf_counter()
    incident = CATALOGUE[name] if name in CATALOGUE else quiet(name.removeprefix("without-"))
    folder = sandbox(name, level, seed)
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(base(incident.scenario, level), folder)
    processes.into_log(folder / "log")
    enter(folder)
    play = Play(incident, level, folder, assumptions.read_all(), seed, tell)
    play.team = TEAMS[level](play)
    if play.scenario.made:
        play.made = (folder / "made").read_text(encoding="utf-8")
        play.today = play.scenario.first
        play.say("decision", f"this morning a new model was made: {play.made}")
    try:
        incident.hooks.before(play)
        if incident.application:
            play.team.serve()
        play.play(evening)
    finally:
        play.team.close()
    spent = sum(os.times()[:4])
    path = record_of(name, level, seed)
    path.parent.mkdir(parents=True, exist_ok=True)
    seconds = {"wall": round(time.perf_counter() - started, 2), "cpu": round(spent, 2)}
    play.save(path, made_from=digest(level, name), seconds=seconds)
    shutil.rmtree(folder, ignore_errors=True)


def is_built(scenario: str, level: int) -> bool:
    mark = base(scenario, level) / "made-from"
    return mark.exists() and mark.read_text(encoding="utf-8") == digest(level)


def is_played(name: str, level: int, seed: int) -> bool:
    path = record_of(name, level, seed)
    try:
        return json.loads(path.read_text(encoding="utf-8"))["made_from"] == digest(level, name)
    except (FileNotFoundError, ValueError, KeyError):
        return False
