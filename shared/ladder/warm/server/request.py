"""The command that a client asks for, and what it hands over."""

import marshal
import os
import socket
import struct
from typing import NamedTuple

LARGEST = 1 << 20
UNBUFFERED = "-u"


class Request(NamedTuple):
    """A command: who asks, what follows `python` and its option -u, and what a process inherits."""

    client: int
    unbuffered: bool
    arguments: list[str]
    environment: dict[str, str]
    folder: str
    umask: int
    ignored: list[int]

    @property
    def kind(self) -> str | None:
        """How Python would run it; None where it has options, or no program."""
        match self.arguments:
            case ["-m" | "-c" as kind, _, *_]:
                return kind
            case [file, *_] if not file.startswith("-") and os.path.isfile(
                os.path.join(self.folder, file)
            ):
                return "file"
        return None

    @property
    def before_libraries(self) -> list[str]:
        """The folders that Python would search before those of the libraries."""
        first = self.folder
        if self.kind == "file":
            first = os.path.dirname(os.path.realpath(os.path.join(first, self.arguments[0])))
        named = self.environment.get("PYTHONPATH")
        parts = named.split(os.pathsep) if named else []
        return [first, *(os.path.join(self.folder, part) for part in parts)]


def receive(client: socket.socket) -> tuple[Request, list[int]] | None:
    """The client's request, and its standard streams."""
    data, streams, _, _ = socket.recv_fds(client, 4, 3)
    if len(data) < 4 or len(streams) != 3:
        close(streams)
        return None
    size, content = int.from_bytes(data, "big"), b""
    while len(content) < size:  # what follows are signals
        if not (more := client.recv(size - len(content))):
            close(streams)
            return None
        content += more
    arguments, *inherited = marshal.loads(content)
    unbuffered = arguments[:1] == [UNBUFFERED]
    asker = process_of(client)
    return Request(asker, unbuffered, arguments[unbuffered:], *inherited), streams


def process_of(client: socket.socket) -> int:
    place = struct.Struct("3i")
    asker, _, _ = place.unpack(client.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, place.size))
    return asker


def close(files: list[int]) -> None:
    for file in files:
        os.close(file)
