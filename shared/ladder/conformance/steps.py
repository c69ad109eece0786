"""What a project's people do, each by the command that this project has for it."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ladder.conformance import application
from ladder.conformance.findings import NotMet
from ladder.conformance.findings import require
from ladder.conformance.sandbox import Sandbox

BY = ("--approved-by", "Kim")
NOTEBOOK = "explore.ipynb"


def answers_of(sandbox: Sandbox, day: str) -> Path:
    """Score a day's timetable on that day; returns the file of answers."""
    out = sandbox.state / f"answers-{day}.csv"
    out.unlink(missing_ok=True)
    sandbox.on(day).run("flighttime.score", "--day", day, "--out", str(out))
    return out


def execute_notebook(sandbox: Sandbox) -> None:
    """Run the notebook from top to bottom, in a folder beside its state."""
    notebooks = sorted(sandbox.code.glob("*.ipynb"))
    require(notebooks, "no module flighttime.train, and no notebook")
    name = NOTEBOOK if (sandbox.code / NOTEBOOK).exists() else notebooks[0].name
    out = str(sandbox.state / "executed")
    sandbox.state.mkdir(parents=True, exist_ok=True)
    done = sandbox.start(
        *("-m", "nbconvert", "--to", "notebook", "--execute", name, "--output-dir", out)
    )
    require(done.code == 0, f"{name} does not run from top to bottom: {done.last_line}")


def put_in_production(sandbox: Sandbox, version: str) -> None:
    """Release a version by the project's own steps."""
    if sandbox.has("flighttime.gate"):
        certify(sandbox, version)
        sandbox.run("flighttime.release", "--version", version, *BY)
    elif sandbox.has("flighttime.release"):
        sandbox.run("flighttime.release", "--version", version)
    else:
        copy_model(sandbox)


def put_second_in_production(sandbox: Sandbox) -> None:
    """Release the second model, by the project's own steps; the gate has judged it already."""
    if sandbox.has("flighttime.gate"):
        sandbox.run("flighttime.release", "--version", "2", *BY)
    else:
        put_in_production(sandbox, "2")


def certify(sandbox: Sandbox, version: str) -> None:
    """Package a version and let the gate judge it, with an application in staging."""
    sandbox.run("flighttime.package", "--version", version)
    judge(sandbox, version)


def judge(sandbox: Sandbox, version: str) -> str:
    """Let the gate judge a package; returns what the gate printed."""
    with staging(sandbox) as address:
        there = sandbox.given(FLIGHTTIME_STAGING=address)
        return there.run("flighttime.gate", "--version", version).output


@contextmanager
def staging(sandbox: Sandbox) -> Iterator[str]:
    """The address of an application in staging."""
    with application.running(sandbox.given(FLIGHTTIME_ENVIRONMENT="staging")) as app:
        yield app.address


def copy_model(sandbox: Sandbox) -> Path:
    """Copy the newest model file to where the application reads it, as a person does."""
    files = [
        path
        for path in (*sandbox.state.rglob("model.skops"), *sandbox.state.rglob("model.joblib"))
        if "production" not in path.parts
    ]
    if not files:
        raise NotMet("training left no model file")
    newest = max(files, key=lambda path: (path.parent.name, path.stat().st_mtime))
    if newest.suffix == ".joblib":
        return newest  # Level 0 answers with the file as it was handed off
    target = sandbox.state / "production" / newest.name
    target.parent.mkdir(exist_ok=True)
    shutil.copy(newest, target)
    return target
