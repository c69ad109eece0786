"""A script: run check() of a file on the package in the current folder; print what is wrong.

It runs without the rest of the ladder, so that the attendee's code meets nothing of it.
"""

import json
import os
import runpy
import sys
import traceback


def wrong(check: str, folder: str) -> str:
    sys.path[0] = folder  # instead of this script's
    try:
        runpy.run_path(check)["check"]()
    except AssertionError as failed:
        return str(failed) or described(failed, folder)
    except (Exception, SystemExit) as failed:
        return described(failed, folder)
    return ""


def described(failed: BaseException, folder: str) -> str:
    """The error and the last line of the attendee's own code that led to it."""
    words = f"{type(failed).__name__}: {failed}".rstrip(": ")
    if isinstance(failed, SyntaxError):
        return f"{relative(failed.filename or '', folder)}, line {failed.lineno}: {failed.msg}"
    for frame in reversed(traceback.extract_tb(failed.__traceback__)):
        if os.path.abspath(frame.filename).startswith(os.path.join(folder, "")):
            return f"{relative(frame.filename, folder)}, line {frame.lineno}: {words}"
    return words


def relative(path: str, folder: str) -> str:
    return os.path.relpath(path, folder).replace(os.sep, "/")


if __name__ == "__main__":
    found = wrong(sys.argv[1], os.getcwd())
    sys.stdout.flush()
    print(json.dumps({"wrong": found}))
