"""Repeat a piece of work for as long as the process runs."""

import os
import signal
import time
from collections.abc import Callable
from collections.abc import Mapping
from datetime import date

from groundcrew import commands
from groundcrew import settings
from groundcrew.errors import UserError

MAX_SECONDS = 7 * 24 * 60 * 60


def repeat(turn: Callable[[date], Mapping[str, object]], seconds: float) -> None:
    """Call `turn` with the current day, print what it returns, wait, and begin again.

    An error ends one turn, not the loop. Ctrl-C or SIGTERM ends the process in good order.
    Raises UserError if `seconds` is not more than 0 and at most MAX_SECONDS.
    """
    if not 0 < seconds <= MAX_SECONDS:
        raise UserError(f"{seconds} is no pause: choose up to {MAX_SECONDS} seconds (a week)")
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    # Requests come first, if the application runs on the same machine.
    if hasattr(os, "nice"):
        os.nice(10)
    while True:
        try:
            commands.outputs(turn(settings.today()))
        except UserError as error:
            commands.error(f"{error}")
        except Exception as error:
            commands.error(f"this turn failed ({type(error).__name__}: {error}): trying again")
        time.sleep(seconds)
