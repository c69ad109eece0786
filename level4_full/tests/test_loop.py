"""The loop: from a breach to a confirmed release that no person approves, wherever it is killed."""

from datetime import date
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import DEFAULT
from unittest.mock import Mock

import pandas as pd
import pytest

from flighttime import certificates
from flighttime import gate
from flighttime import ingest
from flighttime import loop
from flighttime import loop_state
from flighttime import monitor
from flighttime import outcomes
from flighttime import package
from flighttime import pipeline
from flighttime import release
from flighttime import rollback
from flighttime import score
from flighttime.predictions import STORE
from groundcrew import ledger
from groundcrew import packages
from groundcrew import registry
from groundcrew import smoke
from groundcrew.transactions import Switch

TODAY = date(2013, 6, 3)
GATE = ["retrain", "trained", "PROMOTE", "refitted", "PROMOTE"]
WAY = [*GATE, "shadow", "shadow passed", "releasing", "released"]
# A confirmed turn makes 25 calls that may be killed; one that is rolled back differs from 23 on.
KILLS = [(8.0, number) for number in range(1, 26)] + [(8.6, number) for number in range(23, 28)]


@pytest.fixture
def world(empty_state: Path, monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """What the loop reads and changes, without models: version 1 is the champion, and errs by 8."""
    world = SimpleNamespace(ratio=1.2, outcome="PROMOTE", error=8.0, landed=5000)
    world.champion, world.shadow, versions = "1", "", count(2)
    world.switch = lambda version: vars(world).update(champion=version, shadow="")
    current, change = lambda: world.champion, lambda version: world.switch(version)
    switch = Switch(current, change, lambda _: "", run_id=str)
    week = SimpleNamespace(first=TODAY, labels=6000, left_out=monitor.counted.LeftOut())
    for owner, name, fake in [
        *[(module, "update", Mock()) for module in (ingest, outcomes)],
        (monitor, "weeks", lambda *_: [SimpleNamespace(**vars(week), ratio=world.ratio)] * 3),
        (monitor, "store", Mock()),
        (pipeline, "run", lambda today: f"{next(versions)}"),
        *[(package, name, Mock()) for name in ("package", "install", "load")],
        (packages, "digest", lambda *_: "of the package"),
        (gate, "certify", lambda version, today, **_: ledger.record(today, world.outcome, version)),
        (gate, "certify_refit", lambda version, _, today: ledger.record(today, "PROMOTE", version)),
        (loop, "refit", lambda certified: f"{next(versions)}"),
        (certificates, "require", lambda *_: {"reason": "better"}),
        (registry, "champion", lambda: world.champion),
        (smoke, "show_shadow", lambda version: vars(world).update(shadow=version)),
        (STORE, "errors_of_both", lambda *_, since: ([world.error] * world.landed, [8.0])),
        *[(module, "SWITCH", switch) for module in (release, rollback)],
    ]:
        monkeypatch.setattr(owner, name, fake)
    ledger.record(date(2013, 3, 1), "released", "1", by="Kim")
    return world


def decisions() -> list[str]:
    return [entry["decision"] for entry in ledger.entries()[1:]]


TURNS = [
    ({"ratio": 1.0}, [], "1", ""),
    ({"outcome": "TIE"}, ["retrain", "trained", "TIE"], "1", ""),
    ({"landed": 799}, WAY[:6], "1", "3"),  # the challenger is a shadow
    ({"error": 9.1}, [*WAY[:6], "shadow failed"], "1", ""),
    ({"landed": 800}, WAY, "3", "1"),  # the old champion is the shadow
    ({"error": 8.6}, [*WAY, "rolling back to", "rolled back to"], "1", ""),
    ({}, [*WAY, "confirmed"], "3", ""),
]


@pytest.mark.parametrize(("changes", "taken", "champion", "shadow"), TURNS)
def test_a_turn_goes_as_far_as_production_allows(
    world: SimpleNamespace, changes: dict, taken: list[str], champion: str, shadow: str
) -> None:
    vars(world).update(changes)

    loop.turn(TODAY)

    assert decisions() == taken
    assert (world.champion, world.shadow) == (champion, shadow)


@pytest.mark.parametrize(("error", "number"), KILLS)
def test_a_loop_that_is_killed_before_any_step_goes_on(
    world: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, error: float, number: int
) -> None:
    world.error, calls = error, count(1)

    def killed(*_: object, **__: object) -> object:
        if next(calls) == number:
            raise KeyboardInterrupt
        return DEFAULT

    steps = [(ledger, "record"), (pipeline, "run"), (package, "package"), (package, "install")]
    steps += [(gate, "certify"), (loop, "refit"), (gate, "certify_refit")]
    for owner, name in [*steps, (smoke, "show_shadow"), (world, "switch")]:
        step = Mock(wraps=getattr(owner, name), side_effect=killed)
        monkeypatch.setattr(owner, name, step)
    with pytest.raises(KeyboardInterrupt):
        loop.turn(TODAY)
    loop.turn(TODAY)

    assert [decisions().count(once) for once in WAY[:4]] == [1, 1, 2, 1]
    assert decisions()[-1] == ("confirmed" if error == 8.0 else "rolled back to")
    assert (world.champion != "1", world.shadow) == (error == 8.0, "")
    assert (loop_state.of(ledger.entries()).step, ledger.pending()) == (loop_state.IDLE, None)


def test_the_loop_closes_on_real_flights(
    own_state: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A champion that errs by an hour for two weeks is replaced after a day of shadow."""
    scored, steps = score.score, []
    late = {"minutes": lambda flights: flights["minutes"] + 60}
    monkeypatch.setattr(score, "score", lambda *_, model: scored(*_, model).assign(**late))
    monkeypatch.setattr(gate.smoke, "in_staging", lambda version: "")
    for day in pd.date_range("2013-02-11", "2013-02-26"):
        monkeypatch.setenv("FLIGHTTIME_TODAY", f"{day:%Y-%m-%d}")
        if day.day >= 25:
            steps.append(loop.turn(day.date())["step"])
        score.main(day=day.date(), out=tmp_path / f"{day:%d}.csv")

    assert steps == [loop_state.SHADOW, loop_state.CONFIRM]
    assert (registry.champion(), registry.shadow()) == ("3", "1")
    assert decisions()[-len(WAY) :] == WAY
