"""Release: certified and approved, followed without a restart, and undone if it fails."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from unittest.mock import Mock

import pytest
from fastapi.testclient import TestClient

from flighttime import app
from flighttime import package
from flighttime import release
from flighttime import rollback
from flighttime import serving
from flighttime import smoke
from flighttime import split
from groundcrew import certificates
from groundcrew import files
from groundcrew import ledger
from groundcrew import packages
from groundcrew import registry
from groundcrew.errors import UserError
from groundcrew.ledger import history
from groundcrew.serving import CompiledVersion
from groundcrew.serving import Serving
from groundcrew.transactions import RolledBack
from groundcrew.transactions import Switch

TODAY = date(2013, 2, 22)
ROUTE = {"carrier": "UA", "origin": "EWR", "dest": "IAH", "distance": 1400, "sched_dep_min": 317}
FLIGHTS = [{"flight_id": f"2013-02-22 UA{number} EWR-IAH", **ROUTE} for number in range(3000)]


@pytest.fixture
def client(candidate: Path, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    """The application in production, which smoke tests ask."""
    client = TestClient(app.create())
    monkeypatch.setenv("FLIGHTTIME_APP", "http://app")
    monkeypatch.setattr("httpx.Client", lambda **_: client)
    return client


def test_the_released_version_answers_without_a_restart(client: TestClient) -> None:
    before = client.get("/version").json()["model"]

    release.release("2", TODAY, "Kim")

    entry = ledger.entries()[-1]
    assert (before, client.get("/version").json()["model"]) == ("1", "2")
    assert (entry["decision"], entry["version"], entry["by"]) == ("released", "2", "Kim")
    assert entry["evidence"] == {"package": packages.digest(package.path("2"))}


def test_a_failing_smoke_test_brings_the_champion_before_back(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = [{**one, "minutes": 7.0} for one in packages.examples(package.path("2"))]
    monkeypatch.setattr(packages, "examples", lambda folder: wrong)

    with pytest.raises(RolledBack, match="version 2 was taken back, version 1 is the champion"):
        release.release("2", TODAY, "Kim")

    assert client.get("/version").json()["model"] == registry.champion() == "1"


def test_a_prediction_traces_back_to_its_data(client: TestClient) -> None:
    answer = client.post("/predict", json=ROUTE).json()["answers"][0]

    traced = history.lineage(answer["prediction_id"])

    expected = "version 1, run {run}, commit {commit}, data version {data_version}"
    assert traced == expected.format(**registry.lineage("1"))


def certify(**changed: str) -> None:
    certificate = files.read_json(certificates.path("2")) | {"reason": "as it was measured"}
    certificates.write(certificate | changed)


SPOILS = [
    (lambda: certificates.path("2").unlink(), "has no certificate: run python -m flighttime.gate"),
    (lambda: certify(outcome="TIE"), "version 2: TIE, as it was measured"),
    (lambda: certify(champion="7"), "version 2 was not compared with champion 1: certify it"),
    (lambda: certify(valid_until="2013-02-21"), "of version 2 ended on 2013-02-21"),
    (lambda: (package.path("2") / "card.md").unlink(), "card.md"),
]


@pytest.mark.parametrize(("spoil", "reason"), SPOILS)
def test_a_release_needs_a_certificate_that_still_holds(
    candidate: Path, spoil: Callable, reason: str
) -> None:
    spoil()

    with pytest.raises(UserError, match=reason):
        release.release("2", TODAY, "Kim")

    assert registry.champion() == "1"


def test_a_release_needs_an_approver(candidate: Path) -> None:
    with pytest.raises(UserError, match="the approver has no name: give one with --approved-by"):
        release.release("2", TODAY, " ")

    assert registry.champion() == "1"


@pytest.mark.parametrize(("step", "champion"), [("set_champion", "1"), ("smoke_test", "2")])
def test_a_killed_release_is_undone_or_finished_by_the_next_run(
    candidate: Path, monkeypatch: pytest.MonkeyPatch, step: str, champion: str
) -> None:
    steps = {"set_champion": registry.set_champion, "smoke_test": smoke.failures}
    steps[step] = Mock(side_effect=KeyboardInterrupt)
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(release, "SWITCH", Switch(registry.champion, **steps, run_id=registry.run_id))
        release.release("2", TODAY, "Kim")

    release.main(today=TODAY)

    assert (registry.champion(), ledger.pending()) == (champion, None)


def test_a_rollback_goes_to_the_champion_before_and_never_forward_again(candidate: Path) -> None:
    release.release("2", TODAY, "Kim")

    rollback.main(approved_by="Zoe", today=TODAY)

    entry = ledger.entries()[-1]
    assert (entry["decision"], entry["version"], entry["by"]) == ("rolled back to", "1", "Zoe")
    with pytest.raises(UserError, match="there is no earlier champion to go back to"):
        rollback.roll_back(TODAY, "Zoe")
    assert registry.champion() == "1"


def challenged(share: float) -> set[str]:
    """The flights that version 2 answers at this share."""
    models = Serving(CompiledVersion("1", None), CompiledVersion("2", None), share)
    return {one["flight_id"] for one in FLIGHTS if split.arm(models, one).version == "2"}


@pytest.mark.parametrize("share", [0.05, 0.2, 0.5])
def test_an_ab_test_keeps_its_share_and_each_flight_its_arm(share: float) -> None:
    assert len(challenged(share)) / len(FLIGHTS) == pytest.approx(share, abs=0.02)
    assert challenged(share) < challenged(share + 0.2)


def test_both_arms_answer_until_the_ab_test_ends(client: TestClient) -> None:
    split.main(version="2", share=0.3, approved_by="Kim", today=TODAY)
    during = client.post("/predict", json=FLIGHTS[:100]).json()["answers"]

    split.main(version="2", share=0, approved_by="Kim", today=TODAY)
    serving.current.check()
    after = client.post("/predict", json=FLIGHTS[:100]).json()["answers"]

    flights = {one["flight_id"] for one in during if one["model"] == "2"}
    assert flights == challenged(0.3) & {one["flight_id"] for one in FLIGHTS[:100]}
    assert {one["model"] for one in after} == {"1"}


def test_a_version_without_a_certificate_enters_no_ab_test(candidate: Path) -> None:
    with pytest.raises(UserError, match="version 3 has no certificate"):
        split.split("3", 0.2, TODAY, "Kim")

    assert registry.serving_state(registry.CHAMPION).challenger == ""
