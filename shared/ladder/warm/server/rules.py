"""Which commands may be run warm: those that would have imported the same libraries alike."""

import contextlib
import importlib.machinery
import locale
import os
import sys

from .libraries import INLINE
from .libraries import Libraries
from .request import Request

# Read by C code, or by Python itself, when it starts.
AT_START = (
    *("PYTHON", "OMP_", "OPENBLAS_", "MKL_", "KMP_", "GOMP_", "ARROW_", "MALLOC_"),
    *("LD_", "LC_", "LANG", "TZ", "DASK_", "OTEL_"),
)
# These the child obeys itself.
OBEYED = {"PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX"}
if locale.getencoding().lower() == "utf-8" and sys.stdin.errors == "surrogateescape":
    OBEYED.add("PYTHONUTF8")  # it asks for what is so already
OBEYED_VALUES = {"MPLBACKEND": INLINE}
SUFFIXES = tuple(importlib.machinery.all_suffixes())
AT_EVERY_START = {"sitecustomize", "usercustomize"}


class Rules:
    """What the libraries that are kept depend on."""

    def __init__(self, libraries: Libraries, assumed: list[str]) -> None:
        self.read = libraries.read - {*assumed}
        self.set = libraries.set
        given = os.environ.items()
        self.environment = {name: value for name, value in given if name not in libraries.set}
        self.loaded = {name.partition(".")[0] for name in sys.modules} | AT_EVERY_START

    def objection(self, request: Request) -> str | None:
        """Why the command must have an ordinary start; None where it may be run here."""
        if request.kind is None:
            return "it has options, or reads its program from its input"
        # A program that was started here hands on to its own what the libraries have set.
        items = request.environment.items()
        given = {name: value for name, value in items if self.set.get(name) != value}
        different = (
            name
            for name in sorted({*self.environment, *given})
            if self.matters(name) and not self.is_alike(name, given.get(name))
        )
        shadowed = (place for place in request.before_libraries if self.shadows(place))
        return next(different, None) or next(shadowed, None)

    def matters(self, name: str) -> bool:
        return name not in OBEYED and (name in self.read or name.startswith(AT_START))

    def is_alike(self, name: str, value: str | None) -> bool:
        """Whether the libraries would be imported alike with this value."""
        own = self.environment.get(name)
        return value in (own, OBEYED_VALUES.get(name, own))

    def is_module(self, entry: os.DirEntry) -> bool:
        stem, dot, _ = entry.name.partition(".")
        could_be = entry.name.endswith(SUFFIXES) if dot else entry.is_dir()
        return could_be and stem in self.loaded

    def shadows(self, folder: str) -> bool:
        """Whether a folder has something of its own by the name of a module that is loaded."""
        with contextlib.suppress(OSError):
            return any(self.is_module(entry) for entry in os.scandir(folder))
        return False
