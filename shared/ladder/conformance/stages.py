"""The states that a project's own commands make, from the published tables to a second model."""

import re

from ladder.conformance import steps
from ladder.conformance.project import LATER
from ladder.conformance.project import Project
from ladder.conformance.project import stage
from ladder.conformance.sandbox import Sandbox


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
        steps.execute_notebook(sandbox)
    return sandbox


@stage
def in_production(project: Project) -> Sandbox:
    """The first model is in production."""
    sandbox = project.at("trained")
    steps.put_in_production(sandbox, "1")
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
            steps.certify(sandbox, "2")
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
        steps.answers_of(sandbox, day)
    return sandbox


@stage
def breached(project: Project) -> Sandbox:
    """Two weeks follow in which the real flights take another time than the model has learned."""
    sandbox = project.at("quiet")
    for day in BREACHED:
        steps.answers_of(sandbox, day)
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
    steps.answers_of(sandbox, SHADOW_DAY)
    turned = sandbox.on(RELEASE_DAY)
    turned.run("flighttime.loop")
    return turned
