"""Package a registered model: one signed folder with all that production needs, and nothing that executes.

    python -m flighttime.package --version 7
"""

import argparse
import hashlib
import json
import shutil
from pathlib import Path

import pandas as pd

from flighttime import compiled
from flighttime import environment
from flighttime import files
from flighttime import signing
from flighttime import steps
from flighttime.compiled import Compiled
from flighttime.environment import TRAIN
from flighttime.errors import Refused
from flighttime.features import CATEGORIES
from flighttime.features import FEATURES
from flighttime.features import NUMBERS

MANIFEST = "manifest.json"
SCHEMA = {"categories": CATEGORIES, "numbers": NUMBERS, "may be unknown": FEATURES, "answer": "minutes in the air"}


def package(version: str) -> Path:
    """Write the package of a registered version; one that exists is only verified, never rewritten."""
    # Imported where it is used: what makes a package takes seconds to import, and the application only opens one.
    from flighttime import flavor
    from flighttime import parts

    folder = place(version)
    if not folder.exists():
        with files.whole_folder(folder) as unfinished:
            parts.fill(unfinished, version)
    verify(folder, version)
    flavor.register(version, folder)
    return folder


def read_card(version: str, name: str = TRAIN) -> str:
    """In words also where it is gone: a model that is open answers on without its package."""
    path = place(version, name) / "card.md"
    return path.read_text(encoding="utf-8") if path.exists() else f"it is gone: there is no {path} any more"


def promote(version: str, to: str) -> Path:
    """Bring the same bytes into another environment; returns where they are."""
    origin, folder = place(version), place(version, to)
    if not folder.exists():
        verify(origin, version)
        with files.whole_folder(folder) as unfinished:
            shutil.copytree(origin, unfinished, dirs_exist_ok=True)
            verify(unfinished, version, to)
    verify(folder, version, to)
    if origin.exists() and manifest(folder) != manifest(origin):
        raise Refused(f"{folder} is another package than {origin}: remove the one that is wrong, then do this again")
    return folder


def load(version: str, name: str = TRAIN) -> Compiled:
    """The model of a package; raises Refused if a byte was altered, the signature is not trusted or its own examples fail."""
    folder = place(version, name)
    verify(folder, version, name)
    return opened(folder)


def opened(folder: Path) -> Compiled:
    """The model of a package that was verified; raises Refused if it does not answer as it did when it was packaged."""
    if read(folder / "schema.json") != SCHEMA:
        raise Refused(f"{folder} is made for other columns than {', '.join(FEATURES)}: package the version again")
    model = compiled.load(folder)
    flights = pd.read_json((folder / "examples.json").open(encoding="utf-8"), dtype=dict.fromkeys(NUMBERS, "float64"))
    if not (model.predict(flights[FEATURES]) - flights["minutes"]).abs().max() < 1e-9:
        raise Refused(f"{folder} does not give the answers of its own examples: do not release it")
    return model


def verify(folder: Path, version: str | None = None, name: str = TRAIN) -> None:
    """Compare every part with the manifest, and the signature with what is trusted; raises Refused naming what differs."""
    if not folder.exists():
        raise Refused(f"there is no package {folder}: make it with python -m flighttime.package --version {folder.name}")
    promised, found = manifest(folder), digests(folder)
    for part in sorted(promised.keys() | found.keys()):
        if promised.get(part) != found.get(part):
            raise altered(folder / part)
    signing.verify(folder, name)
    packaged = read(folder / "lineage.json")["version"]
    if packaged != (version or packaged):
        raise Refused(f"{folder} is the package of version {packaged}: remove it, and package version {version} again")


def manifest(folder: Path) -> dict[str, str]:
    try:
        return dict(json.loads((folder / MANIFEST).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        raise altered(folder / MANIFEST) from None


def digests(folder: Path) -> dict[str, str]:
    """The digest of every part, by its name."""
    beside = (folder / MANIFEST, folder / signing.SIGNATURE)
    parts = [path for path in sorted(folder.rglob("*")) if path.is_file() and path not in beside]
    return {path.relative_to(folder).as_posix(): digest(path) for path in parts}


def altered(part: Path) -> Refused:
    return Refused(f"{part} is not what was packaged: remove the package's folder and package the version again")


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def write(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, indent=1, default=str), encoding="utf-8")


def read(path: Path) -> dict:
    return json.loads(path.read_text(encoding="utf-8"))


def place(version: str, name: str = TRAIN) -> Path:
    return environment.place(name) / "packages" / version


def main(arguments: argparse.Namespace) -> None:
    steps.output("package", package(arguments.version))


def parser() -> argparse.ArgumentParser:
    parser = steps.parser(__doc__)
    parser.add_argument("--version", required=True, help="the number of a registered version")
    return parser


if __name__ == "__main__":
    steps.run(main, parser())
