"""Taking back: a release that turns out bad is undone by the loop."""

from ladder.conformance import output
from ladder.conformance import record
from ladder.conformance import stages
from ladder.conformance import steps
from ladder.conformance.findings import check
from ladder.conformance.findings import require
from ladder.conformance.project import Project

MONDAYS = ("2013-02-25", "2013-03-04")


@check
def loop_takes_a_bad_release_back(project: Project) -> str:
    """A release that turns out clearly worse is taken back by the loop, without a person."""
    sandbox = project.at("loop_released").copy(code=True)
    settings = sandbox.code / "flighttime.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(
        text.replace("confirm_flights = 5000", "confirm_flights = 800"), encoding="utf-8"
    )
    sandbox.append("flighttime/score.py", WORSE)
    # The script runs as __main__, where the fault at its end would come after its work.
    done = sandbox.on(stages.RELEASE_DAY).start(
        *("-c", SCORE, stages.RELEASE_DAY, str(sandbox.state.parent / "worse.csv"))
    )
    require(done.code == 0, f"scoring failed: {done.last_line}")
    after = sandbox.on("2013-03-13")
    after.run("flighttime.loop")
    last = record.ledger(sandbox)[-1]
    require(record.champion(sandbox) == "1", "the bad release is still the champion")
    require(last["decision"] == "rolled back to", f"the last decision is {last['decision']}")
    require(last.get("by") == "the policy", f"it was taken back by {last.get('by')}")
    answered = steps.answers_of(after, "2013-03-13")
    models = output.answers(answered, output.MODEL)["model"].unique().tolist()
    require(models == ["1"], f"after the rollback {models} answers")
    return f"rolled back to version 1 by the policy: {last['reason']}"


# The new champion's answers are an hour off; the one before answers beside it, as it always did.
WORSE = """

_as_it_was = score


def score(flights, model):
    answers = _as_it_was(flights, model)
    return answers.assign(minutes=answers["minutes"] + 60 * (model.version != "1"))
"""
SCORE = """
import sys
from datetime import date
from pathlib import Path
from flighttime import score
score.main(day=date.fromisoformat(sys.argv[1]), out=Path(sys.argv[2]))
"""
