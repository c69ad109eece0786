"""Liveness, readiness, versions and metrics."""

import os

from fastapi import APIRouter
from fastapi import Depends
from fastapi import Request
from fastapi import Response
from prometheus_client import CONTENT_TYPE_LATEST
from prometheus_client import REGISTRY
from prometheus_client import CollectorRegistry
from prometheus_client import generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from groundcrew.web import drain
from groundcrew.web import openapi
from groundcrew.web.limits import LIVE

READY = {"status": "ready", "model": "3"}
VERSION = {"application": "0c5f1d2e9a7b", "model": "3"}
METRICS = 'flighttime_flights_total{model="3"} 10.0\n'

router = APIRouter(tags=["operation"], responses=openapi.problem_responses(408, 413, 503, 504))


@router.get(LIVE, responses=openapi.example({"status": "live"}))
async def live() -> dict[str, str]:
    """The process answers; if this fails, restart it."""
    # On the event loop: it depends on nothing, also not on a free thread.
    return {"status": "live"}


@router.get(
    "/health/ready",
    dependencies=[Depends(drain.require_not_draining)],
    responses=openapi.example(READY),
)
@router.get("/ping", dependencies=[Depends(drain.require_not_draining)], include_in_schema=False)
def ready(request: Request) -> dict[str, str]:
    """Ready to predict; 503 with the remedy if no model answers or no answer can be recorded."""
    services = request.app.state.services
    version = services.serving().version
    return {"status": "ready", "model": version, **services.record_state()}


@router.get("/version", responses=openapi.example(VERSION))
def version(request: Request) -> dict[str, str | float]:
    """The versions of the application and of its models."""
    serving = request.app.state.services.serving()
    versions = {"application": request.app.state.application_version, "model": serving.version}
    if serving.challenger:
        versions |= {"challenger": serving.challenger.version, "share": serving.share}
    if serving.shadow:
        versions |= {"shadow": serving.shadow.version}
    return versions


@router.get("/metrics", response_class=Response, responses=openapi.example(METRICS, "text/plain"))
def metrics() -> Response:
    """Counts and durations for Prometheus."""
    return Response(
        generate_latest(request_metrics()), headers={"Content-Type": CONTENT_TYPE_LATEST}
    )


def request_metrics() -> CollectorRegistry:
    """The metrics of this process or, if several processes answer, the sum of theirs."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    together = CollectorRegistry()
    MultiProcessCollector(together)
    return together
