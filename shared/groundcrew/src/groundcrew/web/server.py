"""Run the application in one or several processes of this machine."""

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator

import uvicorn
from uvicorn.config import STARTUP_FAILURE

from groundcrew.errors import UserError
from groundcrew.web import access
from groundcrew.web import descriptors
from groundcrew.web import json_logs
from groundcrew.web import rate_limit
from groundcrew.web.security_headers import security_headers
from groundcrew.web.timeouts import TimeoutProtocol
from groundcrew.web.workers import Workers

START_SECONDS, SHUTDOWN_SECONDS = 60, 30
# A stop takes no longer: the accepted requests are answered, then the processes end.
GRACE_SECONDS = SHUTDOWN_SECONDS + 5
# asyncio accepts so many connections before it serves one.
MAX_ACCEPTED, MAX_PORT = 128, 65_535
LOOPBACK = ["127.0.0.1", "localhost"]
ALLOWED_HOSTS = "FLIGHTTIME_ALLOWED_HOSTS"  # set by `run`, read by the application


def run(factory: str, *, host: str, port: int, workers: int) -> None:
    """Answer until Ctrl-C or SIGTERM; accepted requests are still answered."""
    if workers < 1:
        raise UserError(f"--workers is {workers}: at least 1 process has to answer")
    if not 1 <= port <= MAX_PORT:
        raise UserError(f"--port is {port}: choose a port from 1 to {MAX_PORT:,}")
    security_headers(os.environ.get("FLIGHTTIME_FRAMED_BY", ""))
    rate_limit.rate_of(os.environ.get(rate_limit.RATE, ""))
    # The environment reaches every process that answers.
    os.environ[access.CALLERS] = access.mode(host)
    os.environ[ALLOWED_HOSTS] = ",".join(LOOPBACK) if host in LOOPBACK else ""
    print(f"http://{host}:{port}", flush=True)
    with contextlib.suppress(KeyboardInterrupt), shared_metrics(workers):
        how = uvicorn.Config(
            factory,
            factory=True,
            workers=workers,
            host=host,
            port=port,
            http=TimeoutProtocol,
            # uvloop fails if a client disconnects at the wrong moment.
            loop="asyncio",
            log_config=json_logs.CONFIGURATION,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            # A connection that became a WebSocket would leave our limits.
            ws="none",
            backlog=MAX_ACCEPTED,
            limit_concurrency=descriptors.connections(),
            # A worker that does not report for so long is restarted, also while it starts.
            timeout_worker_healthcheck=START_SECONDS,
            timeout_graceful_shutdown=SHUTDOWN_SECONDS,
        )
        if workers > 1:
            Workers(how, grace=GRACE_SECONDS).run()
        else:
            run_alone(uvicorn.Server(how))


def run_alone(server: uvicorn.Server) -> None:
    # Before there is an event loop.
    server.config.load_app()
    server.run()
    if not server.started:
        sys.exit(STARTUP_FAILURE)


@contextlib.contextmanager
def shared_metrics(workers: int) -> Iterator[None]:
    """Let several processes count in files, which /metrics adds up."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        if workers > 1:
            os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
        yield
