"""Experiment tracking: log a run with what reproduces its model."""

import re
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import TYPE_CHECKING

import pandas as pd

from groundcrew import files
from groundcrew import provenance
from groundcrew import scratch
from groundcrew.registry import digests
from groundcrew.registry import unfinished
from groundcrew.registry import versions
from groundcrew.registry.failures import user_errors
from groundcrew.registry.store import NAME
from groundcrew.registry.store import client

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from sklearn.pipeline import Pipeline

FIGURE = "errors.png"
REFUSED = re.compile(r"[^\w.\- :]")
PATHS = ("", ".", "..")
NOTHING: Mapping = MappingProxyType({})


def log_run(
    name: str,
    *,
    params: Mapping[str, dict],
    tags: Mapping[str, str],
    metrics: Mapping[str, float],
    figure: "Figure",
    pipeline: "Pipeline",
    trusted: list[str],
    example: pd.DataFrame,
    frames: Mapping[str, pd.DataFrame] = NOTHING,
    documents: Mapping[str, object] = NOTHING,
) -> str:
    """Log a run and return its id; a run whose logging fails has the status FAILED.

    `params` are settings by section. The figure becomes the artifact errors.png, a frame
    NAME.parquet (without its index), a document NAME.json. The pipeline becomes the model, whose
    signature is inferred from `example` (inputs). It is stored with skops, which cannot execute
    code; `trusted` names the types in it that skops does not know. Tags record the digests of all
    these files but the figure.
    """
    # Import late: MLflow takes seconds to load.
    import mlflow

    client()
    with user_errors():
        mlflow.set_experiment(NAME)
        unfinished.end_abandoned()
        with (
            scratch.folder(),
            mlflow.start_run(run_name=name) as run,
            unfinished.writing(run.info.run_id),
        ):
            mlflow.log_params(dict(provenance.flat(dict(params))))
            mlflow.set_tags(dict(tags))
            mlflow.log_figure(figure, FIGURE)
            log_files(frames, documents)
            log_model(pipeline, trusted, example)
            # MLflow writes metrics a second time, for the model, if they are logged before it.
            mlflow.log_metrics({metric_name(key): value for key, value in metrics.items()})
    return run.info.run_id


def metric_name(name: str) -> str:
    """The name as MLflow can store it: a character that it refuses becomes its code, `_x26_`.

    Slices are named after codes of the data, which may hold any character.
    """
    parts = [REFUSED.sub(lambda found: _escaped(found[0]), part) for part in name.split("/")]
    # MLflow takes names for paths, in which "", "." and ".." mean something else.
    return "/".join(_escaped(part) if part in PATHS else part for part in parts)


def _escaped(part: str) -> str:
    return "".join(f"_x{ord(character):x}_" for character in part) or "_"


def log_files(frames: Mapping[str, pd.DataFrame], documents: Mapping[str, object]) -> None:
    # Import late, as above.
    import mlflow

    with TemporaryDirectory() as folder:
        for name, frame in frames.items():
            frame.to_parquet(Path(folder, f"{name}.parquet"), index=False)
        for name, document in documents.items():
            files.write_json(Path(folder, f"{name}.json"), document)
        mlflow.log_artifacts(folder)
        mlflow.set_tags(digests.of(Path(folder)))


def log_model(pipeline: "Pipeline", trusted: list[str], example: pd.DataFrame) -> None:
    import mlflow

    logged = mlflow.sklearn.log_model(
        pipeline,
        name=versions.MODEL,
        serialization_format="skops",
        skops_trusted_types=trusted,
        signature=mlflow.models.infer_signature(example, pipeline.predict(example)),
        input_example=example,
        # Without this, MLflow spends twenty seconds on inferring the requirements.
        pip_requirements=str(provenance.requirements()),
    )
    with TemporaryDirectory() as folder:
        path = mlflow.artifacts.download_artifacts(logged.model_uri, dst_path=folder)
        mlflow.set_tags(digests.of(Path(path), versions.MODEL))
