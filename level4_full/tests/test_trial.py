"""Who goes on trial, who looks on, who is judged on which flights, and what a person's hand changes."""

import math
from collections.abc import Iterator
from datetime import date

import httpx
import pandas as pd
import pytest

from flighttime import certificates
from flighttime import course
from flighttime import environment
from flighttime import ingest
from flighttime import ledger
from flighttime import package
from flighttime import production
from flighttime import release
from flighttime import settings
from flighttime import shadow
from flighttime import smoke
from flighttime import split
from flighttime import standing
from flighttime import tracking
from flighttime import trial
from flighttime import truth
from flighttime.certificates import Certificate
from flighttime.errors import Refused
from flighttime.standing import Standing

TODAY = date(2013, 3, 15)
RULE = {"trial_flights": 4, "trial_loss": 0.5, "probation_flights": 10, "probation_loss": 0.0}


@pytest.mark.parametrize(
    ("one", "other", "stage", "outcome"),
    [
        ([1, -1, 1], [9, 9, 9], "trial", "waits"),
        ([1, -1, 1, 1], [9, 9, 9, 9], "trial", "passed"),
        ([-9, 9, 9, 9], [1, 1, 1, 1], "trial", "failed"),
        ([1.5] * 4, [-1] * 4, "trial", "passed"),
        ([1.51] * 4, [1] * 4, "trial", "failed"),
        ([1] * 9, [2] * 9, "probation", "waits"),
        ([1] * 10, [1] * 10, "probation", "passed"),
        ([1.01] * 10, [1] * 10, "probation", "failed"),
    ],
)
def test_two_versions_are_judged_on_the_same_flights(one: list, other: list, stage: str, outcome: str) -> None:
    assert trial.judge(one, other, RULE, stage).outcome == outcome


def test_what_was_judged_is_told_with_its_numbers() -> None:
    judged = trial.judge([3.0, -1, 2, 2], [1.0, 1, 1, 1], RULE)

    assert judged.why("1") == {
        "reason": "on the same 4 flights it erred 2.00 minutes, version 1 1.00",
        "evidence": {"flights": 4, "error": 2.0, "other": 1.0, "loss": 1.0},
    }
    assert math.isnan(trial.judge([1.0], [1.0], RULE).error)


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """The real registry, with versions 1 to 3 of which 1 is the champion; what they were certified as can be changed."""
    gate = {"2": "PROMOTE", "3": "PROMOTE"}
    flights = pd.DataFrame({"one": [101.0] * 20, "other": [102.0] * 20, "air_time": [100.0] * 20})
    rule = settings.all_tuned()
    rule["policy"] |= RULE
    client = tracking.store()
    for number in "123":
        run = client.create_run(client.get_experiment_by_name(tracking.NAME).experiment_id)
        client.create_model_version(tracking.NAME, f"runs:/{run.info.run_id}/model", run.info.run_id)
    standing.write("1")
    ledger.record(TODAY, "released", "1", by="Kim")
    for module, name, stand_in in [
        (settings, "all_tuned", lambda: rule),
        (certificates, "read", lambda version: Certificate(version, "1", gate[version], "as the test wants it", 6000, {})),
        (package, "promote", lambda version, to: package.place(version, to)),
        (package, "load", lambda version, name=environment.PRODUCTION: version),
        (package, "digest", lambda path: "of the package"),
        (truth, "same_flights", lambda *_: flights),
        (truth, "take_in", lambda today: None),
        (ingest, "update", lambda today: None),
    ]:
        monkeypatch.setattr(module, name, stand_in)
    yield gate


def ask(*words: str) -> None:
    trial.main(trial.parser().parse_args([*words, "--today", f"{TODAY}"]))


def decisions() -> list[str]:
    return [entry["decision"] for entry in ledger.entries()[1:]]


def nothing_has_landed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(truth, "same_flights", lambda *_: pd.DataFrame({"one": [], "other": [], "air_time": []}))


