"""Make the model of a run again, from the code, data and settings on its record, and see whether it is the same.

    python -m flighttime.rebuild RUN_OR_VERSION
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tomllib
from hashlib import sha256
from importlib import metadata
from pathlib import Path
from tempfile import TemporaryDirectory

from mlflow.entities import Run

from flighttime import checkout
from flighttime import ingest
from flighttime import record
from flighttime import settings
from flighttime import steps
from flighttime import tracking
from flighttime.errors import Refused

MACHINE = ["python", "platform", "numerics"]
NEEDED = ["commit", "changed", "requirements", *MACHINE, "today", "data_version", "data_digest", "model_digest"]


def rebuild(run: Run) -> dict[str, str]:
    """What is not as recorded, in words, by code, settings, packages, data and model; empty words where it is."""
    tags = run.data.tags
    if lacking := [name for name in NEEDED if name not in tags]:
        raise Refused(f"the record of run {run.info.run_id} lacks {', '.join(lacking)}: older code wrote it; train anew")
    ingest.read(int(tags["data_version"]))  # raises Refused if it is gone
    with checkout.at(tags["commit"]) as folder:
        found = {
            "code": uncommitted(tags),
            "settings": set_as(folder / "flighttime.toml", run.data.params),
            "packages": other_packages(folder / "requirements.txt", tags),
        }
        made = train(folder, tags)
    return {**found, "data": other("data_digest", made, tags), "model": other("model_digest", made, tags)}


def uncommitted(tags: dict[str, str]) -> str:
    if tags["commit"] == checkout.NOWHERE["commit"]:
        return "was not in git: this is what stands here now"
    if tags["changed"] == "no":
        return ""
    return f"{tags['changed']} was changed and not committed: this is commit {tags['commit'][:12]}, without the changes"


def set_as(file: Path, recorded: dict[str, str]) -> str:
    """Let the file say what was recorded; returns what it said instead."""
    there = dict(record.flat(tomllib.loads(file.read_text(encoding="utf-8"))))
    file.write_text("".join(f"{name} = {value}\n" for name, value in recorded.items()), encoding="utf-8")
    names = [name for name in sorted({*there, *recorded}) if there.get(name) != recorded.get(name)]
    return ", ".join(f"{name} was {recorded.get(name, 'not set')}, not {there.get(name, 'unset')}" for name in names)


def other_packages(requirements: Path, tags: dict[str, str]) -> str:
    """What is not installed as the commit asks for it, and what of the machine is not as it was."""
    content, now = requirements.read_bytes(), checkout.environment()
    pins = re.findall(r"^([\w.-]+)==([\w.+!-]+)", content.decode(), re.MULTILINE)
    found = [f"{name} is {here}, not {wanted}" for name, wanted in pins if (here := installed(name)) != wanted]
    if sha256(content).hexdigest() != tags["requirements"]:
        found.insert(0, "requirements.txt was another than that of the commit")
    found += [f"{name} was {tags[name]}, now {now[name]}" for name in MACHINE if tags[name] != now[name]]
    return "; ".join(found)


def installed(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "not installed"


def train(folder: Path, tags: dict[str, str]) -> dict:
    """Let the code in the folder train, in a process of its own and off the record; returns what it measured."""
    with TemporaryDirectory(ignore_cleanup_errors=True) as scratch, steps.waiting("training"):
        out = Path(scratch, "made")
        asked = ["--today", tags["today"], "--data-version", tags["data_version"], "--out", str(out)]
        done = subprocess.run(
            [sys.executable, "-m", "flighttime.train", *asked],
            cwd=folder,
            env={**os.environ, "FLIGHTTIME_RUNS": str(settings.runs()), "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
        )
        if done.returncode:
            last = done.stderr.strip().rpartition("\n")[2]
            raise Refused(f"the code of commit {tags['commit'][:12]} does not train here ({last}): mend that first")
        return json.loads((out / "metrics.json").read_text(encoding="utf-8"))


def other(name: str, made: dict, tags: dict[str, str]) -> str:
    return "" if made[name] == tags[name] else f"SHA-256 {made[name][:12]}…, recorded {tags[name][:12]}…"


def main(arguments: argparse.Namespace) -> None:
    run = tracking.get(arguments.run)
    steps.notice(f"run {run.info.run_id}, as of {run.data.tags.get('today', 'a day that is not on record')}")
    found = rebuild(run)
    for name, words in found.items():
        steps.notice(f"{name:<9} {words or 'as recorded'}")
    steps.output("outcome", "differs" if found["model"] else "bit-identical")
    if found["model"]:
        raise Refused("the model is not the one on record: bring back what is not as recorded, and rebuild again")


def parser() -> argparse.ArgumentParser:
    parser = steps.parser(__doc__)
    parser.add_argument("run", metavar="RUN_OR_VERSION", help="the id of a run, or the number of its version")
    return parser


if __name__ == "__main__":
    steps.run(main, parser())
