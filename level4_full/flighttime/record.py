"""The record of every run: which code, data, settings and packages made which model, and how good it was."""

import json
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

import mlflow
import pandas as pd

from flighttime import checkout
from flighttime import model
from flighttime import plots
from flighttime import settings
from flighttime import tracking
from flighttime.features import FEATURES

if TYPE_CHECKING:
    from flighttime.train import Trained


def write(trained: "Trained", metrics: dict, errors: pd.DataFrame, data_version: int, today: date) -> str:
    """Write down a run with everything that it takes to make the model again; returns the run's id."""
    tracking.store()
    mlflow.set_experiment(tracking.NAME)
    example = trained.holdout[FEATURES].head(5)
    words = {name: value for name, value in metrics.items() if isinstance(value, str)}
    with mlflow.start_run(run_name=f"as of {today}") as run:
        mlflow.log_params(dict(flat(settings.all_tuned())))
        mlflow.set_tags({**checkout.version(), **checkout.environment(), **words, "today": today, "data_version": data_version})
        mlflow.log_figure(plots.draw(errors), "errors.png")
        mlflow.sklearn.log_model(
            trained.pipeline,
            name="model",
            serialization_format="skops",
            skops_trusted_types=model.TRUSTED,
            signature=mlflow.models.infer_signature(example, trained.pipeline.predict(example)),
            input_example=example,
            # Without this mlflow spends twenty seconds on guessing.
            pip_requirements=str(checkout.REQUIREMENTS),
        )
        # Once the model is there: else mlflow writes each of them down twice.
        mlflow.log_metrics({name: value for name, value in metrics.items() if name not in words})
    return run.info.run_id


def flat(tuned: dict[str, dict]) -> Iterator[tuple[str, str]]:
    """Every setting, by section and name, as JSON: TOML reads it too."""
    for section, values in tuned.items():
        yield from ((f"{section}.{name}", json.dumps(value)) for name, value in values.items())
