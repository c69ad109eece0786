"""Refusals of the operating system, such as a full disk, in a sentence with a remedy."""

import errno
import re
from collections.abc import Iterator
from typing import NamedTuple

from groundcrew import settings

ANOTHER_FOLDER = "or set FLIGHTTIME_RUNS to another folder"


class Refusal(NamedTuple):
    """What the system refuses, by its codes and by what libraries write of them."""

    codes: tuple[int, ...]
    text: str
    sentence: str
    remedy: str


REFUSALS = [
    Refusal(
        (errno.ENOSPC, errno.EDQUOT),
        r"No space left on device|database or disk is full|\(os error 28\)",
        "the disk is full",
        f"free some space, {ANOTHER_FOLDER}",
    ),
    Refusal(
        (errno.EROFS,),
        r"Read-only file system|readonly database|\(os error 30\)",
        "the disk is read-only",
        f"make it writable, {ANOTHER_FOLDER}",
    ),
    Refusal(
        (errno.EACCES, errno.EPERM),
        r"\(os error 13\)|Access is denied|unable to open database file",
        "this user may not read or write there",
        f"change the permissions, {ANOTHER_FOLDER}",
    ),
    Refusal(
        (errno.ENOTDIR, errno.EISDIR, errno.EEXIST),
        r"Could not create local directory|\(os error 20\)",
        "there is a file in place of a folder, or a folder in place of a file",
        f"move it, {ANOTHER_FOLDER}",
    ),
    Refusal(
        (errno.EMFILE, errno.ENFILE),
        r"\(os error 24\)",
        "too many files are open",
        "raise the limit (ulimit -n), then run the command again",
    ),
]


def in_words(problem: BaseException) -> str:
    """One sentence if the operating system refused something, with its own words; else "".

    What a library raises counts too: the cause is looked for in its causes and in its text.
    """
    for cause in _causes(problem):
        for refusal in REFUSALS:
            lines = [line for line in f"{cause}".splitlines() if re.search(refusal.text, line)]
            if lines or getattr(cause, "errno", None) in refusal.codes:
                words = lines[0] if lines else f"{cause}"
                return f"{refusal.sentence} ({words}): {refusal.remedy}"
        if isinstance(cause, OSError) and not settings.runs().is_dir():
            reason = f"the state folder {settings.runs()} cannot be created"
            return f"{reason} ({cause}): set FLIGHTTIME_RUNS to another folder"
    return ""


def _causes(problem: BaseException | None) -> Iterator[BaseException]:
    while problem:
        yield problem
        problem = problem.__cause__ or problem.__context__
