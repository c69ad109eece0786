"""Commands of a level in processes of their own: at the same time, or until one is killed."""

import os

from ladder.incidents import killed
from ladder.incidents import processes
from ladder.incidents.commands import Done
from ladder.incidents.play import Play

NEVER = 10**9


def run_together(play: Play, *several: list[str]) -> list[Done]:
    """Run commands of the level at the same time, each in a process of its own."""
    return _run(play, [(words, "", NEVER) for words in several])


def run_killed(play: Play, words: list[str], near: str, at: int) -> Done:
    """Run a command that dies at its `at`th touch of a file, as `killed.run` counts."""
    return _run(play, [(words, near, at)])[0]


def _run(play: Play, several: list[tuple[list[str], str, int]]) -> list[Done]:
    started, here = [], dict(os.environ)
    for number, (words, near, at) in enumerate(several):
        log = play.folder / f"apart-{number}.log"
        log.unlink(missing_ok=True)
        full = [f"flighttime.{words[0]}", *words[1:]]
        process = processes.start(killed.run, play.repo, here, full, near, at, log)
        started.append((process, full, log))
    done = []
    for process, full, log in started:
        process.join()
        text = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
        done.append(Done(f"python -m {' '.join(full)}", process.exitcode or 0, text, 1.0))
        play.record(done[-1])
    return done
