"""Which model answers: the registered version that somebody released."""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

import pandas as pd
from sklearn.pipeline import Pipeline

from flighttime import facts
from flighttime import files
from flighttime import settings
from flighttime import tracking
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
    version = released()
    if version is None:
        raise Refused("no model is in production: release one with python -m flighttime.release --version N")
    return Production(version, tracking.load(version))


def released() -> str | None:
    """The version that was switched to last; None before the first release."""
    return place().read_text(encoding="utf-8") if place().exists() else None


def switch_to(version: str) -> None:
    files.write_whole(place(), lambda path: path.write_text(version, encoding="utf-8"))


def place() -> Path:
    return settings.runs() / "production" / "version"


def record(model: Production) -> dict[str, dict[str, str]]:
    """What is known of the model that answers, in words, by section."""
    return facts.of(model.version, since(model))


def since(model: Production) -> str:
    """In words; only what is in place tells, and it may have gone or been replaced since the model was opened."""
    with contextlib.suppress(FileNotFoundError):
        if released() == model.version:
            return f"{datetime.fromtimestamp(place().stat().st_mtime):%d %B %Y, %H:%M}, by this machine's clock"
    return "nobody can tell any more: it is no longer in place, and answers until the application starts again"


@cache
def serving() -> Production:
    """The model that this application answers with: a new one is seen after a restart."""
    return current()
