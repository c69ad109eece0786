"""Which model answers: that of this environment, in an A/B test with a challenger beside it."""

from flighttime import certificates
from flighttime import environments
from groundcrew import ledger
from groundcrew import registry
from groundcrew.errors import NotFound
from groundcrew.serving import Serving
from groundcrew.serving import State
from groundcrew.serving import reload_on_change


def read_state() -> State | None:
    """The versions that the registry names for this environment; None if it names none."""
    return registry.serving_state(environments.ALIASES[environments.current()])


def open_state(state: State | None) -> Serving:
    if state is None:
        raise NotFound("no model is in production: see python -m flighttime.release --help")
    return Serving.of(state, certificates.load)


def load() -> Serving:
    """Open the model that this process serves; raises NotFound if no version was released."""
    return open_state(read_state())


current = reload_on_change(read_state, open_state)


def about(serving: Serving) -> dict[str, dict[str, str]]:
    """What is on record about the model that answers, by section."""
    return registry.model_facts(serving.version, since=ledger.since(serving.version))
