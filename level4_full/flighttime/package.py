"""Package a registered model: one signed folder with all that production needs.

python -m flighttime.package --version 7

It holds compiled trees, schema, examples, model card and lineage. Nothing in it executes.
"""

from pathlib import Path

from flighttime import environments
from flighttime.environments import TRAIN
from flighttime.features import CATEGORIES
from flighttime.features import FEATURES
from flighttime.features import NUMBERS
from groundcrew import commands
from groundcrew import files
from groundcrew import packages
from groundcrew import registry
from groundcrew import signing
from groundcrew import trees
from groundcrew.errors import UserError
from groundcrew.serving import CompiledVersion

CARD = Path(__file__).with_name("card.md")
SCHEMA = {"categories": CATEGORIES, "numbers": NUMBERS, "answer": "minutes in the air"}


def package(version: str) -> Path:
    """Write the package of a registered version; an existing one is verified, not rewritten."""
    folder = path(version)
    if not folder.exists():
        with files.folder_atomically(folder) as unfinished:
            fill(unfinished, version)
    packages.verify(folder, environments.trusted_key(TRAIN), version)
    return folder


def fill(folder: Path, version: str) -> None:
    """Write every part; raises UserError if the compiled model differs from the trained one."""
    from flighttime import tracking  # late: the application does without scikit-learn

    pipeline, holdout = tracking.load(version), tracking.holdout(version)[FEATURES]
    model = trees.compile(pipeline, CATEGORIES, NUMBERS)
    parity = trees.require_parity(model, pipeline, holdout)
    lineage = {"version": version, **registry.lineage(version), "parity": parity}
    trees.save(model, folder)
    packages.write_examples(folder, holdout.head(20), model.predict(holdout.head(20)))
    files.write_json(folder / "schema.json", SCHEMA)
    files.write_json(folder / "lineage.json", lineage)
    packages.write_card(folder, CARD, lineage)
    for name in environments.ALL:
        signing.trust_first(environments.trusted_key(name))
    packages.seal(folder)


def install(version: str, environment: str) -> CompiledVersion:
    """Copy the same bytes into another environment, and open them there."""
    key = environments.trusted_key(environment)
    packages.copy(path(version), path(version, environment), key, version)
    return load(version, environment)


def load(version: str, environment: str = TRAIN) -> CompiledVersion:
    """Open a package; raises UserError if it was altered, is untrusted or fails its examples."""
    folder = path(version, environment)
    run = packages.verify(folder, environments.trusted_key(environment), version)
    if files.read_json(folder / "schema.json") != SCHEMA:
        raise UserError(f"{folder} is for other columns than {FEATURES}: package it again")
    model = trees.load(folder, CATEGORIES, NUMBERS)
    packages.require_examples(folder, model.predict_rows, FEATURES)
    return CompiledVersion(version, model, run, packages.card(folder))


def path(version: str, environment: str = TRAIN) -> Path:
    return environments.folder(environment) / "packages" / version


def main(*, version: str) -> None:
    commands.output("package", package(version))


if __name__ == "__main__":
    commands.run(main)
