"""Releases: who may put which model into production, and what stands in the way."""

import hashlib
import shutil
from pathlib import Path

from ladder.conformance import application
from ladder.conformance import output
from ladder.conformance import record
from ladder.conformance import steps
from ladder.conformance.checks import answers
from ladder.conformance.findings import NotMet
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


@check
def altered_package_is_refused(project: Project) -> str:
    """A version is one signed package; with a byte altered it is released by no one."""
    sandbox = project.at("candidate")
    sandbox.need("flighttime.package")
    altered = sandbox.copy()
    parts = [path for path in (altered.state / "packages" / "2").rglob("*") if path.is_file()]
    require(parts, "packaging left no package")
    largest = max(parts, key=lambda path: path.stat().st_size)
    content = bytearray(largest.read_bytes())
    content[len(content) // 2] ^= 1
    largest.write_bytes(content)
    refused = altered.refused("flighttime.release", "--version", "2", *BY)
    require(largest.name in refused.output, f"the refusal does not name {largest.name}")
    require(record.champion(altered) == "1", "an altered package became the champion")
    sandbox.run("flighttime.release", "--version", "2", *BY)
    require(record.champion(sandbox) == "2", "the unaltered package is not the champion")
    return f"altered {largest.name}: refused; unaltered: certified, approved, released"


@check
def each_release_is_tested(project: Project) -> str:
    """An application that answers otherwise than the release promises is rejected in staging."""
    sandbox = project.at("candidate")
    sandbox.need("flighttime.gate")
    promised = steps.judge(sandbox, "2")
    require("outcome: PROMOTE" in promised, f"the good version is not promoted: {promised[-200:]}")
    faulty = sandbox.copy(code=True)
    faulty.append("flighttime/serving.py", WRONG_BY_7)
    with application.running(faulty.given(FLIGHTTIME_ENVIRONMENT="staging")) as app:
        there = sandbox.given(FLIGHTTIME_STAGING=app.address)
        judged = there.run("flighttime.gate", "--version", "2")
    require("outcome: REJECT" in judged.output, "the gate promotes a release that answers wrongly")
    reason = [line for line in judged.output.splitlines() if line.startswith("version 2")]
    return f"as promised: PROMOTE; seven minutes off: {reason[-1][:120] if reason else 'REJECT'}"


# Every answer of the application is seven minutes too late, as after a mistake in its wiring.
WRONG_BY_7 = """

_right = open_state


def open_state(state):
    serving = _right(state)
    right = serving.champion.predict_rows
    wrong = lambda rows: [minutes + 7 for minutes in right(rows)]
    object.__setattr__(serving.champion, "predict_rows", wrong)
    return serving


current = reload_on_change(read_state, open_state)
"""


@check
def gate_says_why(project: Project) -> str:
    """A worse model is refused with a reason in minutes, so that no one has to ask its author."""
    sandbox = project.at("candidate")
    sandbox.need("flighttime.gate")
    worse = sandbox.copy(code=True)
    worse.append("flighttime/model.py", HARDLY_LEARNS)
    worse.run("flighttime.pipeline")
    worse.run("flighttime.package", "--version", "3")
    output = worse.given(FLIGHTTIME_STAGING="").run("flighttime.gate", "--version", "3").output
    said = [line for line in output.splitlines() if line.startswith("version 3: ")]
    require(said, "the gate gives no reason")
    require("REJECT" in said[0], f"a model that has hardly learned is not rejected: {said[0]}")
    require("error" in said[0], f"the reason has no number: {said[0]}")
    refused = worse.refused("flighttime.release", "--version", "3", *BY)
    require("REJECT" in refused.output, f"the release does not say why: {refused.last_line}")
    return said[0]


HARDLY_LEARNS = """

_as_it_was = build


def build():
    return _as_it_was().set_params(trees__max_iter=1)
"""


@check
def each_environment_trusts_its_own_key(project: Project) -> str:
    """The same bytes go through three environments, and production opens only what it trusts."""
    sandbox = project.at("candidate")
    sandbox.need("flighttime.environments")
    distrusting = sandbox.copy()
    stranger = distrusting.state.parent / "stranger"
    keys = distrusting.given(FLIGHTTIME_RUNS=str(stranger))
    trusted = distrusting.state / "production/trusted.pem"
    trusted.unlink()  # the next command adds a key to those that the file has
    keys.run("groundcrew.signing", "--trust", str(trusted))
    refused = distrusting.refused("flighttime.release", "--version", "2", *BY)
    require("trusted.pem" in refused.output, f"refused for another reason: {refused.last_line}")
    require(record.champion(distrusting) == "1", "a package that is not trusted was released")
    sandbox.run("flighttime.release", "--version", "2", *BY)
    places = [sandbox.state, sandbox.state / "staging", sandbox.state / "production"]
    digests = {digest(place / "packages" / "2") for place in places}
    require(len(digests) == 1, "the environments do not hold the same bytes")
    return f"production with another key: {refused.last_line[:90]}; else the same bytes in all"


def digest(folder: Path) -> str:
    """One digest of all files of a folder; raises NotMet if there is none."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    if not files:
        raise NotMet(f"no package in {folder.parent.parent.name}")
    found = hashlib.sha256()
    for path in files:
        found.update(path.relative_to(folder).as_posix().encode() + path.read_bytes())
    return found.hexdigest()


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
