"""Fetch wheels for any machine with pip, a batch at a time, so that a killed call loses little."""

import hashlib
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from ladder import diagnosis
from ladder.bundle.listing import Wheel
from ladder.bundle.targets import Target
from ladder.errors import LadderError
from ladder.phase import PhaseFailed
from ladder.phase import run_phase

BATCH_BYTES, BATCH_FILES = 60_000_000, 40
SPARE_BYTES = 200_000_000  # for the repository, and for a batch before it is moved
UNFINISHED = "fetching"


def digest(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def is_whole(folder: Path, wheel: Wheel) -> bool:
    file = folder / wheel.file
    return file.is_file() and file.stat().st_size == wheel.size and digest(file) == wheel.sha256


def missing(folder: Path, wheels: list[Wheel]) -> list[Wheel]:
    """The wheels that the folder lacks, or whose bytes are not what the lock promises."""
    return [wheel for wheel in wheels if not is_whole(folder, wheel)]


def require_space(folder: Path, wheels: list[Wheel]) -> None:
    needed = (sum(wheel.size for wheel in wheels) + SPARE_BYTES) / 1e9
    free = shutil.disk_usage(folder).free / 1e9
    if free < needed:
        raise LadderError(
            f"{free:.1f} GB free at {folder}, and what is still missing needs {needed:.1f} GB: "
            "free some space, or name fewer machines and Pythons"
        )


def batches(wheels: list[Wheel]) -> Iterator[list[Wheel]]:
    batch: list[Wheel] = []
    for wheel in wheels:
        full = sum(one.size for one in batch) + wheel.size > BATCH_BYTES
        # pip takes one version of a package at a time.
        again = wheel.key[0] in {one.key[0] for one in batch}
        if batch and (full or again or len(batch) == BATCH_FILES):
            yield batch
            batch = []
        batch.append(wheel)
    if batch:
        yield batch


def requirements(batch: list[Wheel]) -> str:
    """A file for pip: each package by the hash of the one file that is wanted."""
    pinned = (f"{'=='.join(wheel.key)} --hash=sha256:{wheel.sha256}\n" for wheel in batch)
    return "".join(pinned)


def command(target: Target, batch: list[Wheel], listed: Path, folder: Path) -> list[str | Path]:
    accepted = sorted({tag.platform for wheel in batch for tag in wheel.tags} - {"any"})
    platforms = [word for name in accepted for word in ("--platform", name)]
    files: list[str | Path] = ["--dest", folder, "-r", listed]
    return [
        *[sys.executable, "-P", "-m", "pip", "download", "--retries", "2"],
        *["--no-deps", "--no-cache-dir"],
        *["--only-binary", ":all:", "--require-hashes", "--implementation", "cp"],
        # The newest patch release: some wheels refuse the first ones of a Python.
        *["--python-version", f"{target.python}.99"],
        *platforms,
        *files,
    ]


def fetch(target: Target, wheels: list[Wheel], folder: Path, log: Path, guard: int) -> None:
    """Fetch the wheels that are not there; each file is moved into place when it is whole.

    Where this process is killed, pip holds the `guard` until it ends too.
    """
    unfinished = folder / UNFINISHED
    whole, through = sum(wheel.size for wheel in wheels) / 1e6, 0
    for batch in batches(wheels):
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir()
        listed = unfinished / "wheels.txt"
        listed.write_text(requirements(batch), encoding="utf-8")
        through += sum(wheel.size for wheel in batch)
        title = f"fetching {through / 1e6:.0f} of {whole:.0f} MB"
        words = command(target, batch, listed, unfinished)
        try:
            run_phase(title, words, environment=os.environ, log=log, keep_open=guard)
        except PhaseFailed as failure:
            raise LadderError(
                diagnosis.explain("fetching the wheels", failure.output, log)
            ) from failure
        for wheel in batch:
            if not is_whole(unfinished, wheel):
                raise LadderError(f"{wheel.file} was fetched with other bytes: call again")
            os.replace(unfinished / wheel.file, folder / wheel.file)
    shutil.rmtree(unfinished, ignore_errors=True)
