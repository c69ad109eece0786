"""Experiments: what a run leaves on record, and whether its model can be made again."""

import hashlib
import platform
import re

import pandas as pd

from ladder import git
from ladder.conformance import record
from ladder.conformance.checks.data import published_flights
from ladder.conformance.findings import NotMet
from ladder.conformance.findings import check
from ladder.conformance.findings import require
from ladder.conformance.project import DAY
from ladder.conformance.project import Project
from ladder.conformance.sandbox import Sandbox

SAID = re.compile(r"mean error ([\d.]+) minutes on ([\d,]+) new flights \(route median: ([\d.]+)\)")
IN_A_TABLE = r"{} +([\d.]+)"


@check
def says_its_error(project: Project) -> str:
    """Training says the model's error beside a simple forecast's, on flights that it kept aside."""
    sandbox = project.at("trained")
    output = sandbox.evidence[-1].output
    if sandbox.has("flighttime.train"):
        said = SAID.search(output)
        if said is None:
            raise NotMet(f"training printed no error: {sandbox.evidence[-1].last_line}")
        error, flights, median = said.groups()
        expected = held_aside(sandbox)
        require(
            int(flights.replace(",", "")) == expected,
            f"it was measured on {flights} flights, {expected:,} landed in the week kept aside",
        )
    else:
        error, median = of_the_notebook(sandbox)
    require(3 < float(error) < 20, f"an error of {error} minutes cannot be right")
    return f"error {error} minutes, a median of each route {median}"


@check
def run_is_on_record(project: Project) -> str:
    """The record names code, data, settings and error of the run, and has its model."""
    sandbox = project.at("trained")
    run = record.version(sandbox, "1")
    head = git.git(sandbox.code, "rev-parse", "HEAD").stdout.decode().strip()
    commit = run.tags.get("commit", "nothing")
    require(commit == head, f"the record names {commit[:12]} as the code, it was {head[:12]}")
    for tag in ("data_version", "data_digest", "today"):
        require(run.tags.get(tag), f"the record of the run lacks {tag}")
    require(run.tags["today"] == DAY, f"the record says day {run.tags['today']}, not {DAY}")
    require("training.window_days" in run.params, "the record lacks the settings")
    require(run.metrics.get("mae", 0) > 0, "the record lacks the error")
    require(any(run.files.rglob("*.skops")), "the record lacks the model")
    return (
        f"version 1: commit {head[:12]}, data version {run.tags['data_version']}, settings, error"
    )


@check
def code_and_models_have_versions(project: Project) -> str:
    """Two versions of the model lead to two commits, and the older one is still there."""
    sandbox = project.at("another_commit")
    runs = record.versions(sandbox)
    require(len(runs) == 2, f"two trainings gave {len(runs)} versions of the model")
    commits = [run.tags.get("commit", "nothing") for run in runs.values()]
    require(commits[0] != commits[1], "two versions of the code have the same name on record")
    for commit in commits:
        known = git.git(sandbox.code, "cat-file", "-e", f"{commit}^{{commit}}").returncode == 0
        require(known, f"the repository has no commit {commit[:12]}, which the record names")
    digests = {run.tags.get("model_digest") for run in runs.values()}
    require(len(digests) == 2, "the record does not tell the two models apart")
    require(all(any(run.files.rglob("*.skops")) for run in runs.values()), "a model is missing")
    return f"versions 1 and 2 of the model, of commits {commits[0][:12]} and {commits[1][:12]}"


@check
def older_model_rebuilds(project: Project) -> str:
    """After new data and a newer version, version 1 is made again, the same to the last bit."""
    sandbox = project.at("candidate")
    # Another seed of hash(): the processes of a starter have the same.
    done = sandbox.given(PYTHONHASHSEED="7").run("flighttime.rebuild", "1")
    require("outcome: bit-identical" in done.output, f"rebuilding said: {done.last_line}")
    kept = [line.split()[0] for line in done.output.splitlines() if "as recorded" in line]
    for name in ("code", "settings", "data"):
        require(name in kept, f"rebuilding says that the {name} differs from the record")
    return (
        f"version 1, made again after version 2, is bit-identical; as recorded: {', '.join(kept)}"
    )


@check
def environment_is_on_record(project: Project) -> str:
    """The record of a run names the packages and the Python that it was made with."""
    first = record.version(project.at("trained"), "1").tags
    wanted = project.root.code / "requirements.txt"
    digest = hashlib.sha256(wanted.read_bytes()).hexdigest()
    require(first.get("requirements") == digest, "the record does not identify requirements.txt")
    python = first.get("python")
    require(python == platform.python_version(), f"the record says Python {python}")
    require("scikit-learn" in first.get("numerics", ""), "the record lacks the numeric packages")
    second = record.version(project.at("another_commit"), "2").tags
    require(second.get("requirements") != digest, "other requirements have the same record")
    return f"Python {python}, {first['numerics']}, and the digest of requirements.txt"


def held_aside(sandbox: Sandbox) -> int:
    """The flights of the last seven days that had landed by the day, counted without the code."""
    flights = published_flights(sandbox, DAY)
    week = flights["date"].between(pd.Timestamp(DAY) - pd.Timedelta(days=7), pd.Timestamp(DAY))
    return int((week & flights["air_time"].notna()).sum())


def of_the_notebook(sandbox: Sandbox) -> tuple[str, str]:
    text = next((sandbox.state / "executed").glob("*.ipynb")).read_text(encoding="utf-8")
    found = [re.search(IN_A_TABLE.format(name), text) for name in ("boosted trees", "14 days")]
    if not all(found):
        raise NotMet("the notebook shows no error beside a simple forecast's")
    error, median = (match[1] for match in found if match)
    return error, median
