"""act as a process, which ends with all the steps that it has started."""

import contextlib
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from ladder import family
from ladder import step_shell
from ladder.child import PATIENCE
from ladder.child import end
from ladder.child import ignored_interrupts
from ladder.stage import Stage


@contextlib.contextmanager
def performing(stage: Stage, command: list[str]) -> Iterator[subprocess.Popen[str]]:
    """Run act; stop it and the steps that it started when the block ends."""
    # act cannot work in a folder with a space in its name, which the stage may have.
    with tempfile.TemporaryDirectory(prefix="act-", ignore_cleanup_errors=True) as scratch:
        path = step_shell.install(Path(scratch) / "bin", stage.environment["PATH"])
        act = subprocess.Popen(
            command,
            cwd=stage.repo,
            env={**stage.environment, "XDG_CACHE_HOME": scratch, "PATH": path},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
        )
        try:
            yield act
        finally:
            with ignored_interrupts():
                # Its steps would go on without it, and cannot be found once it has ended.
                steps = family.descendants(act.pid)
                end(act)
                family.end(steps, PATIENCE)
