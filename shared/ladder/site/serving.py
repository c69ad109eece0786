"""Serve a folder of pages on this machine only, with the standard library's server."""

import contextlib
import functools
import sys
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

from ladder import ports


class Quiet(SimpleHTTPRequestHandler):
    """Always sends the newest file, and prints no line a request."""

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        pass


class Server(ThreadingHTTPServer):
    """Prints nothing about a browser that leaves before it has the whole page."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


@contextlib.contextmanager
def served(folder: Path, port: int) -> Iterator[str]:
    """Serve until the end of the block; yields the address."""
    handler = functools.partial(Quiet, directory=str(folder))
    with Server((ports.LOOPBACK, port), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://{ports.LOOPBACK}:{port}/"
        finally:
            server.shutdown()


def wait() -> None:
    """Until the person presses Ctrl-C, which Windows hands on only between two waits."""
    never = threading.Event()
    while not never.wait(0.5):
        pass
