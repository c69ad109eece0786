"""The folder to hand off: a model, its metrics, and sample inputs with the outputs to expect."""

from pathlib import Path

import pandas as pd

from flighttime.features import FEATURES
from flighttime.model import Trained
from groundcrew import files
from groundcrew import model_files
from groundcrew import plots


def write(trained: Trained, results: dict, errors: pd.DataFrame, folder: Path) -> Path:
    """Write the whole folder atomically, in place of an earlier one; returns it."""
    sample = errors.head(20)
    outputs = sample[["flight_id"]].assign(minutes=trained.pipeline.predict(sample[FEATURES]))
    with files.folder_atomically(folder) as unfinished:
        model_files.save(trained.pipeline, unfinished / "model.skops")
        files.write_json(unfinished / "metrics.json", results)
        plots.error_figure(errors, results).savefig(unfinished / "errors.png")
        sample[["flight_id", *FEATURES]].to_csv(unfinished / "sample_inputs.csv", index=False)
        outputs.to_csv(unfinished / "sample_outputs.csv", index=False)
    return folder
