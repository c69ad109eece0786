"""What the fork server imports once, so that no cell has to: libraries, and nothing of a level.

The same as for the warm starter's commands, since cells run the same ones, and for the same reason
as one thread. What is missing here is left out: a cell that needs it says so.
"""

import contextlib
import gc
import os

from groundcrew import shield
from ladder import warm
from ladder.warm.server.libraries import load

SETTINGS = {**warm.ONE_THREAD, **shield.MLFLOW_VARIABLES, "MPLBACKEND": "agg"}
for setting, value in SETTINGS.items():
    os.environ.setdefault(setting, value)

gc.disable()  # nothing of it is garbage
try:
    for entry in warm.MODULES:
        with contextlib.suppress(ModuleNotFoundError):
            load(entry)
    # A cell need not look through all this again for what it can throw away.
    gc.collect()
    gc.freeze()
finally:  # the fork server goes on after an error here
    gc.enable()
