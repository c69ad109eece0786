"""Which model answers: the version that this environment's alias names, beside it a challenger where a split is on."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from flighttime import card
from flighttime import environment
from flighttime import facts
from flighttime import follow
from flighttime import ledger
from flighttime import package
from flighttime import standing
from flighttime import steps
from flighttime import tracking
from flighttime.compiled import Compiled
from flighttime.errors import Refused
from flighttime.standing import Standing

# Bytes of a request that is answered at once; a larger one is answered in a thread, so that nobody has to wait for it.
QUICK = 20_000


@dataclass(frozen=True)
class Production:
    """A model in production and the version it is known by; where a split is on, the other arm and its share."""

    version: str
    model: Compiled
    challenger: "Production | None" = None
    share: float = 0.0

    def predict(self, flights: pd.DataFrame) -> list[float]:
        return self.model.predict(flights).tolist()

    def minutes(self, rows: Sequence[tuple]) -> list[float]:
        """The same without a table: each row in the order of FEATURES, None for what nobody knows."""
        return self.model.predict_rows(rows)

    def describe(self) -> dict[str, str | float]:
        """What answers, for whoever asks the application."""
        other = {"challenger": self.challenger.version, "share": self.share} if self.challenger else {}
        return {"model": self.version, **other}


def current() -> Production:
    """The model in production; raises Refused where there is none."""
    return opened(standing.read())


def opened(there: Standing | None) -> Production:
    """The models of these versions, verified and tried with their own examples, which warms them up."""
    if there is None:
        raise Refused("no model is in production: release one with python -m flighttime.release --version N")
    model = package.load(there.version, environment.current())
    if there.challenger:
        try:
            challenger = Production(there.challenger, package.load(there.challenger, environment.PRODUCTION))
            return Production(there.version, model, challenger, there.share)
        except Refused as problem:
            steps.warning(f"version {there.version} answers alone: {problem}")
    return Production(there.version, model)


def released() -> str | None:
    """The version that was switched to last; None before the first release."""
    return standing.champion()


def switch_to(version: str | None) -> None:
    """Make a version the champion, or nobody; a split is over then."""
    standing.write(version and tracking.find(version).version)


def record(model: Production) -> dict[str, dict[str, str]]:
    """What is known of the model that answers, in words, by section."""
    words = card.told(package.read_card(model.version, environment.current()))
    return facts.of(model.version, ledger.since(model.version)) | {"Card": words}


@follow.changes(standing.read)
def serving(there: Standing | None) -> Production:
    """The model that this application answers with: a new one is seen without a restart."""
    return opened(there)
