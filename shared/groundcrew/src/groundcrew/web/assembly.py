"""Put the application together from its routes and its middleware."""

import contextlib
import gc
import logging
import os
from collections.abc import AsyncIterator
from collections.abc import Sequence
from typing import cast

from anyio import CapacityLimiter
from fastapi import APIRouter
from fastapi import FastAPI
from fastapi.routing import APIRoute
from fastapi.telemetry import TelemetryConfig

from groundcrew import application
from groundcrew import settings
from groundcrew.web import accent
from groundcrew.web import access
from groundcrew.web import drain
from groundcrew.web import health
from groundcrew.web import invocations
from groundcrew.web import openapi
from groundcrew.web import pages as own_pages
from groundcrew.web import predict
from groundcrew.web import problems
from groundcrew.web import rate_limit
from groundcrew.web import recent_flights
from groundcrew.web import reference
from groundcrew.web import rendering
from groundcrew.web import startup
from groundcrew.web import workers
from groundcrew.web.allowed_hosts import AllowedHosts
from groundcrew.web.fast_path import FastPath
from groundcrew.web.limits import Limits
from groundcrew.web.request_log import RequestLog
from groundcrew.web.schemas import Flight
from groundcrew.web.security_headers import SecurityHeaders
from groundcrew.web.server import ALLOWED_HOSTS
from groundcrew.web.server import GRACE_SECONDS
from groundcrew.web.services import Services

DESCRIPTION = "Minutes in the air, on a page and over HTTP, from the model in production."
ROUTERS = [part.router for part in (rendering, own_pages, reference, predict, invocations, health)]
PREDICTION_THREADS = 40
# FastAPI's own telemetry is off: this application measures itself, and the check costs time.
TELEMETRY = TelemetryConfig(tracing=False, metrics=False, logs=False)


def assemble(services: Services, pages: Sequence[APIRouter]) -> FastAPI:
    """Raises UserError if FLIGHTTIME_ACCENT, _FRAMED_BY or _RATE is not valid."""
    app = FastAPI(
        title=settings.project_name(),
        description=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        telemetry=TELEMETRY,
    )
    workers.end_with_parent(GRACE_SECONDS)
    app.state.services = services
    app.state.recent_flights = recent_flights.cached(services)
    first_routes = [cast(APIRoute, page.routes[0]) for page in pages]
    app.state.navigation = [(route.path, route.name) for route in first_routes]
    app.state.accent, accent_router = accent.sheet(os.environ.get(accent.ACCENT, ""))
    app.state.draining = False
    app.state.prediction_threads = CapacityLimiter(PREDICTION_THREADS)
    # Of the code that this process runs: a later edit on disk does not change it.
    app.state.application_version = application.content_version()
    for router in [*ROUTERS, accent_router, drain.router, *pages]:
        app.include_router(router)
    problems.install(app)
    openapi.install(app, Flight)
    # The last one added gets a request first.
    app.add_middleware(FastPath, routes=[*predict.router.routes, *invocations.router.routes])
    hosts = os.environ.get(ALLOWED_HOSTS)
    app.add_middleware(AllowedHosts, names=hosts.split(",") if hosts else [])
    app.add_middleware(Limits)
    if asked := os.environ.get(access.CALLERS):
        rate = rate_limit.rate_of(os.environ.get(rate_limit.RATE, ""))
        app.add_middleware(access.Access, asks=asked == access.KEYS, rate=rate)
    app.add_middleware(RequestLog, on_failure=getattr(services.record, "on_failure", None))
    app.add_middleware(SecurityHeaders, framed_by=os.environ.get("FLIGHTTIME_FRAMED_BY", ""))
    return app


@contextlib.asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Load the model before the first request; without one, each request says what is missing."""
    logging.captureWarnings(True)
    startup.report(app.state.services)
    # Freeze objects created at start-up to shorten garbage-collection pauses.
    gc.freeze()
    yield
