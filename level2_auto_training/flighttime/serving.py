"""Which model answers: the registered version that a person released."""

from functools import cache

from flighttime import tracking
from flighttime.features import FEATURES
from flighttime.features import NUMBERS
from groundcrew import registry
from groundcrew.errors import NotFound
from groundcrew.serving import PipelineModel
from groundcrew.serving import Serving


def load() -> Serving:
    """Open the model that this process serves; raises NotFound if no version was released."""
    version = registry.champion()
    if version is None:
        raise NotFound("no model is in production: run python -m flighttime.release --version N")
    pipeline, run = tracking.load(version), registry.run_id(version)
    return Serving(PipelineModel(version, pipeline, FEATURES, NUMBERS, run))


@cache
def current() -> Serving:
    """What this process serves; a new champion is served after a restart."""
    return load()


def about(serving: Serving) -> dict[str, dict[str, str]]:
    """What is on record about the model that answers, by section."""
    return registry.model_facts(serving.version)
