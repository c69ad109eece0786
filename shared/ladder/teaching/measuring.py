"""Type each walk and the main commands, and measure how long they take."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from ladder import family
from ladder import ports
from ladder.child import PATIENCE
from ladder.child import end
from ladder.errors import LadderError
from ladder.places import ROOT
from ladder.teaching import walks

MARK = "the end of a step"
LADDER = [sys.executable, "-P", "-m", "ladder.cli"]
# As an instructor types them, in this order: what the first ones make, later ones use.
# `climb`: the folder that `start` makes, in which commands of the climb are typed.
COMMANDS = (
    "ladder doctor",
    "ladder run --levels 0,3 --until 2013-06-30",
    "ladder incident celsius --level 1 --versus 2",
    "ladder incident celsius --level 1 --versus 2  # again",
    "ladder live --until 2013-06-30 --versus 3 --no-browser --exit",
    "ladder start climb --level 1",
    "ladder climb",
    "ladder reset --level 3",
)
IN_THE_CLIMB = ("ladder climb", "ladder reset")


def measure(levels: list[int], *, with_commands: bool) -> Iterator[dict]:
    """Each walk and each command with its seconds, as soon as it is done."""
    with tempfile.TemporaryDirectory(prefix="ladder timings ") as scratch:
        folder = Path(scratch).resolve()
        for level in levels:
            yield {"walk": level, "steps": walk(level, folder / f"walk{level}")}
        for command in COMMANDS if with_commands else ():
            yield {"command": command, "seconds": seconds(command, folder)}


def environment(runs: Path) -> dict[str, str]:
    """This terminal's, with a state of its own and without a level's settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FLIGHTTIME")}
    path = os.pathsep.join(filter(None, [str(ROOT / "shared"), kept.get("PYTHONPATH", "")]))
    return {**kept, "LADDER_RUNS": str(runs), "PYTHONPATH": path}


def seconds(command: str, folder: Path) -> float:
    """How long a command takes; raises LadderError with its last line if it fails."""
    words = [*LADDER, *command.partition("#")[0].split()[1:]]
    place = folder / "climb" if command.startswith(IN_THE_CLIMB) else folder
    if command.startswith("ladder live"):
        words += ["--port", f"{ports.somewhere()}"]
    began = time.perf_counter()
    ran = subprocess.run(
        words,
        cwd=place,
        env=environment(folder / "runs"),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    )
    if ran.returncode:
        raise LadderError(f"`{command}` ended with {ran.returncode}: {last_line(ran.stdout)}")
    return round(time.perf_counter() - began, 1)


def walk(level: int, runs: Path) -> list[dict]:
    """The seconds of each step of a level's walk, typed into its shell as its README says."""
    if os.name == "nt":
        raise LadderError("walks are timed in bash: use WSL, Linux or macOS")
    runs.mkdir(parents=True)
    steps = walks.steps(level)
    file = runs / "walk.sh"
    file.write_text(walks.script(steps, ports.somewhere(), MARK), encoding="utf-8")
    began = time.perf_counter()
    ends, last = shell(level, f". '{file}'\n", runs)
    if len(ends) != len(steps):
        at = steps[len(ends)].number
        raise LadderError(f"the walk of Level {level} stopped in step {at}: {last}")
    took = [end - start for start, end in zip([began, *ends], ends, strict=False)]
    return [
        {"step": step.number, "seconds": round(length, 1)}
        for step, length in zip(steps, took, strict=True)
    ]


def shell(level: int, line: str, runs: Path) -> tuple[list[float], str]:
    """When the level's shell printed the mark, and its last line; what it started ends with it."""
    marks, last = [], ""
    with subprocess.Popen(
        [*LADDER, "shell", f"{level}"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        env={**environment(runs), "SHELL": "/bin/bash"},
    ) as child:
        try:
            assert child.stdin and child.stdout
            child.stdin.write(line)
            child.stdin.close()
            for printed in child.stdout:
                if printed.rstrip().endswith(MARK):
                    marks.append(time.perf_counter())
                last = printed.strip() or last
        finally:
            started = family.descendants(child.pid) if child.poll() is None else []
            end(child)
            family.end(started, PATIENCE)
    return marks, last


def last_line(output: str) -> str:
    return (output.strip().splitlines() or ["it printed nothing"])[-1]
