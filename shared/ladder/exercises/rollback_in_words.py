"""Does a rollback change what answers, and only to a package that opens?"""

from datetime import date
from unittest.mock import Mock
from unittest.mock import patch

from flighttime import package
from flighttime import rollback
from groundcrew import ledger
from groundcrew import registry
from groundcrew.errors import UserError
from groundcrew.transactions import Switch

TODAY = date(2013, 3, 1)


def check() -> None:
    champion: list[str | None] = ["2"]
    switch = Switch(
        lambda: champion[-1], champion.append, lambda version: "", lambda version: f"run {version}"
    )
    for version in ("1", "2"):
        ledger.record(TODAY, "released", version, by="Kim", reason="better")
    load = Mock(side_effect=UserError("the package is damaged"))
    with (
        patch.object(rollback, "SWITCH", switch),
        patch.object(registry, "champion", lambda: champion[-1]),
        patch.object(package, "load", load),
    ):
        try:
            rollback.roll_back(TODAY, "Kim")
        except UserError:
            pass
        said = ledger.entries()[-1]["decision"]
        assert champion[-1] == "2" and said == "released", (
            "the package of version 1 is damaged, and "
            + ("the ledger says that version 1 answers" if said != "released" else "it leads now")
        )
        load.side_effect = None
        rollback.roll_back(TODAY, "Kim")
    last = ledger.entries()[-1]
    assert champion[-1] == "1", (
        f"the ledger says {last['decision']} version {last['version']}, and version "
        f"{champion[-1]} still answers"
    )
    assert last["decision"] == "rolled back to", "the rollback is not on record"
