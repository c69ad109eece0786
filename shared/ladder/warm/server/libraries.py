"""Import the libraries once, and note which variables they read and set meanwhile."""

import functools
import importlib
import os
import sys
import threading
from collections.abc import ItemsView
from typing import NamedTuple

# Where plots go in a notebook: its kernel sets this, and what it starts inherits it.
INLINE = "module://matplotlib_inline.backend_inline"
OWN = {"flighttime", "groundcrew", "ladder"}


class Libraries(NamedTuple):
    """The variables that the libraries read when they were imported, and those that they set."""

    read: set[str]
    set: dict[str, str]


class Recorded(os._Environ):
    """The environment, which notes the names that are read."""

    names: set[str]

    def __getitem__(self, key: str) -> str:
        self.names.add(os.fsdecode(key))
        return super().__getitem__(key)

    def items(self) -> ItemsView[str, str]:
        """For those who look for names with a beginning; see AT_START."""
        return dict(zip(self, map(super().__getitem__, self), strict=True)).items()

    def copy(self) -> dict[str, str]:
        return dict(self.items())


def load(entry: str) -> None:
    """Import a `module`, or let `module:function` keep its answer."""
    name, _, function = entry.partition(":")
    module = importlib.import_module(name)
    if function:
        setattr(module, function, functools.cache(getattr(module, function)))
        getattr(module, function)()


def preload(modules: list[str]) -> Libraries:
    """Load each of these.

    Refuses the modules of a level, and what a fork would break.
    """
    kept = os.environ
    recorded = Recorded(
        kept._data,  # pyrefly: ignore[missing-attribute]
        *(kept.encodekey, kept.decodekey, kept.encodevalue, kept.decodevalue),
    )
    recorded.names, before = set(), dict(kept)
    os.environ = recorded  # noqa: B003 (for a moment: both have the same content)
    for module in modules:
        load(module)
    os.environ = kept  # noqa: B003
    added = {name: value for name, value in kept.items() if before.get(name) != value}
    if strangers := OWN & {name.partition(".")[0] for name in sys.modules}:
        raise SystemExit(f"the modules import {', '.join(strangers)}, which must not be kept")
    # Also one that Python does not know.
    if threading.active_count() != 1 or len(os.listdir("/proc/self/task")) != 1:
        raise SystemExit("the modules started a thread, which a fork would lose")
    return Libraries(recorded.names, added)
