"""Whether the application lives, whether it can answer, what answers, and how much it has done."""

import os

from fastapi import APIRouter
from fastapi import Depends
from fastapi import Response
from prometheus_client import CONTENT_TYPE_LATEST
from prometheus_client import REGISTRY
from prometheus_client import CollectorRegistry
from prometheus_client import generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from flighttime import content
from flighttime import production
from flighttime import series
from flighttime import settings
from flighttime.web import declared
from flighttime.web import drain
from flighttime.web.recorded import RECORD

READY = {"status": "ready", "model": "3"}
VERSION = {"application": "0c5f1d2e9a7b", "model": "3"}
COUNTED = 'flighttime_flights_total{model="3"} 10.0\n'

router = APIRouter(tags=["operation"], responses=declared.problems(408, 413, 503, 504))


@router.get("/health/live", responses=declared.example({"status": "live"}))
def live() -> dict[str, str]:
    """The process answers; if this fails, restart it."""
    return {"status": "live"}


@router.get("/health/ready", dependencies=[Depends(drain.refuse)], responses=declared.example(READY))
@router.get("/ping", dependencies=[Depends(drain.refuse)], include_in_schema=False)
def ready() -> dict[str, str]:
    """Ready to predict; 503 with the remedy where no model is in production, or no answer can be written down."""
    return {"status": "ready", "model": production.serving().version, **RECORD.state()}


@router.get("/version", responses=declared.example(VERSION))
def version() -> dict[str, str | float]:
    """Which application and which model answer."""
    return {"application": content.version(settings.ROOT), **production.serving().describe()}


@router.get("/metrics", response_class=Response, responses=declared.example(COUNTED, "text/plain"))
def metrics() -> Response:
    """Counts and durations for Prometheus."""
    told = generate_latest(counts()) + generate_latest(series.REGISTRY)
    return Response(told, headers={"Content-Type": CONTENT_TYPE_LATEST})


def counts() -> CollectorRegistry:
    """What this process has counted, or all of those that answer here."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    together = CollectorRegistry()
    MultiProcessCollector(together)
    return together
