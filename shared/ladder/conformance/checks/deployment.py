"""The application's own releases: what a push to main does."""

from dataclasses import replace

from ladder.conformance import application
from ladder.conformance import workflow_run
from ladder.conformance.checks import answers
from ladder.conformance.findings import NotMet
from ladder.conformance.findings import check
from ladder.conformance.findings import require
from ladder.conformance.project import DAY
from ladder.conformance.project import Project
from ladder.conformance.sandbox import Sandbox
from ladder.conformance.sandbox import value

BROKEN = "\n\nimport no_such_package_at_all\n"
BRIEFLY = "-x -q -p no:cacheprovider --no-header"


@check
def push_is_tested_first(project: Project) -> str:
    """The workflow of a push tests before it deploys: a broken application stays outside."""
    sandbox = project.at("deployed")
    workflow, _ = deploying(sandbox)
    before = value(sandbox.run("flighttime.deploy"), "application")
    broken = sandbox.copy(code=True)
    broken.append("flighttime/app.py", BROKEN)
    broken.commit("A change that breaks the application")
    played = workflow_run.play(broken.given(PYTEST_ADDOPTS=BRIEFLY), workflow, {})
    require("failure" in played.jobs.values(), "a push with a broken application passes")
    require(
        "skipped" in played.jobs.values(), f"its deployment was tried all the same: {played.jobs}"
    )
    require(current(broken) == before, "the broken application is the current one")
    return f"{workflow.path.name}: {played.jobs}; {before} stays"


@check
def push_deploys(project: Project) -> str:
    """The deploying job installs the application, which starts; a broken one is refused."""
    sandbox = project.at("deployed")
    workflow, job = deploying(sandbox)
    played = workflow_run.Played()
    workflow_run.play_job(sandbox, job, workflow.jobs[job], played)
    require(played.jobs[job] == "success", f"the deployment fails: {played.failure}")
    version = current(sandbox)
    require(version, "no application is the current one")
    installed = installation(sandbox)
    with application.running(installed) as app:
        app.ask("GET", "/version")
    broken = sandbox.copy(code=True)
    broken.append("flighttime/app.py", BROKEN)
    refused = broken.attempt("flighttime.deploy")
    require(refused.code, "a broken application is deployed")
    require(current(broken) == version, "the broken application is the current one")
    return f"{version} is deployed and answers; a broken one: {refused.last_line[:100]}"


@check
def build_is_named_by_its_content(project: Project) -> str:
    """The same code builds to the same name, other code or requirements to another."""
    sandbox = project.at("deployed")
    first = current(sandbox)
    again = value(sandbox.run("flighttime.deploy"), "application")
    require(again == first, f"the same code was built as {first} and as {again}")
    other = sandbox.copy(code=True)
    other.append("requirements.txt", "# reviewed\n")
    changed = value(other.run("flighttime.deploy"), "application")
    require(changed != first, "other requirements are built under the same name")
    return f"{first} twice, and {changed} with other requirements"


@check
def deployed_script_is_the_committed_one(project: Project) -> str:
    """The script that scores in production is the committed one, byte for byte, and answers."""
    sandbox = project.at("deployed")
    there = installation(sandbox)
    for path in ("flighttime/score.py", "flighttime/features.py"):
        here, deployed = sandbox.code / path, there.code / path
        require(deployed.is_file(), f"{path} is not deployed")
        require(here.read_bytes() == deployed.read_bytes(), f"{path} is not the committed one")
    before, after = answers.of_a_day(sandbox, DAY), answers.of_a_day(there, DAY)
    require(before["minutes"].equals(after["minutes"]), "the deployed script answers otherwise")
    return f"score.py of {current(sandbox)} is the committed one, and answers {len(after)} flights"


def deploying(sandbox: Sandbox) -> tuple:
    """The workflow of a push and its job that deploys; raises NotMet if there is none."""
    sandbox.need("flighttime.deploy")
    found = workflow_run.that_runs(workflow_run.started_by(sandbox, "push"), "flighttime.deploy")
    for workflow, job in found:
        return workflow, job
    raise NotMet("no workflow deploys the application on a push")


def current(sandbox: Sandbox) -> str:
    pointer = sandbox.state / "releases" / "current"
    return pointer.read_text(encoding="utf-8") if pointer.is_file() else ""


def installation(sandbox: Sandbox) -> Sandbox:
    """The sandbox whose code is the deployed application."""
    return replace(sandbox, code=sandbox.state / "releases" / current(sandbox))
