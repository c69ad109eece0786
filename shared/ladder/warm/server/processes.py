"""Start the Python processes of a command warm, too."""

import functools
import subprocess
import sys
from typing import Any

# What a client does not hand over, or what chooses another program.
OTHERWISE = {"executable", "shell", "pass_fds", "preexec_fn", "process_group"}


def start_warm(client: str) -> None:
    """Let `client` start what this process starts as `sys.executable`, here and in libraries."""
    start = subprocess.Popen.__init__

    @functools.wraps(start)
    def warmly(self: subprocess.Popen, args: Any, *positional: Any, **named: Any) -> None:
        is_list = isinstance(args, list | tuple) and not positional
        if is_list and args[:1] == type(args)([sys.executable]) and not OTHERWISE & named.keys():
            named["executable"] = client
        start(self, args, *positional, **named)

    subprocess.Popen.__init__ = warmly  # pyrefly: ignore[method-assign]
