"""The payload of an event: a person's inputs, a caller's payload, or a schedule."""

from collections.abc import Sequence
from typing import Any

from ladder.errors import LadderError
from ladder.workflows import Workflow


def payload(chosen: list[Workflow], event: str, inputs: Sequence[str]) -> dict[str, Any]:
    """The event's payload as GitHub sends it; raises LadderError for inputs GitHub refuses."""
    given = dict(part(text) for text in inputs)
    details = chosen[0].events[event]
    if event == "workflow_dispatch":
        require_one(chosen)
        require_inputs(details.get("inputs") or {}, given)
        return {"inputs": given}
    if event == "repository_dispatch":
        return {"action": listed(details.get("types", event))[0], "client_payload": given}
    if given:
        raise LadderError(f"{event} takes no --input; workflow_dispatch and repository_dispatch do")
    if event == "schedule":
        return {"schedule": details[0]["cron"]}
    return {}


def part(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise LadderError(f"--input {text} is not NAME=VALUE, such as --input version=3")
    return name, value


def require_one(chosen: list[Workflow]) -> None:
    if len(chosen) > 1:
        names = " or ".join(f"--workflow {workflow.path.name}" for workflow in chosen)
        raise LadderError(f"a person starts one workflow at a time: add {names}")


def require_inputs(declared: dict[str, dict[str, Any]], given: dict[str, str]) -> None:
    unknown = sorted(given.keys() - declared.keys())
    if unknown:
        raise LadderError(
            f"the workflow has no input {unknown[0]}; it has: {', '.join(declared) or 'none'}"
        )
    required = {
        name for name, input in declared.items() if input and input.get("required") == "true"
    }
    missing = sorted(name for name in required - given.keys() if "default" not in declared[name])
    if missing:
        raise LadderError(f"the workflow needs an input: add --input {missing[0]}=VALUE")


def listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value
