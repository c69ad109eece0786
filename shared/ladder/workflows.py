"""Read a level's workflow files: when they run, what they need, and which actions they use."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from ladder.errors import LadderError

FOLDER = Path(".github", "workflows")
OTHER_SYSTEMS = {"windows", "macos"} - {{"win32": "windows", "darwin": "macos"}.get(sys.platform)}


@dataclass(frozen=True)
class Workflow:
    """One file, as its author wrote it; `content` keeps every scalar as text."""

    path: Path
    content: dict[str, Any]

    @property
    def events(self) -> dict[str, Any]:
        """Each event that starts it, with the event's filters and inputs."""
        declared = self.content.get("on", {})
        if isinstance(declared, dict):
            return {event: detail or {} for event, detail in declared.items()}
        return dict.fromkeys([declared] if isinstance(declared, str) else declared, {})

    @property
    def jobs(self) -> dict[str, dict[str, Any]]:
        return self.content["jobs"]

    @property
    def is_a_part(self) -> bool:
        """Other workflows call it, so it runs as a part of theirs."""
        return "workflow_call" in self.events


def read_all(level: Path) -> list[Workflow]:
    """Every workflow of a level; raises LadderError for a file that is not YAML."""
    return [read(path) for path in sorted((level / FOLDER).glob("*.y*ml"))]


def read(path: Path) -> Workflow:
    # Plain YAML would read the key `on` as true, and a version such as 3.10 as a number.
    content = parse(path)
    if (
        not isinstance(content, dict)
        or not isinstance(content.get("jobs"), dict)
        or "on" not in content
    ):
        raise LadderError(f"{path} is not a workflow: it needs at least the keys on and jobs")
    return Workflow(path, content)


def parse(path: Path) -> object:
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    except (yaml.YAMLError, UnicodeDecodeError) as problem:
        where = " ".join(str(problem).split())
        raise LadderError(f"{path} cannot be read as YAML ({where}): mend it there") from None


def choose(workflows: list[Workflow], event: str, asked: str | None) -> list[Workflow]:
    """The workflows that an event starts; with `asked`, that file alone."""
    names = ", ".join(workflow.path.name for workflow in workflows) or "none"
    if asked is not None:
        workflows = [workflow for workflow in workflows if workflow.path.name == Path(asked).name]
        if not workflows:
            raise LadderError(f"there is no workflow {asked}; this level has: {names}")
    chosen = [workflow for workflow in workflows if event in workflow.events]
    if not chosen:
        raise LadderError(
            f"no workflow here runs on {event!r}; they run on {all_events(workflows)}"
        )
    return chosen


def all_events(workflows: list[Workflow]) -> str:
    """The events of each workflow, for an error."""
    events = [
        f"{', '.join(workflow.events)} ({workflow.path.name})"
        for workflow in workflows
        if not workflow.is_a_part
    ]
    return "; ".join(events) or "nothing: there are none"


def remote_actions(level: Path, chosen: list[Workflow]) -> set[str]:
    """Each action, as `owner/name@ref`, that these workflows or their parts would fetch."""
    parts = [workflow.content for workflow in read_all(level) if workflow.is_a_part]
    actions = [parse(path) for path in sorted((level / ".github").rglob("action.y*ml"))]
    used = values("uses", [[workflow.content for workflow in chosen], parts, actions])
    return {action for action in used if not action.startswith("./")}


def require_playable(chosen: list[Workflow]) -> None:
    """Raise LadderError for what act skips silently without Docker."""
    for workflow in chosen:
        for job, content in workflow.jobs.items():
            for needing in {"services", "container"} & content.keys():
                where = f"the job {job} of {workflow.path.name}"
                raise LadderError(
                    f"{where} has {needing}, which takes Docker: it runs in GitHub only"
                )


def jobs(chosen: list[Workflow]) -> dict[str, set[str]]:
    """Each job with the names of the jobs that run: itself, and those of a workflow it calls."""
    return {
        name: {name, *called(workflow, job)}
        for workflow in chosen
        for name, job in workflow.jobs.items()
    }


def called(workflow: Workflow, job: dict[str, Any]) -> list[str]:
    return (
        list(read(workflow.path.parent / Path(job["uses"]).name).jobs)
        if job.get("uses", "").startswith("./")
        else []
    )


def labels(chosen: list[Workflow]) -> set[str]:
    """The labels of the machines that the jobs ask for, and that this one can stand in for."""
    asked = [job.get("runs-on", []) for workflow in chosen for job in workflow.jobs.values()]
    return {
        label
        for each in asked
        for label in ([each] if isinstance(each, str) else each)
        if "${{" not in label and label.partition("-")[0] not in OTHER_SYSTEMS
    }


def values(key: str, node: object) -> Iterator[str]:
    """Every text under a key, at any depth."""
    for name, value in (
        node.items()
        if isinstance(node, dict)
        else enumerate(node if isinstance(node, list) else [])
    ):
        if name == key and isinstance(value, str):
            yield value
        else:
            yield from values(key, value)
