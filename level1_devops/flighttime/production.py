"""Which model answers: the file that somebody copied into place."""

import contextlib
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

import pandas as pd
from sklearn.pipeline import Pipeline

from flighttime import model
from flighttime import settings
from flighttime.errors import Refused
from flighttime.features import FEATURES
from flighttime.features import NUMBERS

# Bytes of a request that is answered at once; a larger one is answered in a thread, so that nobody has to wait for it.
QUICK = 0


@dataclass(frozen=True)
class Production:
    """A model in production and the version it is known by."""

    version: str
    pipeline: Pipeline

    def predict(self, flights: pd.DataFrame) -> list[float]:
        return self.pipeline.predict(flights).tolist()

    def minutes(self, rows: Sequence[tuple]) -> list[float]:
        """The same without a table: each row in the order of FEATURES, None for what nobody knows."""
        return self.predict(pd.DataFrame(rows, columns=FEATURES).astype(dict.fromkeys(NUMBERS, "float64")))

    def describe(self) -> dict[str, str]:
        """What answers, for whoever asks the application."""
        return {"model": self.version}


def current() -> Production:
    """The model in production; raises Refused where there is none."""
    if not place().exists():
        raise Refused(f"no model is in production: copy a trained model.skops to {place()}")
    return Production(version_in_place(), model.load(place()))


def version_in_place() -> str:
    return hashlib.sha256(place().read_bytes()).hexdigest()[:12]


def place() -> Path:
    return settings.runs() / "production" / "model.skops"


def record(model: Production) -> dict[str, dict[str, str]]:
    """What is known of the model that answers, in words, by section."""
    trained = "nobody wrote it down: the file is all there is"
    return {"In short": {"Version": model.version, "In production since": since(model), "Trained on": trained}}


def since(model: Production) -> str:
    """In words; only what is in place tells, and it may have gone or been replaced since the model was opened."""
    with contextlib.suppress(FileNotFoundError):
        if version_in_place() == model.version:
            return f"{datetime.fromtimestamp(place().stat().st_mtime):%d %B %Y, %H:%M}, by this machine's clock"
    return "nobody can tell any more: it is no longer in place, and answers until the application starts again"


@cache
def serving() -> Production:
    """The model that this application answers with: a new one is seen after a restart."""
    return current()
