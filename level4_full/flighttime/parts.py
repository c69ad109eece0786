"""What a package is made of: the compiled model, and all that is to be known about it, read off the record."""

import json
from pathlib import Path

import pandas as pd

from flighttime import card
from flighttime import compiled
from flighttime import ingest
from flighttime import package
from flighttime import parity
from flighttime import signing
from flighttime import tracking
from flighttime import train
from flighttime.compiled import Compiled
from flighttime.features import FEATURES


def fill(folder: Path, version: str) -> None:
    """All parts; raises Refused if the compiled model does not answer as the trained one does."""
    lineage = {"version": version, **tracking.lineage(version)}
    table = ingest.read(lineage["data_version"], since=train.first_day(lineage["today"]))
    pipeline = tracking.load(version)
    model = compiled.compile(pipeline)
    lineage["parity"] = parity.check(model, pipeline, table)
    compiled.save(model, folder)
    package.write(folder / "lineage.json", lineage)
    package.write(folder / "schema.json", package.SCHEMA)
    package.write(folder / "examples.json", examples(model, train.split(table, lineage["today"])[1]))
    (folder / "card.md").write_text(card.text(lineage), encoding="utf-8")
    package.write(folder / package.MANIFEST, package.digests(folder))
    signing.sign(folder)


def examples(model: Compiled, holdout: pd.DataFrame) -> list[dict]:
    """A few flights that the model has not seen, with the answers it must give."""
    sample = holdout[FEATURES].head(20)
    flights = json.loads(sample.to_json(orient="records"))
    return [{**flight, "minutes": minutes} for flight, minutes in zip(flights, model.predict(sample), strict=True)]
