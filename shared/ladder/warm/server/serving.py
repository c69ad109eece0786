"""Serve clients: a child for each command, which signals reach, and whose end the client hears."""

import contextlib
import os
import selectors
import signal
import socket
from typing import NamedTuple

from .request import LARGEST
from .request import Request
from .request import close
from .request import receive
from .rules import Rules


class Running(NamedTuple):
    """A child: its process, what tells of its end, and the connection of its client."""

    process: int
    end: int
    client: socket.socket


class Server:
    """Starts a child for each client, tells it of signals, and the client of its end."""

    def __init__(self, listener: socket.socket, rules: Rules) -> None:
        self.listener = listener
        self.rules = rules
        self.running: list[Running] = []
        self.selector = selectors.DefaultSelector()
        self.selector.register(0, selectors.EVENT_READ)
        self.selector.register(listener, selectors.EVENT_READ)

    def serve(self) -> Request:
        """Serve until the starter is gone. In each child it returns what the child is to do."""
        while True:
            for key, _ in self.selector.select():
                if key.fileobj == 0:
                    self.stop()
                elif key.fileobj is self.listener:
                    if (request := self.accept()) is not None:
                        return request
                elif isinstance(key.data, Running) and key.data in self.running:
                    self.hear(key.data, ended=key.fileobj == key.data.end)

    def accept(self) -> Request | None:
        client, _ = self.listener.accept()
        received = None
        with contextlib.suppress(OSError, EOFError, ValueError, TypeError):  # it was killed
            received = receive(client)
        if received is None:
            client.close()
            return None
        request, streams = received
        if objection := self.rules.objection(request):
            send(client, b"cold: " + objection.encode())
            client.close()
            close(streams)
            return None
        process = os.fork()
        if process == 0:
            self.leave(client, streams)
            return request
        with contextlib.suppress(OSError):  # the child does so too: one of them is first
            os.setpgid(process, process)
        close(streams)
        one = Running(process, os.pidfd_open(process), client)
        self.running.append(one)
        self.selector.register(client, selectors.EVENT_READ, one)
        self.selector.register(one.end, selectors.EVENT_READ, one)
        return None

    def leave(self, client: socket.socket, streams: list[int]) -> None:
        """In a child: keep nothing of the server but the libraries."""
        os.setpgid(0, 0)
        self.selector.close()
        self.listener.close()
        client.close()
        for other in self.running:
            other.client.close()
        close([other.end for other in self.running])
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
        close(streams)

    def hear(self, one: Running, *, ended: bool) -> None:
        if ended:
            _, status = os.waitpid(one.process, 0)
            code = os.waitstatus_to_exitcode(status)
            send(one.client, b"exit" + code.to_bytes(4, "big", signed=True))
            self.forget(one)
            return
        said = b""
        with contextlib.suppress(OSError):
            said = one.client.recv(LARGEST)
        for number in said:
            with contextlib.suppress(ProcessLookupError):
                os.kill(one.process, number)
        if not said:  # the client was killed
            kill(one)
            os.waitpid(one.process, 0)
            self.forget(one)

    def forget(self, one: Running) -> None:
        self.running.remove(one)
        for file in (one.client, one.end):
            self.selector.unregister(file)
        one.client.close()
        os.close(one.end)

    def stop(self) -> None:
        for one in self.running:
            kill(one)
        os._exit(0)


def kill(one: Running) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(one.process, signal.SIGKILL)


def send(client: socket.socket, message: bytes) -> None:
    with contextlib.suppress(OSError):
        client.sendall(message)
