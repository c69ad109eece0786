"""The loop: production measures itself, starts a training, and releases."""

from ladder.conformance import output
from ladder.conformance import record
from ladder.conformance import stages
from ladder.conformance import steps
from ladder.conformance.findings import check
from ladder.conformance.findings import require
from ladder.conformance.project import Project
from ladder.conformance.sandbox import value
from ladder.conformance.starter import Command

MONDAYS = ("2013-02-25", "2013-03-04")


@check
def production_starts_a_training(project: Project) -> str:
    """A quiet week and a single bad one start nothing; two bad weeks of real flights do."""
    quiet = project.at("quiet").on(MONDAYS[0])
    first = quiet.run("flighttime.loop")
    require(value(first, "retrain") == "false", f"a quiet week retrains: {reason(first)}")
    once = project.at("breached").on(MONDAYS[1])
    turned = once.run("flighttime.loop")
    require(value(turned, "retrain") == "false", f"one bad week retrains: {reason(turned)}")
    shadow = project.at("in_shadow")
    turned = shadow.evidence[-1]
    require(value(turned, "retrain") == "true", f"two bad weeks start nothing: {reason(turned)}")
    require("2" in record.versions(shadow), "it decided to retrain, and trained nothing")
    return f"quiet: {reason(first)}; after two bad weeks: {reason(turned)}"


@check
def loop_closes(project: Project) -> str:
    """From measured production to a new champion that answers, and no person did a step."""
    sandbox = project.at("loop_released")
    new = record.champion(sandbox)
    require(new not in (None, "", "1"), "the loop ended without a new champion")
    ours = [entry for entry in record.ledger(sandbox) if entry["version"] == new]
    names = {entry["by"] for entry in ours if "by" in entry}
    require(names == {"the policy"}, f"not only the policy acted: {sorted(names)}")
    out = steps.answers_of(sandbox, stages.RELEASE_DAY)
    answered = output.answers(out, output.MODEL)["model"].unique().tolist()
    require(answered == [new], f"the next day's flights are answered by {answered}")
    return " > ".join(entry["decision"] for entry in ours)


@check
def policy_approves_a_release(project: Project) -> str:
    """A shadow evaluation stands where a person's approval was, and it decides on real flights."""
    sandbox = project.at("loop_released")
    passed = [entry for entry in record.ledger(sandbox) if entry["decision"] == "shadow passed"]
    released = [entry for entry in record.ledger(sandbox) if entry["decision"] == "released"]
    require(passed, "nothing was evaluated before the release")
    require(released[-1].get("by") == "the policy", f"released by {released[-1].get('by')}")
    return f"{passed[-1]['reason']}: released by the policy"


@check
def every_decision_is_on_record(project: Project) -> str:
    """Each step of the loop has an entry with its reason, and a changed entry is found."""
    sandbox = project.at("loop_released")
    entries = record.ledger(sandbox)
    decided = [entry["decision"] for entry in entries]
    require("retrain" in decided, "the decision to retrain is not on record")
    since = decided[decided.index("retrain") :]
    steps = ("trained", "PROMOTE", "shadow", "shadow passed", "released")
    lacking = [step for step in steps if step not in since]
    require(not lacking, f"the record lacks {', '.join(lacking)}")
    retrained = next(entry for entry in entries if entry["decision"] == "retrain")
    require(retrained.get("evidence"), "the decision to retrain is on record without its weeks")
    sandbox.run("groundcrew.ledger", "verify")
    path = sandbox.state / "ledger.jsonl"
    path.write_text(path.read_text(encoding="utf-8").replace("Kim", "Zoe", 1), encoding="utf-8")
    changed = sandbox.attempt("groundcrew.ledger", "verify")
    require(changed.code != 0, "a changed entry of the ledger is not found")
    return f"{len(entries)} entries, intact; one changed: {changed.last_line[:80]}"


def reason(turned: Command) -> str:
    return value(turned, "reason")
