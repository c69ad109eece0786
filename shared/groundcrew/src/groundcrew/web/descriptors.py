"""How many connections a process may hold, so that it never runs out of file descriptors."""

import contextlib
import sys

MAX_CONNECTIONS = 1000
# What Windows can wait for at once is 512.
DESCRIPTORS_OF_WINDOWS = 512
DESCRIPTORS = 4 * MAX_CONNECTIONS


def connections() -> int:
    """As many as half of the descriptors allow; the rest is for files, and what has just come."""
    return min(MAX_CONNECTIONS, available() // 2)


def available() -> int:
    """The number of descriptors of this process, which is raised if its user may raise it."""
    if sys.platform == "win32":
        return DESCRIPTORS_OF_WINDOWS
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= DESCRIPTORS:
        return DESCRIPTORS
    raised = DESCRIPTORS if hard == resource.RLIM_INFINITY else min(hard, DESCRIPTORS)
    # Some systems have a lower limit that they do not name.
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (raised, hard))
        return raised
    return soft
