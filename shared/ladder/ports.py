"""Find ports of this machine that are free to listen on."""

import random
import socket

from ladder.errors import LadderError

LOOPBACK = "127.0.0.1"


def is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as attempt:
        if hasattr(socket, "SO_EXCLUSIVEADDRUSE"):
            attempt.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            # A port whose last user has just ended is free, although connections linger.
            attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def require_exists(port: int) -> None:
    if not 1 <= port <= 65_535:
        raise LadderError(f"port {port} does not exist; choose one from 1024 to 65535")


def require_free(port: int, command: str) -> None:
    """Raise LadderError, with what to type, where a command cannot listen on this port."""
    require_exists(port)
    if not is_free(port):
        remedy = f"python3 ladder.py {command} --port {next_free(port)}"
        raise LadderError(f"port {port} is in use; try `{remedy}`")


def first_free(port: int) -> int:
    """This port or, where it is in use, the first free one above it."""
    require_exists(port)
    return port if is_free(port) else next_free(port)


def next_free(port: int) -> int:
    """The first free port above `port`."""
    return next(candidate for candidate in range(port + 1, 65_536) if is_free(candidate))


def somewhere() -> int:
    """A random free port, below those that the system gives to clients."""
    return next_free(random.randrange(10_000, 30_000))