def test_who_goes_on_trial_looks_on_and_answers_nobody(
    registry: dict,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    nothing_has_landed(monkeypatch)

    ask("--version", "2")

    assert standing.read() == Standing("1", "2", 0.0)
    assert capsys.readouterr().out.endswith("champion: 1\ntrial: 2\nprobation: \n")
    assert ledger.entries()[-1]["reason"] == "it looks on beside 1 until 4 flights have landed"


def test_where_there_is_no_champion_yet_the_first_is_released_at_once(registry: dict, monkeypatch: pytest.MonkeyPatch) -> None:
    standing.write(None)
    first = Certificate("2", None, "PROMOTE", "the first", 6000, {})
    monkeypatch.setattr(certificates, "read", lambda version: first)

    ask("--version", "2")

    assert standing.read() == Standing("2")
    assert decisions() == ["releasing", "released"]


@pytest.mark.parametrize(
    ("outcome", "why"),
    [("REJECT", "was certified as REJECT"), ("TIE", "was certified as TIE"), ("INSUFFICIENT DATA", "certified as INSUFFICIENT")],
)
def test_what_the_gate_did_not_let_pass_is_on_no_trial(registry: dict, outcome: str, why: str) -> None:
    registry["2"] = outcome

    with pytest.raises(Refused, match=why):
        ask("--version", "2")

    assert standing.read() == Standing("1")
    assert decisions() == []


def test_one_at_a_time_is_on_trial(registry: dict, monkeypatch: pytest.MonkeyPatch) -> None:
    nothing_has_landed(monkeypatch)
    ask("--version", "2")

    with pytest.raises(Refused, match="version 2 comes first, to settle the trial: wait until that is done"):
        ask("--version", "3")
    ask("--version", "2")

    assert standing.read() == Standing("1", "2", 0.0)
    assert decisions() == ["on trial"]


def test_while_a_persons_split_is_on_nobody_goes_on_trial(registry: dict) -> None:
    split.begin("3", 0.2, TODAY, "Kim")

    with pytest.raises(Refused, match="version 3 comes first, to leave it to the person whose split is on"):
        ask("--version", "2")
    ask()

    assert standing.read() == Standing("1", "3", 0.2)


def test_a_persons_split_ends_the_trial_and_stays(registry: dict, monkeypatch: pytest.MonkeyPatch) -> None:
    nothing_has_landed(monkeypatch)
    ask("--version", "2")

    split.begin("3", 0.2, TODAY, "Kim")
    ask()

    assert standing.read() == Standing("1", "3", 0.2)
    assert course.now().step == course.SPLIT


def test_a_person_who_ends_the_trial_as_a_split_has_ended_it(registry: dict, monkeypatch: pytest.MonkeyPatch) -> None:
    nothing_has_landed(monkeypatch)
    ask("--version", "2")

    split.end(TODAY, "Kim")
    ask()

    assert standing.read() == Standing("1")
    assert (course.now().step, course.now().refused) == (course.WATCH, 0)


def test_a_person_may_release_what_is_on_trial_by_hand(registry: dict, monkeypatch: pytest.MonkeyPatch) -> None:
    nothing_has_landed(monkeypatch)
    ask("--version", "2")

    release.release("2", TODAY, "Kim")
    ask()

    assert standing.read() == Standing("2")
    assert course.now().step == course.WATCH


def test_the_winner_of_a_trial_is_released_watched_and_confirmed(registry: dict) -> None:
    ask("--version", "2")

    assert decisions() == ["on trial", "trial won", "releasing", "released", "on probation", "confirmed"]
    assert standing.read() == Standing("2")


def test_a_winner_whose_certificate_holds_no_more_is_not_released(registry: dict, monkeypatch: pytest.MonkeyPatch) -> None:
    nothing_has_landed(monkeypatch)
    ask("--version", "2")
    monkeypatch.setattr(certificates, "promotion", lambda version: refuse("it was compared with another champion"))
    course.note(TODAY, "trial won", "2", "1", reason="so")

    trial.settle(TODAY)

    assert decisions() == ["on trial", "trial won", "trial lost"]
    assert standing.read() == Standing("1")


def refuse(why: str) -> None:
    raise Refused(why)


def test_it_waits_until_the_application_has_the_shadow(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    says = iter([{"model": "1"}, httpx.ConnectError("not yet"), [], {"model": "1", "challenger": "2", "share": 0.0}])

    def get(address: str) -> httpx.Response:
        said = next(says)
        if isinstance(said, Exception):
            raise said
        return httpx.Response(200, json=said)

    monkeypatch.setenv("FLIGHTTIME_APP", "http://app")
    monkeypatch.setattr(httpx, "get", get)
    monkeypatch.setattr(smoke, "SECONDS_BETWEEN_LOOKS", 0)

    shadow.wait_for("2")

    assert next(says, "all heard") == "all heard"
    assert capsys.readouterr().err == ""


def test_an_application_that_never_has_it_is_told_of_and_holds_nobody_up(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("FLIGHTTIME_APP", "http://app")
    monkeypatch.setattr(httpx, "get", lambda address: httpx.Response(200, json={"model": "1"}))
    monkeypatch.setattr(smoke, "SECONDS_TO_FOLLOW", 0)

    shadow.wait_for("2")

    assert capsys.readouterr().err == "warning: http://app does not say that version 2 looks on: see its log\n"
