"""Run a level's application beside its workflow, as in production."""

import contextlib
import json
import sys
import urllib.error
from collections.abc import Iterator

from ladder import ports
from ladder import service
from ladder import workflows
from ladder.stage import Stage
from ladder.workflows import Workflow

ADDRESS = "FLIGHTTIME_APP"


@contextlib.contextmanager
def application(stage: Stage, chosen: list[Workflow]) -> Iterator[str | None]:
    """Start the application if a workflow needs its address and none is given; yields it."""
    if stage.environment.get(ADDRESS) or not asked_for(stage, chosen):
        yield stage.environment.get(ADDRESS)
        return
    port = ports.somewhere()
    address = stage.environment[ADDRESS] = f"http://{ports.LOOPBACK}:{port}"
    command = [sys.executable, "-m", "flighttime.app", "--port", f"{port}"]
    log = stage.place / "application.log"
    try:
        with service.running(
            "the application", command, folder=stage.level, environment=stage.environment, log=log
        ) as started:
            started.wait_until_answering(f"{address}/health/live")
            yield address
    finally:
        del stage.environment[ADDRESS]


def asked_for(stage: Stage, chosen: list[Workflow]) -> bool:
    """Whether the workflows, or the parts that they call, use the application's address."""
    parts = [workflow for workflow in workflows.read_all(stage.level) if workflow.is_a_part]
    return any(
        ADDRESS in workflow.path.read_text(encoding="utf-8") for workflow in [*chosen, *parts]
    )


def production_state(address: str) -> str:
    """Which version production answers with, as a sentence."""
    try:
        with service.LOOPBACK_ONLY.open(f"{address}/version", timeout=10) as answer:
            return f"production answers with version {json.load(answer)['model']}"
    except urllib.error.HTTPError:
        return "production has no model yet"
    except (OSError, ValueError, KeyError) as problem:
        return f"production at {address} does not answer ({problem})"
