"""End as Python ends a program, with its exit code and what it prints.

Objects that are left then are not finalized, which would touch the memory of all libraries: a file
that the program has not closed lacks what is still in its buffer.
"""

import atexit
import contextlib
import os
import signal
import sys
import threading
from typing import NoReturn

HERE = os.path.dirname(__file__)
NOT_FLUSHED = 120


def finish(error: BaseException | None) -> NoReturn:
    """End as Python does, but leave the memory of the libraries to the system."""
    code = exit_code(error)
    # What a program has registered, or set as its own hook, may end it in another way.
    threading._shutdown()  # pyrefly: ignore[missing-attribute]
    atexit._run_exitfuncs()
    streams = (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__)
    for stream in {id(each): each for each in streams}.values():
        try:
            with contextlib.suppress(ValueError, AttributeError):  # closed, or none at all
                stream.flush()  # pyrefly: ignore[missing-attribute]
        except OSError as problem:
            code = NOT_FLUSHED
            with contextlib.suppress(OSError):
                name = type(problem).__name__
                print(f"Exception ignored in: {stream}\n{name}: {problem}", file=sys.stderr)
    if isinstance(error, KeyboardInterrupt):
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGINT)
    os._exit(code)


def exit_code(error: BaseException | None) -> int:
    """The exit code of a program that ended with this; prints what Python would print."""
    if error is None:
        return 0
    if not isinstance(error, SystemExit):
        trace = error.__traceback__
        # Without the frames of these files, which another process would not have.
        while trace and os.path.dirname(trace.tb_frame.f_code.co_filename) == HERE:
            trace = trace.tb_next
        sys.excepthook(type(error), error.with_traceback(trace), trace)
        return 1
    if error.code is None or isinstance(error.code, int):
        return error.code or 0
    print(error.code, file=sys.stderr)
    return 1
