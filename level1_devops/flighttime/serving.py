"""Which model answers: the file that a person copied into production."""

from functools import cache
from pathlib import Path

from flighttime import model
from flighttime.features import FEATURES
from flighttime.features import NUMBERS
from groundcrew import files
from groundcrew import model_files
from groundcrew import settings
from groundcrew.errors import NotFound
from groundcrew.serving import PipelineModel
from groundcrew.serving import Serving


def load() -> Serving:
    """Open the model in production; raises NotFound if no file was copied there."""
    path = model_file()
    if not path.exists():
        raise NotFound(f"no model is in production: copy a trained model.skops to {path}")
    version = files.sha256(path)[:12]
    pipeline = model_files.load(path, model.TRUSTED)
    return Serving(PipelineModel(version, pipeline, FEATURES, NUMBERS))


@cache
def current() -> Serving:
    """What this process serves; a new file is served after a restart."""
    return load()


def about(serving: Serving) -> dict[str, dict[str, str]]:
    """What is known about the model that answers, by section: next to nothing."""
    trained = "unknown: only the model file was copied, not the metrics beside it"
    return {"In short": {"Version": serving.version, "Trained on": trained}}


def model_file() -> Path:
    return settings.runs() / "production" / "model.skops"
