"""The application: minutes in the air, on a page and over HTTP, from whichever model is in production.

    python -m flighttime.app [--port 8000] [--workers 2]
"""

import os

# One flight is answered fastest by one thread; this is read when scikit-learn is loaded.
os.environ.setdefault("OMP_NUM_THREADS", "1")

import argparse
import contextlib
import gc
import logging.config
import tempfile
from collections.abc import AsyncIterator
from collections.abc import Iterator

import uvicorn
from fastapi import FastAPI
from starlette.middleware import Middleware

from flighttime import production
from flighttime import steps
from flighttime.errors import Refused
from flighttime.web import api
from flighttime.web import declared
from flighttime.web import drain
from flighttime.web import headers
from flighttime.web import health
from flighttime.web import invocations
from flighttime.web import page
from flighttime.web import problems
from flighttime.web import reference
from flighttime.web.access import Access
from flighttime.web.direct import Direct
from flighttime.web.headers import Headers
from flighttime.web.host import Host
from flighttime.web.limits import Limits
from flighttime.web.lines import Lines
from flighttime.web.patience import Patience

SECONDS_TO_START, SECONDS_TO_FINISH = 60, 30
MOST_CONNECTIONS = 1000
THIS_MACHINE = ["127.0.0.1", "localhost"]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": Lines}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"flighttime": {"level": "INFO"}},
}


@contextlib.asynccontextmanager
async def opened(app: FastAPI) -> AsyncIterator[None]:
    """The model is opened before the first request; where there is none yet, each request says so."""
    logging.captureWarnings(True)
    with contextlib.suppress(Refused):
        production.serving()
    # What is there now stays: to look again and again whether it is still needed would hold up answers.
    gc.freeze()
    yield


# What the framework would measure by itself is measured here already; to look whether it should costs each request.
UNMEASURED = {"tracing": False, "metrics": False, "logs": False}

app = FastAPI(
    title="flighttime",
    description=__doc__.splitlines()[0],
    docs_url=None,
    redoc_url=None,
    lifespan=opened,
    telemetry=UNMEASURED,
)
for part in (page, reference, api, invocations, health, drain):
    app.include_router(part.router)
problems.install(app)
declared.install(app, api.Flight)
# The last one added meets a request first.
app.add_middleware(Direct, routes=[*api.router.routes, *invocations.router.routes])
app.add_middleware(Limits)
app.add_middleware(Access)
app.add_middleware(Headers)


def local() -> FastAPI:
    """The application, under the names of this machine only."""
    # The last to look before an answer is made, so that a refusal is logged and told like any other.
    app.user_middleware.insert(-1, Middleware(Host, names=THIS_MACHINE))
    return app


def everywhere() -> FastAPI:
    return app


def serve(host: str, port: int, workers: int = 1) -> None:
    """Answer until told to stop (Ctrl-C, SIGTERM); what was accepted by then is still answered."""
    made = local if host in THIS_MACHINE else everywhere
    with contextlib.suppress(KeyboardInterrupt), counted_together(workers):
        uvicorn.run(
            # Another process can only be told by name what to answer with.
            made if workers == 1 else f"flighttime.app:{made.__name__}",
            factory=True,
            workers=workers,
            host=host,
            port=port,
            http=Patience,
            # A faster loop fails where a client hangs up at the wrong moment.
            loop="asyncio",
            log_config=LOGGING,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            limit_concurrency=MOST_CONNECTIONS,
            # One of several that says nothing for so long is ended and begun anew, also while it starts.
            timeout_worker_healthcheck=SECONDS_TO_START,
            timeout_graceful_shutdown=SECONDS_TO_FINISH,
        )


@contextlib.contextmanager
def counted_together(workers: int) -> Iterator[None]:
    """Where several processes answer, each counts in files that whoever is asked for the counts adds up."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        if workers > 1:
            os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
        yield


def main(arguments: argparse.Namespace) -> None:
    if arguments.workers < 1:
        raise Refused(f"--workers {arguments.workers}: at least 1 has to answer")
    headers.require_address(headers.FRAMED_BY)
    print(f"http://{arguments.host}:{arguments.port}", flush=True)
    serve(arguments.host, arguments.port, arguments.workers)


def parser() -> argparse.ArgumentParser:
    parser = steps.parser(__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="where to listen (default: this machine only)")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--workers", type=int, default=1, help="how many processes answer (default: 1)")
    return parser


if __name__ == "__main__":
    steps.run(main, parser())
