"""The exceptions that a person is meant to read, and the one that asks for a thread."""

import asyncio


class UserError(Exception):
    """An error in one plain sentence: the value, the rule that it breaks, and the remedy.

    `groundcrew.commands.run` prints it without a traceback and exits with code 2.
    """


class NotFound(UserError):
    """What was asked for is not there: a command adds in which folder, and as of which day."""


class WouldWait(Exception):
    """This might wait, and was called on an event loop: call it again, in a thread."""


def on_event_loop() -> bool:
    """Whether an event loop calls this: while it waits, it answers nobody."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
