"""Releases: who may put which model into production, and what stands in the way."""

import shutil

from ladder.conformance import output
from ladder.conformance import record
from ladder.conformance import steps
from ladder.conformance.checks import answers
from ladder.conformance.findings import check
from ladder.conformance.findings import require
from ladder.conformance.project import LATER
from ladder.conformance.project import Project
from ladder.conformance.sandbox import Sandbox
from ladder.conformance.steps import BY


@check
def new_model_goes_to_work(project: Project) -> str:
    """After the project's own steps of a release, its script answers with the new model."""
    sandbox = project.at("candidate")
    before = answers.of_a_day(sandbox, LATER)["minutes"]
    if sandbox.has("flighttime.train"):
        steps.put_second_in_production(sandbox)
    else:
        put_another_file(sandbox)
    after = answers.of_a_day(sandbox, LATER)["minutes"]
    changed = (before - after).abs().mean()
    require(changed > 0, "the answers are still those of the model before")
    return f"the next model answers, {changed:.1f} minutes away from the one before on average"


@check
def copied_file_answers(project: Project) -> str:
    """A model file that is copied into place answers, and nothing asks what it is."""
    sandbox = project.at("in_production").on(LATER)
    before = answers.of_a_day(sandbox, LATER)["minutes"]
    put_another_file(sandbox)
    after = answers.of_a_day(sandbox, LATER)["minutes"]
    require((before - after).abs().mean() > 0, "a file that was copied into place changes nothing")
    return "another file was copied into place, and it answers"


@check
def released_by_its_number(project: Project) -> str:
    """A person names a version, and the number is all that it takes."""
    sandbox = project.at("candidate")
    sandbox.run("flighttime.release", "--version", "2")
    named = answers.of_a_day(sandbox, LATER, columns=(output.MODEL,))["model"].unique().tolist()
    require(named == ["2"], f"version 2 was released, and {', '.join(named)} answers")
    missing = sandbox.refused("flighttime.release", "--version", "99")
    return f"version 2 answers; a number that is none: {missing.last_line[:80]}"


@check
def gate_then_person(project: Project) -> str:
    """No release without a certificate, none without a name; then one with both, on record."""
    sandbox = project.at("candidate")
    sandbox.need("flighttime.gate")
    uncertified = sandbox.copy()
    for path in (uncertified.state / "certificates").glob("2*"):
        path.unlink()
    without = uncertified.refused("flighttime.release", "--version", "2", *BY)
    require(record.champion(uncertified) == "1", "an uncertified version became the champion")
    sandbox.refused("flighttime.release", "--version", "2")
    require(record.champion(sandbox) == "1", "a version that no one approved became the champion")
    sandbox.run("flighttime.release", "--version", "2", *BY)
    last = record.ledger(sandbox)[-1]
    require(record.champion(sandbox) == "2", "the approved version is not the champion")
    require(last.get("by") == "Kim", f"the ledger does not say who approved it: {last}")
    return f"uncertified: {without.last_line[:90]}; certified and approved: released by Kim"


def put_another_file(sandbox: Sandbox) -> None:
    """Copy a model that answers otherwise to where the model in production is."""
    if not sandbox.has("flighttime.train"):
        target = sandbox.state / "handoff" / "model.joblib"
        done = sandbox.start("-c", SHIFT, str(target))
        require(done.code == 0, f"the model file cannot be replaced: {done.last_line}")
        return
    out = sandbox.state.parent / "another"
    sandbox.on("2013-01-25").run("flighttime.train", "--out", str(out))
    target = sandbox.state / "production" / "model.skops"
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(out / "model.skops", target)


# Another model, as its author would send it: the same one, trained to answer a minute more.
SHIFT = """
import sys, joblib
model = joblib.load(sys.argv[1])
model["trees"]._baseline_prediction += 1
joblib.dump(model, sys.argv[1])
"""
