"""Which model answers: the file that somebody copied into place."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

import pandas as pd
from sklearn.pipeline import Pipeline

from flighttime import model
from flighttime import settings
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
    if not place().exists():
        raise Refused(f"no model is in production: copy a trained model.skops to {place()}")
    return Production(hashlib.sha256(place().read_bytes()).hexdigest()[:12], model.load(place()))


def place() -> Path:
    return settings.runs() / "production" / "model.skops"


def record(model: Production) -> dict[str, dict[str, str]]:
    """What is known of the model that answers, in words, by section."""
    since = f"{datetime.fromtimestamp(place().stat().st_mtime):%d %B %Y, %H:%M}, by this machine's clock"
    trained = "nobody wrote it down: the file is all there is"
    return {"In short": {"Version": model.version, "In production since": since, "Trained on": trained}}


@cache
def serving() -> Production:
    """The model that this application answers with: a new one is seen after a restart."""
    return current()
