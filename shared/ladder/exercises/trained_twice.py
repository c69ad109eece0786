"""Does a retraining that was killed go on where it was?"""

from datetime import date
from types import SimpleNamespace
from unittest.mock import Mock
from unittest.mock import patch

from flighttime import gate
from flighttime import loop
from flighttime import package
from flighttime import pipeline
from groundcrew import ledger
from groundcrew import registry

TODAY = date(2013, 6, 3)
WEEKS = [SimpleNamespace(first=TODAY, ratio=1.3, labels=5000)]


def check() -> None:
    run = Mock(side_effect=["2", "3", "4"])
    certify = Mock(side_effect=KeyboardInterrupt)
    with (
        patch.object(registry, "champion", lambda: "1"),
        patch.object(pipeline, "run", run),
        patch.object(package, "package", Mock()),
        patch.object(gate, "certify", certify),
    ):
        try:
            loop.retrain(WEEKS, TODAY, "erred 1.30 times as much")
        except KeyboardInterrupt:
            pass
        assert run.call_count == 1, "a retraining has to train once"
        certify.side_effect = lambda version, today, **rules: ledger.record(
            today, "TIE", version, reason="as good as version 1"
        )
        loop.retrain(WEEKS, TODAY, "it was interrupted")
    assert run.call_count == 1, (
        "the turn was killed at the gate; the next one trained again, and version 2 is lost"
    )
    judged = certify.call_args.args[0]
    assert judged == "2", f"version 2 was trained, and version {judged} went to the gate"
    decisions = [entry["decision"] for entry in ledger.entries()]
    assert decisions == ["retrain", "trained", "TIE"], f"the ledger says {', '.join(decisions)}"
