"""Experiment tracking with MLflow: a run records which code, data and settings made a model."""

from datetime import date

import pandas as pd
from sklearn.pipeline import Pipeline

from flighttime import model
from flighttime.features import FEATURES
from flighttime.model import Trained
from groundcrew import model_files
from groundcrew import plots
from groundcrew import provenance
from groundcrew import registry
from groundcrew import settings
from groundcrew.errors import UserError


def log(
    trained: Trained,
    results: dict,
    errors: pd.DataFrame,
    data_version: int,
    today: date,
) -> str:
    """Record a training run with all that it takes to make the model again; returns its id.

    `results` are digests, days and mean errors; `errors` is the holdout, which the run keeps.
    """
    texts = {name: value for name, value in results.items() if isinstance(value, str)}
    made_from = {"today": f"{today}", "data_version": f"{data_version}"}
    return registry.log_run(
        f"as of {today}",
        params=settings.all_sections(),
        tags={**provenance.version(), **provenance.environment(), **texts, **made_from},
        metrics={name: value for name, value in results.items() if name not in texts},
        figure=plots.error_figure(errors, results),
        pipeline=trained.pipeline,
        trusted=model.TRUSTED,
        example=errors[FEATURES].head(5),
        frames={"holdout": errors},
    )


def load(version: str) -> Pipeline:
    """The model of a registered version; raises UserError if it is not the one recorded."""
    path = registry.download(version, "model") / "model.skops"
    pipeline = model_files.load(path, model.TRUSTED)
    if model.digest(pipeline) != registry.lineage(version)["model_digest"]:
        raise UserError(f"{path} is not the model that was recorded: train again")
    return pipeline


def holdout(version: str) -> pd.DataFrame:
    """The flights that a version was measured on, with their errors, as its run kept them."""
    return pd.read_parquet(registry.download(version, "holdout.parquet"))
