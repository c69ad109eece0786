"""The record of every run: which code, data, settings and packages made which model, and how good it was."""

import hashlib
import json
import platform
import time
from collections.abc import Iterator
from datetime import date
from importlib import metadata
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import mlflow
import pandas as pd
from mlflow.entities import LoggedModelOutput
from mlflow.entities import Metric
from mlflow.entities import Param
from mlflow.entities import RunTag

from flighttime import checkout
from flighttime import model
from flighttime import plots
from flighttime import settings
from flighttime import tracking
from flighttime.features import FEATURES

if TYPE_CHECKING:
    from flighttime.train import Trained

# What they do decides every digit, and not all of it is pinned by name.
NUMERICS = ["numpy", "pandas", "scikit-learn", "scipy"]
REQUIREMENTS = settings.ROOT / "requirements.txt"


def begin(today: date) -> str:
    """Open the record of a run; returns the run's id."""
    return tracking.store().create_run(tracking.experiment(), run_name=f"as of {today}").info.run_id


def write(
    trained: "Trained",
    metrics: dict,
    errors: pd.DataFrame,
    data_version: int,
    today: date,
    run_id: str | None = None,
) -> str:
    """Write down a run with everything that it takes to make the model again; returns the run's id."""
    run_id, client = run_id or begin(today), tracking.store()
    words = {name: value for name, value in metrics.items() if isinstance(value, str)}
    tags = {**checkout.version(), **environment(), **words, "today": today, "data_version": data_version}
    now = int(time.time() * 1000)
    try:
        client.log_batch(
            run_id,
            metrics=[Metric(name, value, now, 0) for name, value in metrics.items() if name not in words],
            params=[Param(name, value) for name, value in flat(settings.all_tuned())],
            tags=[RunTag(name, f"{value}") for name, value in tags.items()],
        )
        client.log_figure(run_id, plots.draw(errors), "errors.png")
        keep(trained, run_id)
    except BaseException:
        client.set_terminated(run_id, "FAILED")
        raise
    client.set_terminated(run_id)
    return run_id


def keep(trained: "Trained", run_id: str) -> None:
    """Keep a run's model, with what goes in and what comes out."""
    # Step by step: mlflow's own log_model would open the model once more and try it out.
    client = tracking.store()
    example = trained.holdout[FEATURES].head(5)
    logged = client.create_logged_model(tracking.experiment(), name="model", source_run_id=run_id)
    with TemporaryDirectory() as scratch:
        mlflow.sklearn.save_model(
            trained.pipeline,
            f"{scratch}/model",
            mlflow_model=mlflow.models.Model(run_id=run_id, model_id=logged.model_id),
            serialization_format="skops",
            skops_trusted_types=model.TRUSTED,
            signature=mlflow.models.infer_signature(example, trained.pipeline.predict(example)),
            input_example=example,
            # Without this mlflow spends twenty seconds on guessing.
            pip_requirements=str(REQUIREMENTS),
        )
        client.log_model_artifacts(logged.model_id, f"{scratch}/model")
    client.finalize_logged_model(logged.model_id, "READY")
    client.log_outputs(run_id, [LoggedModelOutput(logged.model_id, step=0)])


def flat(tuned: dict[str, dict]) -> Iterator[tuple[str, str]]:
    """Every setting, by section and name, as JSON: TOML reads it too."""
    for section, values in tuned.items():
        yield from ((f"{section}.{name}", json.dumps(value)) for name, value in values.items())


def environment() -> dict[str, str]:
    return {
        "requirements": hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest(),
        "python": platform.python_version(),
        "platform": platform.platform(),
        "numerics": ", ".join(f"{name} {metadata.version(name)}" for name in NUMERICS),
    }
