"""Which model answers: the champion, a registered version whose package was certified and released."""

from dataclasses import dataclass

import pandas as pd

from flighttime import facts
from flighttime import follow
from flighttime import ledger
from flighttime import package
from flighttime import tracking
from flighttime.compiled import Compiled
from flighttime.errors import Refused

ALIAS = "champion"


@dataclass(frozen=True)
class Production:
    """A model in production and the version it is known by."""

    version: str
    model: Compiled

    def predict(self, flights: pd.DataFrame) -> list[float]:
        return self.model.predict(flights).tolist()


def current() -> Production:
    """The model in production; raises Refused where there is none."""
    version = released()
    if version is None:
        raise Refused("no model is in production: release one with python -m flighttime.release --version N")
    return Production(version, package.load(version))


def released() -> str | None:
    """The version that was switched to last; None before the first release."""
    return tracking.aliased(ALIAS)


def switch_to(version: str) -> None:
    tracking.store().set_registered_model_alias(tracking.NAME, ALIAS, tracking.find(version).version)


def record(model: Production) -> dict[str, dict[str, str]]:
    """What is known of the model that answers, in words, by section."""
    card = {"Card": {"In full": package.read_card(model.version)}}
    return facts.of(model.version, ledger.since(model.version)) | card


@follow.changes(released)
def serving() -> Production:
    """The model that this application answers with: a new one is seen without a restart."""
    return current()
