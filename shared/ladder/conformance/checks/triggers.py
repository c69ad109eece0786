"""Triggers and workflows: what starts a training, and how production is reached."""

import re
from collections.abc import Iterator

from ladder import workflows
from ladder.conformance import record
from ladder.conformance import steps
from ladder.conformance import workflow_run
from ladder.conformance.findings import NotMet
from ladder.conformance.findings import check
from ladder.conformance.findings import require
from ladder.conformance.project import Project
from ladder.workflows import Workflow

TRAINING = ("flighttime.pipeline", "flighttime.train")
PINNED = re.compile(r"@[0-9a-f]{40}\b")


@check
def calendar_or_new_data_trains(project: Project) -> str:
    """A schedule and an announcement of new data start the workflow whose job trains."""
    found = [*training(project)]
    require(found, "no workflow trains")
    for workflow, job in found:
        schedule = workflow.events.get("schedule") or []
        announced = (workflow.events.get("repository_dispatch") or {}).get("types", [])
        if schedule and announced:
            when = ", ".join(entry["cron"] for entry in schedule)
            return f"{workflow.path.name} runs {job} on {when!r}, and when {announced} is announced"
    names = ", ".join(f"{workflow.path.name} on {[*workflow.events]}" for workflow, _ in found)
    raise NotMet(f"neither a schedule nor new data starts a training: {names}")


@check
def only_the_pipeline_releases(project: Project) -> str:
    """The job that releases needs the gate's yes and an environment, and may only read."""
    for workflow, name in that_run(project, "flighttime.release"):
        job = workflow.jobs[name]
        needed = job.get("needs", [])
        needed = [needed] if isinstance(needed, str) else needed
        require(needed, f"{workflow.path.name}: {name} releases without a job before it")
        before = [line for other in needed for line in workflow_run.commands(workflow.jobs[other])]
        gates = any("flighttime.gate" in line.split() for line in before)
        require(gates, f"{workflow.path.name}: no gate runs before {name}")
        condition = workflow_run.NEEDED.search(job.get("if", ""))
        require(condition, f"{workflow.path.name}: {name} does not depend on what the gate said")
        require(job.get("environment"), f"{workflow.path.name}: {name} has no environment to guard")
        require_least_permissions(workflow)
        environment = job["environment"]
        return f"{workflow.path.name}: {name} in environment {environment}, if the gate promotes"
    raise NotMet("no workflow releases a model")


@check
def workflow_releases_a_model(project: Project) -> str:
    """The release workflow's own commands bring the second model into production, or stop."""
    sandbox = project.at("in_production").on("2013-02-22")
    found = [*that_run(project, "flighttime.release")]
    require(found, "no workflow releases a model: a person types every step")
    workflow, name = found[0]
    sandbox.run("flighttime.pipeline")
    with steps.staging(sandbox) as address:
        played = workflow_run.play(sandbox, workflow, {"version": "2"}, FLIGHTTIME_STAGING=address)
    require(played.jobs.get(name) == "success", f"{played.jobs}: {played.failure}")
    require(record.champion(sandbox) == "2", "the workflow ended well, and nothing was released")
    refused = workflow_run.play(sandbox, workflow, {"version": "1"})
    require(
        record.champion(sandbox) == "2", "a version that the gate does not promote was released"
    )
    require(refused.jobs.get(name) == "skipped", "the workflow releases what is not promoted")
    require(not refused.failure, f"a refusal by the gate looks like a failure: {refused.failure}")
    return f"{workflow.path.name}: {played.jobs}, version 2; the version before: {refused.jobs}"


def training(project: Project) -> Iterator[tuple[Workflow, str]]:
    for module in TRAINING:
        yield from that_run(project, module)


def that_run(project: Project, module: str) -> Iterator[tuple[Workflow, str]]:
    return workflow_run.that_runs(workflows.read_all(project.root.code), module)


def require_least_permissions(workflow: Workflow) -> None:
    """Raise NotMet if a job may write to the repository, or runs an action that can change."""
    asked = [workflow.content.get("permissions")]
    asked += [job["permissions"] for job in workflow.jobs.values() if "permissions" in job]
    for permissions in asked:
        if permissions != {"contents": "read"}:
            raise NotMet(f"{workflow.path.name}: its permissions are {permissions}")
    for action in workflows.values("uses", workflow.content):
        if not action.startswith("./") and not PINNED.search(action):
            raise NotMet(f"{workflow.path.name}: {action} is not pinned to a commit")
