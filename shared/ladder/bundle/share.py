"""Serve a bundle to the machines of a room: its zip file and its wheels, and nothing else."""

import argparse
import html
import io
import re
import socket
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from urllib.parse import urlsplit

import psutil

from ladder import ports
from ladder import wheelhouse
from ladder.bundle import copy
from ladder.errors import LadderError

PORT = 8765
EVERYWHERE = "0.0.0.0"
LISTED = re.compile(r"/wheels/(|bundle\.json|[A-Za-z0-9._+]+-[A-Za-z0-9._+!-]+\.whl)")
ADDRESS = re.compile(r"[A-Za-z0-9.-]+(:\d+)?|\[[0-9a-f:]+\](:\d+)?")
PAGE = """\
<!doctype html><html lang="en"><meta charset="utf-8"><title>mlops-ladder</title>
<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">
<style>body {{ font: 1rem/1.6 system-ui, sans-serif; max-width: 44rem; margin: 2rem auto;
padding: 0 1rem }}
pre {{ white-space: pre-wrap; overflow-wrap: anywhere; padding: .7rem 1rem;
border: 1px solid #8888; border-radius: .4rem }}</style>
<h1>mlops-ladder</h1><ol>
<li>Fetch <a href="/{archive}">{archive}</a> and unpack it; on Windows to a short path,
such as <code>C:\\ladder</code>.
<li>In a terminal in its folder <code>{name}</code>, type for Linux or macOS:
<pre>{variable}={place} python3 ladder.py doctor</pre>
and for Windows, in PowerShell:
<pre>$env:{variable}='{place}'; py ladder.py doctor</pre></ol>
<p>The packages come from here; where the network breaks, call it again: it goes on from there.
<p>It needs one of these systems and Pythons: {machines}.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--serve", action="store_true", help="serve DIR over HTTP, to this machine")
    parser.add_argument("--lan", action="store_true", help="serve it to this network as well")
    parser.add_argument("--port", type=int, default=PORT, help=f"default: {PORT}")


class Handler(SimpleHTTPRequestHandler):
    """Answers with the page, the zip file, the wheels and their list."""

    timeout = 60

    def send_head(self) -> Any:
        path = unquote(urlsplit(self.path).path)
        if path == "/":
            return self.send_page()
        if path != f"/{copy.ARCHIVE}" and not LISTED.fullmatch(path):
            self.send_error(HTTPStatus.NOT_FOUND)
            return None
        return super().send_head()

    def send_page(self) -> io.BytesIO | None:
        """How to install from here, with the address under which this machine was found."""
        host = self.headers.get("Host", "")
        if not ADDRESS.fullmatch(host):
            self.send_error(HTTPStatus.BAD_REQUEST)
            return None
        content = page(Path(self.directory), host).encode()
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        return io.BytesIO(content)

    def log_message(self, format: str, *values: object) -> None:
        """Nothing: thirty machines fetch thousands of files."""


class Server(ThreadingHTTPServer):
    """Answers a room that begins at once: its connections may wait, and are not refused."""

    request_queue_size = 1024


def page(folder: Path, host: str) -> str:
    contents = wheelhouse.Wheelhouse(str(folder / "wheels")).manifest()["machines"]
    return PAGE.format(
        archive=copy.ARCHIVE,
        name=copy.NAME,
        variable=wheelhouse.SET,
        place=f"http://{html.escape(host)}/wheels",
        machines=html.escape(wheelhouse.described(contents)),
    )


def open_server(folder: Path, address: str, port: int) -> Server:
    return Server((address, port), partial(Handler, directory=str(folder)))


def own_addresses() -> list[str]:
    """The IPv4 addresses of this machine in its networks."""
    found = [one for several in psutil.net_if_addrs().values() for one in several]
    own = {one.address for one in found if one.family == socket.AF_INET}
    return sorted(one for one in own if not one.startswith("127."))


def serve(folder: Path, port: int, *, lan: bool) -> int:
    """Serve a bundle until Ctrl-C; beyond this machine only where that is asked for."""
    whole = wheelhouse.Wheelhouse(str(folder / "wheels"))
    if not whole.manifest().get("complete"):
        raise LadderError(f"{folder} is not complete: call `ladder bundle` on it again")
    ports.require_free(port, "bundle DIR --serve")
    with open_server(folder, EVERYWHERE if lan else ports.LOOPBACK, port) as server:
        addresses = own_addresses() if lan else [ports.LOOPBACK]
        for address in addresses:
            print(f"  http://{address}:{port}")
        if lan:
            print("Every machine in this network can read the bundle there, and nothing else.")
        else:
            print("For this machine only; --lan serves it to this network.")
        print("Ctrl-C stops it.", flush=True)
        server.serve_forever()
    return 0
