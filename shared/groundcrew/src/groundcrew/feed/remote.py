"""Reads a feed by URL within limits of time and size: it may hang, trickle, or never end."""

import re
import threading
from collections.abc import Callable
from collections.abc import Iterable
from queue import SimpleQueue
from typing import TypeVar
from urllib.parse import unquote
from urllib.parse import urlsplit

SECONDS = 30  # for one file or one list of files, all in all
SILENT_SECONDS = 10  # without a byte
MAX_BYTES = 200_000_000  # the largest file of a year of flights has 0.5 million
CHUNK = 1_000_000
LINK = re.compile(r"""href\s*=\s*["']?([^"'\s>]+)""", re.IGNORECASE)
T = TypeVar("T")


def is_remote(address: str) -> bool:
    return "://" in address


def read(address: str) -> bytes:
    """The content of a file; raises OSError if it takes too long, is too large or is not there."""
    return _in_time(address, _fetch if _is_web(address) else _open)


def names(address: str) -> list[str]:
    """The names of the files in a folder; a web server lists them as links on a page."""
    if _is_web(address):
        links = LINK.findall(read(address.rstrip("/") + "/").decode(errors="replace"))
        return [unquote(urlsplit(link).path).rsplit("/", 1)[-1] for link in links]
    paths = _in_time(address, _list)
    return [path.replace("\\", "/").rsplit("/", 1)[-1] for path in paths]


def _is_web(address: str) -> bool:
    return address.startswith(("http://", "https://"))


def _fetch(address: str) -> bytes:
    # Import late: it takes a tenth of a second, and a feed in a folder needs none of it.
    import httpx

    # The same client for files and lists, so that both go through the same proxy, if any.
    try:
        with httpx.stream("GET", address, follow_redirects=True, timeout=SILENT_SECONDS) as reply:
            reply.raise_for_status()
            return _limited(address, reply.iter_bytes(CHUNK))
    except (httpx.HTTPError, httpx.InvalidURL) as problem:
        raise OSError(f"{problem or type(problem).__name__}") from None


def _open(address: str) -> bytes:
    # Import late: it looks at every package that is installed.
    import fsspec

    with fsspec.open(address) as file:
        return _limited(address, iter(lambda: file.read(CHUNK), b""))


def _list(address: str) -> list[str]:
    # Import late, as above.
    from fsspec.core import url_to_fs

    system, folder = url_to_fs(address)
    return system.ls(folder, detail=False)


def _limited(address: str, chunks: Iterable[bytes]) -> bytes:
    content = bytearray()
    for chunk in chunks:
        content += chunk
        if len(content) > MAX_BYTES:
            raise OSError(f"it has more than {MAX_BYTES:,} bytes")
    return bytes(content)


def _in_time(address: str, work: Callable[[str], T]) -> T:
    """The result of `work`; it ends by itself or with the process, and is not waited for longer."""
    results: SimpleQueue[tuple[T | None, Exception | None]] = SimpleQueue()

    def attempt() -> None:
        try:
            results.put((work(address), None))
        except Exception as problem:
            results.put((None, problem))

    thread = threading.Thread(target=attempt, daemon=True)
    thread.start()
    thread.join(SECONDS)
    if thread.is_alive():
        raise OSError(f"no end after {SECONDS} seconds")
    result, problem = results.get()
    if problem is not None:
        raise problem
    return result  # pyrefly: ignore[bad-return]
