"""Make the model of a run again, from the code, data and settings on record, and compare.

python -m flighttime.rebuild RUN_OR_VERSION
"""

import os
from pathlib import Path
from tempfile import TemporaryDirectory

from groundcrew import children
from groundcrew import commands
from groundcrew import files
from groundcrew import provenance
from groundcrew import registry
from groundcrew import settings
from groundcrew.errors import UserError

RECORDED = ["commit", "changed", "today", "data_version", "data_digest", "model_digest"]


def rebuild(name: str) -> dict[str, str]:
    """What differs from the record of a run, by code, settings, packages, data and model.

    An empty text means "as recorded". Raises UserError if the run cannot be rebuilt at all.
    """
    run = registry.run(name)
    tags = run.data.tags
    if missing := [tag for tag in RECORDED if tag not in tags]:
        raise UserError(f"the record of run {name} lacks {', '.join(missing)}: train again")
    with provenance.code_at(tags["commit"]) as folder:
        differences = {
            "code": provenance.uncommitted(tags),  # what was not committed when it was trained
            "settings": provenance.apply_settings(folder, run.data.params),
            "packages": provenance.other_packages(folder, tags),  # only reported, not installed
        }
        made = train(folder, tags)
    for kind in ("data", "model"):
        recorded, now = tags[f"{kind}_digest"], made[f"{kind}_digest"]
        same = recorded == now
        differences[kind] = "" if same else f"SHA-256 {now[:12]}…, recorded {recorded[:12]}…"
    differences["model"] = differences["model"] or registry.stored_problem(run)
    return differences


def train(folder: Path, tags: dict[str, str]) -> dict:
    """Run the folder's own training in a process of its own; returns what it measured."""
    with TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        out = Path(scratch, "made")
        inputs = ["--today", tags["today"], "--data-version", tags["data_version"]]
        inputs += ["--refit"] if tags.get("refit") == "True" else []  # older records lack it
        done = children.run(
            ["-m", "flighttime.train", *inputs, "--out", str(out)],
            cwd=folder,
            env={**os.environ, "FLIGHTTIME_RUNS": str(settings.runs())},
        )
        if done.code:
            commit = tags["commit"][:12]
            raise UserError(f"the code of commit {commit} does not train: {done.last_line}")
        return files.read_json(out / "metrics.json")


def main(run: str) -> None:
    differences = rebuild(run)
    for name, text in differences.items():
        commands.notice(f"{name:<9} {text or 'as recorded'}")
    commands.output("outcome", "differs" if differences["model"] else "bit-identical")
    if differences["model"]:
        raise UserError("the model is not the one on record: restore what differs, then rebuild")


if __name__ == "__main__":
    commands.run(main)
