"""Which model answers: the champion, whose package was certified and released."""

import threading
import time
from dataclasses import dataclass
from functools import cache
from functools import lru_cache

import pandas as pd
from mlflow.exceptions import MlflowException
from sklearn.pipeline import Pipeline

from flighttime import package
from flighttime import steps
from flighttime import tracking
from flighttime.errors import Refused

ALIAS = "champion"
SECONDS_BETWEEN_LOOKS = 0.5


@dataclass(frozen=True)
class Production:
    """A model in production and the version it is known by."""

    version: str
    pipeline: Pipeline

    def predict(self, flights: pd.DataFrame) -> list[float]:
        return self.pipeline.predict(flights).tolist()


def current() -> Production:
    """The model in production; raises Refused where there is none."""
    version = champion()
    if version is None:
        raise Refused("no model is in production: release one with python -m flighttime.release --version N")
    return opened(version)


@lru_cache(maxsize=2)
def opened(version: str) -> Production:
    return Production(version, package.load(version))


def champion() -> str | None:
    """The version that the alias points to; None before the first release."""
    version = tracking.store().get_registered_model(tracking.NAME).aliases.get(ALIAS)
    return None if version is None else str(version)


def set_champion(version: str) -> None:
    tracking.store().set_registered_model_alias(tracking.NAME, ALIAS, version)


class Follower:
    """Looks for a new champion, opens it beside the old one, and then lets it answer."""

    def __init__(self) -> None:
        self.model = current()
        threading.Thread(target=self.follow, daemon=True).start()

    def follow(self) -> None:
        while True:
            time.sleep(SECONDS_BETWEEN_LOOKS)
            try:
                self.model = current()
            except (Refused, MlflowException, OSError) as problem:
                # The old model goes on answering: a broken release must not stop the application.
                steps.warning(f"version {self.model.version} stays: {problem}")


@cache
def follower() -> Follower:
    return Follower()


def serving() -> Production:
    """The model that this application answers with: a new champion is seen without a restart."""
    return follower().model
