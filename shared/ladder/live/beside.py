"""A page with two mission controls side by side, for this machine only and without a script."""

import contextlib
import threading
from collections.abc import Iterator
from html import escape
from http.server import BaseHTTPRequestHandler
from http.server import ThreadingHTTPServer
from pathlib import Path
from string import Template

from ladder import ports
from ladder.live.copy import Copy
from ladder.look.page import fingerprint
from ladder.look.palette import page_style

PAGE = Path(__file__).with_name("beside.html")
STYLE = Path(__file__).with_name("beside.css")
FRAME = (
    '<section class="s-l{level}"><h2>{title}</h2>'
    '<iframe src="{address}/control" title="{title}"></iframe></section>'
)


def page(copies: list[Copy]) -> str:
    frames = "".join(
        FRAME.format(title=escape(copy.title), address=copy.address, level=copy.level)
        for copy in copies
    )
    return Template(PAGE.read_text(encoding="utf-8")).substitute(style=style(), frames=frames)


def style() -> str:
    return page_style() + STYLE.read_text(encoding="utf-8")


def policy(copies: list[Copy]) -> str:
    frames = " ".join(copy.address for copy in copies)
    return (
        f"default-src 'none'; style-src {fingerprint(style())}; frame-src {frames}; img-src data:; "
        "base-uri 'none'; frame-ancestors 'none'"
    )


@contextlib.contextmanager
def served(port: int, copies: list[Copy]) -> Iterator[str]:
    """Serve the page until the end of the block; yields its address."""
    content, rules = page(copies).encode(), policy(copies)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = self.path == "/"
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Security-Policy", rules)
            self.send_header("Content-Length", f"{len(content) if found else 0}")
            self.end_headers()
            self.wfile.write(content if found else b"")

        def log_message(self, format: str, *args: object) -> None:
            """Print nothing: the terminal shows the year."""

    with ThreadingHTTPServer((ports.LOOPBACK, port), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://{ports.LOOPBACK}:{port}"
        finally:
            server.shutdown()
