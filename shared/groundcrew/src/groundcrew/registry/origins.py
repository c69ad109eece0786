"""Lineage: where a registered version comes from, and how good it was."""

from groundcrew.errors import UserError
from groundcrew.registry.found_runs import run
from groundcrew.registry.versions import run_id

LINEAGE_TAGS = [
    "commit",
    "changed",
    "requirements",
    "today",
    "data_version",
    "data_digest",
    "model_digest",
    "trained_from",
    "trained_until",
]


def lineage(version_number: str) -> dict:
    """Where a version comes from: run, code, data, digests, days (as text) and metrics.

    Raises UserError if the version does not exist, or lacks one of the tags.
    """
    made_by = run(version_number)
    tags = made_by.data.tags
    if missing := [name for name in LINEAGE_TAGS if name not in tags]:
        reason = f"the run of version {version_number} lacks {', '.join(missing)}"
        raise UserError(f"{reason}: older code logged it; train again")
    return {
        "run": made_by.info.run_id,
        **{name: tags[name] for name in LINEAGE_TAGS},
        "data_version": int(tags["data_version"]),
        "metrics": dict(made_by.data.metrics),
    }


def compared(version_number: str, champion: str | None) -> dict[str, str | None]:
    """A version and the champion that it is compared with, by number and by run.

    The number alone does not identify a version: a new registry gives it again.
    Raises UserError if one of them does not exist.
    """
    runs = {"run": run_id(version_number), "champion_run": run_id(champion) if champion else None}
    return {"version": version_number, "champion": champion, **runs}


def certified_error(version_number: str) -> float:
    """The mean absolute error in minutes that a version had on its holdout.

    Raises UserError if the version does not exist, or its run has no such metric.
    """
    metrics = lineage(version_number)["metrics"]
    if "mae" not in metrics:
        raise UserError(f"the run of version {version_number} has no metric mae: train again")
    return metrics["mae"]
