"""The shell of a workflow's steps: wait after a failure, or act loses the end of the output."""

import os
import shlex
import shutil
from pathlib import Path

SECONDS_AFTER_FAILURE = 0.3


def install(folder: Path, path: str) -> str:
    """Write a `bash` that waits into a new folder; returns a PATH that begins with this folder."""
    bash = shutil.which("bash", path=path)
    if os.name == "nt" or bash is None:
        return path
    folder.mkdir()
    wrapper = folder / "bash"
    wait = f"{{ code=$?; sleep {SECONDS_AFTER_FAILURE}; exit $code; }}"
    wrapper.write_text(f'#!/bin/sh\n{shlex.quote(bash)} "$@" || {wait}\n', encoding="utf-8")
    wrapper.chmod(0o755)
    return os.pathsep.join([str(folder), path])
