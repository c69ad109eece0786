"""What the fork server imports once, so that no cell has to: libraries, and nothing of a level."""

import contextlib
import importlib
import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("MPLBACKEND", "agg")

from ladder.incidents.processes import LIBRARIES  # noqa: E402

for library in LIBRARIES:
    with contextlib.suppress(ModuleNotFoundError):
        importlib.import_module(library)
