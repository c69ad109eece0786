"""The hand-off: a folder with a model, what was measured, and sample inputs with the outputs they must give."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from flighttime import files
from flighttime import model
from flighttime import plots
from flighttime.features import FEATURES

if TYPE_CHECKING:
    from flighttime.train import Trained


def write(trained: "Trained", metrics: dict, errors: pd.DataFrame, folder: Path) -> Path:
    """Fill the folder anew, whole or not at all; returns it."""
    sample = trained.holdout.head(20)
    outputs = sample[["flight_id"]].assign(minutes=trained.pipeline.predict(sample[FEATURES]))
    with files.whole_folder(folder) as unfinished:
        model.save(trained.pipeline, unfinished / "model.skops")
        (unfinished / "metrics.json").write_text(json.dumps(metrics, indent=1), encoding="utf-8")
        plots.draw(errors).savefig(unfinished / "errors.png")
        sample[["flight_id", *FEATURES]].to_csv(unfinished / "sample_inputs.csv", index=False)
        outputs.to_csv(unfinished / "sample_outputs.csv", index=False)
    return folder
