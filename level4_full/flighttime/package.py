"""Package a registered model: one folder with all that production needs, and nothing that executes.

    python -m flighttime.package --version 7
"""

import argparse
import hashlib
import json
import shutil
from pathlib import Path

import pandas as pd
from sklearn.pipeline import Pipeline

from flighttime import files
from flighttime import ingest
from flighttime import model
from flighttime import settings
from flighttime import steps
from flighttime import tracking
from flighttime import train
from flighttime.errors import Refused
from flighttime.features import CATEGORIES
from flighttime.features import FEATURES
from flighttime.features import NUMBERS

MANIFEST = "manifest.json"


def package(version: str) -> Path:
    """Write the package of a registered version; one that exists is only verified, never rewritten."""
    folder = place(version)
    if not folder.exists():
        with files.whole_folder(folder) as unfinished:
            fill(unfinished, version)
    verify(folder)
    return folder


def fill(folder: Path, version: str) -> None:
    lineage = tracking.lineage(version)
    shutil.copyfile(tracking.download(version) / "model.skops", folder / "model.skops")
    pipeline = model.load(folder / "model.skops")
    write(folder / "lineage.json", lineage)
    write(folder / "schema.json", {"categories": CATEGORIES, "numbers": NUMBERS, "answer": "minutes in the air"})
    write(folder / "examples.json", examples(pipeline, lineage))
    (folder / "card.md").write_text(card(version, lineage), encoding="utf-8")
    write(folder / MANIFEST, digests(folder))


def examples(pipeline: Pipeline, lineage: dict) -> list[dict]:
    """A few flights that the model has not seen, with the answers it must give."""
    table = ingest.read(lineage["data_version"], since=train.first_day(lineage["today"]))
    _, holdout = train.split(table, lineage["today"])
    sample = holdout[FEATURES].head(20)
    flights = json.loads(sample.to_json(orient="records"))
    return [{**flight, "minutes": minutes} for flight, minutes in zip(flights, pipeline.predict(sample), strict=True)]


def card(version: str, lineage: dict) -> str:
    metrics = lineage["metrics"]
    return f"""# flighttime, version {version}

Minutes in the air of a flight from New York, predicted before it departs; not for planning fuel.

- Learned from {metrics["trained_flights"]:,.0f} flights, {lineage["trained_from"]} to {lineage["trained_until"]}.
- Mean error {metrics["mae"]:.2f} minutes on the {metrics["holdout_flights"]:,.0f} flights of the days after that
  (the median of each route's recent flights: {metrics["route_median_mae"]:.2f}).
- Winds change with the seasons: expect the error to grow as the model ages.
- Made from commit {lineage["commit"]} and data version {lineage["data_version"]}, in run {lineage["run"]}.
"""


def read_card(version: str) -> str:
    """In words also where it is gone: a model that is open answers on without its package."""
    path = place(version) / "card.md"
    return path.read_text(encoding="utf-8") if path.exists() else f"it is gone: there is no {path} any more"


def load(version: str) -> Pipeline:
    """The model of a package; raises Refused if a byte was altered or its own examples fail."""
    folder = place(version)
    verify(folder)
    pipeline = model.load(folder / "model.skops")
    flights = pd.read_json((folder / "examples.json").open(encoding="utf-8"), dtype=dict.fromkeys(NUMBERS, "float64"))
    if not (pipeline.predict(flights[FEATURES]) - flights["minutes"]).abs().max() < 1e-9:
        raise Refused(f"version {version} does not give the answers of its own examples: do not release it")
    return pipeline


def verify(folder: Path) -> None:
    """Compare every part with the manifest; raises Refused naming what differs."""
    if not folder.exists():
        raise Refused(f"there is no package {folder}: make it with python -m flighttime.package --version {folder.name}")
    promised, found = manifest(folder), digests(folder)
    for name in sorted(promised.keys() | found.keys()):
        if promised.get(name) != found.get(name):
            raise altered(folder / name)


def manifest(folder: Path) -> dict[str, str]:
    try:
        return dict(json.loads((folder / MANIFEST).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        raise altered(folder / MANIFEST) from None


def digests(folder: Path) -> dict[str, str]:
    """The digest of every part, by its name."""
    parts = [path for path in sorted(folder.rglob("*")) if path.is_file() and path != folder / MANIFEST]
    return {path.relative_to(folder).as_posix(): digest(path) for path in parts}


def altered(part: Path) -> Refused:
    return Refused(f"{part} is not what was packaged: remove the package's folder and package the version again")


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def write(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, indent=1, default=str), encoding="utf-8")


def place(version: str) -> Path:
    return settings.runs() / "packages" / version


def main(arguments: argparse.Namespace) -> None:
    steps.output("package", package(arguments.version))


def parser() -> argparse.ArgumentParser:
    parser = steps.parser(__doc__)
    parser.add_argument("--version", required=True, help="the number of a registered version")
    return parser


if __name__ == "__main__":
    steps.run(main, parser())
