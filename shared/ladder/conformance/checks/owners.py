"""Owners: which role reviews what, which GitHub enforces from CODEOWNERS."""

from ladder.conformance.findings import check
from ladder.conformance.findings import require
from ladder.conformance.ownership import ROLES
from ladder.conformance.ownership import Owners
from ladder.conformance.project import Project

SCIENTISTS, DATA, SOFTWARE = ROLES
WORKFLOWS = ".github/workflows"


def owners(project: Project) -> Owners:
    """The owners; raises NotMet unless every file of the project has one of a known role."""
    found = Owners(project.root.code)
    code = project.root.code
    paths = [path for path in code.rglob("*") if path.is_file() and ".git" not in path.parts]
    for path in paths:
        name = path.relative_to(code).as_posix()
        if "__pycache__" not in path.parts:
            require(found.of(name), f"no one owns {name}")
            require(found.of(name) <= set(ROLES), f"{name} belongs to {found.of(name)}")
    return found


@check
def experiment_is_a_job_of_two(project: Project) -> str:
    """What the training workflow runs belongs to data scientists and data engineers together."""
    found = owners(project)
    for path in (f"{WORKFLOWS}/training.yml", "flighttime/pipeline.py", "flighttime/tracking.py"):
        found.require(path, SCIENTISTS, DATA)
    found.require("flighttime/model.py", SCIENTISTS)
    return "the training job belongs to both, the model to data scientists"


@check
def data_has_its_own_owner(project: Project) -> str:
    """The rules of the data belong to data engineers, and they share the job with its authors."""
    found = owners(project)
    for path in ("flighttime/ingest.py", "flighttime/schema.py", "flighttime/validate.py"):
        found.require(path, DATA)
    found.require("flighttime/pipeline.py", SCIENTISTS, DATA)
    return "gathering, schema and validation belong to data engineers"


@check
def inputs_and_outputs_are_shared(project: Project) -> str:
    """What a model takes and gives, its package, belongs to data and software engineers."""
    found = owners(project)
    found.require("flighttime/package.py", DATA, SOFTWARE)
    found.require("flighttime/card.md", DATA, SOFTWARE)
    return "the package with its schema, examples and card belongs to both"


@check
def integration_is_shared(project: Project) -> str:
    """The workflow that brings a model into the application belongs to the two who automate it."""
    found = owners(project)
    found.require(f"{WORKFLOWS}/release.yml", DATA, SOFTWARE)
    for path in ("flighttime/release.py", "flighttime/app.py", "flighttime/smoke.py"):
        found.require(path, SOFTWARE)
    return "release.yml belongs to data and software engineers, the application to the latter"


@check
def metrics_are_chosen_together(project: Project) -> str:
    """The policy's metrics belong to those who name them, their gathering to data engineers."""
    found = owners(project)
    found.require("flighttime/policy.py", SCIENTISTS, SOFTWARE)
    found.require("flighttime/monitor.py", DATA)
    return (
        "the policy belongs to data scientists and software engineers, monitoring to data engineers"
    )


@check
def metrics_are_gathered_in_the_application(project: Project) -> str:
    """The prediction log is software engineers', the workflow that reads it is shared."""
    found = owners(project)
    found.require("flighttime/predictions.py", SOFTWARE)
    found.require(f"{WORKFLOWS}/monitoring.yml", DATA, SOFTWARE)
    return "software engineers own the prediction log, and share the monitoring workflow"


@check
def releases_belong_to_software_engineers(project: Project) -> str:
    """What puts a model into production, and what serves it, is reviewed by software engineers."""
    found = owners(project)
    for name in ("release", "serving", "app", "score", "deploy"):
        found.require(f"flighttime/{name}.py", SOFTWARE)
    return "release, serving, application, script and deployment belong to software engineers"
