"""The exceptions that a person is meant to read, and the one that asks for a thread."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_at_once: ContextVar[bool] = ContextVar("at_once", default=False)


class UserError(Exception):
    """An error in one plain sentence: the value, the rule that it breaks, and the remedy.

    `groundcrew.commands.run` prints it without a traceback and exits with code 2.
    """


class NotFound(UserError):
    """What was asked for is not there: a command adds in which folder, and as of which day."""


class WouldWait(Exception):
    """This might wait, and was called in a block of `at_once`: call it again, in a thread."""


@contextmanager
def at_once() -> Iterator[None]:
    """Let nothing in the block wait, such as on the event loop of the application.

    While that waits, it answers no request. What would wait raises WouldWait instead.
    """
    token = _at_once.set(True)
    try:
        yield
    finally:
        _at_once.reset(token)


def must_not_wait() -> bool:
    """Whether this is called in a block of `at_once`."""
    return _at_once.get()
