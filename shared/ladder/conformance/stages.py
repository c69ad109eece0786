"""The states that a project's own commands make, from the published tables to a second model."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ladder.conformance import application
from ladder.conformance.findings import NotMet
from ladder.conformance.findings import require
from ladder.conformance.project import LATER
from ladder.conformance.project import Project
from ladder.conformance.project import stage
from ladder.conformance.sandbox import Sandbox

BY = ("--approved-by", "Kim")
NOTEBOOK = "explore.ipynb"


@stage
def ingested(project: Project) -> Sandbox:
    """The published flights are in the project's table."""
    sandbox = project.empty()
    sandbox.run("flighttime.ingest")
    return sandbox


@stage
def trained(project: Project) -> Sandbox:
    """A first model is trained, the way that the project has for it."""
    sandbox = project.empty()
    if sandbox.has("flighttime.pipeline"):
        sandbox.run("flighttime.pipeline")
    elif sandbox.has("flighttime.train"):
        sandbox = project.at("ingested")
        sandbox.run("flighttime.train")
    else:
        execute_notebook(sandbox)
    return sandbox


@stage
def in_production(project: Project) -> Sandbox:
    """The first model is in production."""
    sandbox = project.at("trained")
    put_in_production(sandbox, "1")
    return sandbox


@stage
def candidate(project: Project) -> Sandbox:
    """Three weeks later a second model waits: certified, if the project has a gate.

    Where a notebook trains, its author sends the second model when it is asked for.
    """
    sandbox = project.at("in_production").on(LATER)
    if sandbox.has("flighttime.pipeline"):
        sandbox.run("flighttime.pipeline")
        if sandbox.has("flighttime.gate"):
            certify(sandbox, "2")
    elif sandbox.has("flighttime.train"):
        sandbox.run("flighttime.ingest")
        sandbox.run("flighttime.train")
    return sandbox


@stage
def another_commit(project: Project) -> Sandbox:
    """On the same day and data, a second version is trained from code that was changed since."""
    sandbox = project.at("trained")
    sandbox.need("flighttime.pipeline")
    sandbox = sandbox.copy(code=True)
    settings = sandbox.code / "flighttime.toml"
    text = settings.read_text(encoding="utf-8")
    fewer = re.sub(r"^window_days = \d+", "window_days = 14", text, count=1, flags=re.MULTILINE)
    settings.write_text(fewer, encoding="utf-8")
    sandbox.append("requirements.txt", "# reviewed\n")
    sandbox.commit("Learn from two weeks")
    sandbox.run("flighttime.pipeline")
    return sandbox


@stage
def deployed(project: Project) -> Sandbox:
    """The application is deployed by the project's own command."""
    sandbox = project.at("in_production")
    sandbox.run("flighttime.deploy")
    return sandbox


QUIET = ("2013-02-21", "2013-02-22")
BREACHED = ("2013-02-27", "2013-02-28", "2013-03-06", "2013-03-07")
SHADOW_DAY, RELEASE_DAY = "2013-03-11", "2013-03-12"


@stage
def quiet(project: Project) -> Sandbox:
    """Production has answered on two days of a week in which the model errs no more than usual."""
    sandbox = project.at("in_production")
    sandbox.need("flighttime.loop")
    for day in QUIET:
        answers_of(sandbox, day)
    return sandbox


@stage
def breached(project: Project) -> Sandbox:
    """Two weeks follow in which the real flights take another time than the model has learned."""
    sandbox = project.at("quiet")
    for day in BREACHED:
        answers_of(sandbox, day)
    return sandbox


@stage
def in_shadow(project: Project) -> Sandbox:
    """A turn of the loop after these weeks."""
    sandbox = project.at("breached").on(SHADOW_DAY)
    sandbox.run("flighttime.loop")
    return sandbox


@stage
def loop_released(project: Project) -> Sandbox:
    """One more day of answers, and the next morning's turn."""
    sandbox = project.at("in_shadow")
    answers_of(sandbox, SHADOW_DAY)
    turned = sandbox.on(RELEASE_DAY)
    turned.run("flighttime.loop")
    return turned


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
