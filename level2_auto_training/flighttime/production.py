"""Which model answers: the registered version that somebody released."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pandas as pd
from sklearn.pipeline import Pipeline

from flighttime import settings
from flighttime import tracking
from flighttime.errors import Refused


@dataclass(frozen=True)
class Production:
    """A model in production and the version it is known by."""

    version: str
    pipeline: Pipeline

    def predict(self, flights: pd.DataFrame) -> list[float]:
        return self.pipeline.predict(flights).tolist()


def current() -> Production:
    """The model in production; raises Refused where there is none."""
    path = released()
    if not path.exists():
        raise Refused("no model is in production: release one with python -m flighttime.release --version N")
    version = path.read_text(encoding="utf-8")
    return Production(version, tracking.load(version))


def released() -> Path:
    return settings.runs() / "production" / "version"


@cache
def serving() -> Production:
    """The model that this application answers with: a new one is seen after a restart."""
    return current()
