"""Level 4 in detail: what does not count in a week, and what ends a shadow evaluation."""

import shutil
from dataclasses import replace
from datetime import date
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from flighttime import gate
from flighttime import loop
from flighttime import loop_state
from flighttime import monitor
from flighttime import outcomes
from flighttime import package
from flighttime import pipeline
from flighttime import policy
from flighttime import release
from flighttime import serving
from flighttime import shadow
from flighttime import verdict
from flighttime.environments import PRODUCTION
from flighttime.predictions import STORE
from groundcrew import certificates
from groundcrew import files
from groundcrew import lab
from groundcrew import ledger
from groundcrew import packages
from groundcrew import registry
from groundcrew import settings
from groundcrew.errors import UserError
from groundcrew.predictions import lease
from groundcrew.predictions.counted import LeftOut

MONDAY = date(2013, 1, 21)
TODAY = date(2013, 2, 1)
LATER = date(2013, 2, 22)


@pytest.fixture
def answered(own_state: Path, table: pd.DataFrame) -> pd.DataFrame:
    """A week of flights that version 1 answered, and whose outcomes are stored."""
    flights = table[table["date"].between("2013-01-21", "2013-01-27")]
    scored = flights.assign(minutes=flights["distance"] / 8 + 20, model="1")
    scored["prediction_id"] = scored["flight_id"]
    with lab.on(MONDAY):
        STORE.log({"champion": scored})
    outcomes.update(TODAY)
    return scored


def test_skew_calls_a_person_once_a_week_though_more_flights_land(
    answered: pd.DataFrame, table: pd.DataFrame
) -> None:
    rules, count = settings.section("policy"), len(answered)
    assert policy.call([monitor.measure(MONDAY, table, TODAY)], TODAY, [], rules) == ""
    with lab.on(MONDAY):
        again = answered["flight_id"] + " again"
        STORE.log({"champion": answered.assign(prediction_id=again, seats=1.0)})

    reason = policy.call([monitor.measure(MONDAY, table, TODAY)], TODAY, [], rules)

    known = f"week of 2013-01-21: {count:,} of {2 * count:,} answers do not count, mostly with "
    assert reason == known + "other inputs than the timetable's: see what asks"
    STORE.log({"champion": answered.assign(prediction_id=answered["flight_id"] + " late")})
    ledger.record(TODAY, "call", "1", by=loop_state.LOOP, reason=reason)
    later = monitor.measure(MONDAY, table, TODAY)
    assert later.left_out.reasons == {"late": count, "other_inputs": count}
    assert policy.call([later], TODAY, ledger.entries(), rules) == ""
    following = monitor.measure(MONDAY + monitor.WEEK, table, TODAY)
    assert policy.call([later, following], TODAY, ledger.entries(), rules) == ""


def test_a_shadow_is_not_measured(answered: pd.DataFrame, table: pd.DataFrame) -> None:
    before = f"{monitor.measure(MONDAY, table, TODAY)}"
    shadowed = answered.assign(minutes=9999.0, model="2")
    with lab.on(MONDAY):
        STORE.log({"shadow": shadowed.assign(prediction_id=answered["flight_id"] + " beside")})

    assert f"{monitor.measure(MONDAY, table, TODAY)}" == before


def measured(table: pd.DataFrame) -> str:
    """The week without how many answers were left out of it."""
    return f"{replace(monitor.measure(MONDAY, table, TODAY), left_out=LeftOut())}"


def test_a_cancelled_flight_is_counted_and_not_measured(
    answered: pd.DataFrame, table: pd.DataFrame
) -> None:
    before = measured(table)
    cancelled = answered[answered["air_time"].isna()].assign(minutes=9999.0)
    with lab.on(MONDAY):
        STORE.log({"champion": cancelled.assign(prediction_id=cancelled["flight_id"] + " again")})

    assert len(cancelled) > 0
    assert measured(table) == before


def test_answers_in_hindsight_or_to_made_up_flights_do_not_steer_a_week(
    answered: pd.DataFrame, table: pd.DataFrame
) -> None:
    before = measured(table)
    STORE.log({"champion": answered.assign(minutes=answered["air_time"])})
    with lab.on(MONDAY):
        STORE.log({"champion": answered.assign(minutes=900.0, carrier="U&A")})
        STORE.log({"champion": answered.assign(minutes=900.0, distance=1.0)})

    assert measured(table) == before


def test_a_landing_published_after_today_does_not_count(
    answered: pd.DataFrame, table: pd.DataFrame
) -> None:
    week = monitor.measure(MONDAY, table, date(2013, 1, 25))

    known = answered[answered["published"] <= "2013-01-25"]
    assert week.answers == len(answered)
    assert week.labels == known["air_time"].count() < answered["air_time"].count()


def test_weeks_begin_on_a_monday_and_are_complete(answered: pd.DataFrame) -> None:
    for days in (0, 6):
        first = [week.first for week in monitor.weeks(date(2013, 1, 28) + timedelta(days=days), 2)]

        assert first == [date(2013, 1, 14), MONDAY]


@pytest.fixture
def promoted(candidate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The gate has certified version 2, which the loop has trained."""
    promote(monkeypatch)
    assert loop_state.of(ledger.entries()).step == loop_state.REFIT


def promote(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate.smoke, "in_staging", lambda version: "")
    for decision in ("retrain", "trained", "PROMOTE"):
        by = {} if decision == "PROMOTE" else {"by": loop_state.LOOP}
        ledger.record(LATER, decision, "2", beside="1", **by)


@pytest.fixture(scope="session")
def refits(rivals: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The state in which version 2 is certified, and version 3 is registered as its refit."""
    state = shutil.copytree(rivals, tmp_path_factory.mktemp("refits"), dirs_exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FLIGHTTIME_RUNS", str(state))
        assert loop.refit("2") == "3"
    return state


@pytest.fixture
def refitted(refits: Path, empty_state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The loop has refitted version 2 as version 3, which is to be certified next."""
    shutil.copytree(refits, empty_state)
    promote(monkeypatch)
    ledger.record(LATER, "refitted", "3", by=loop_state.LOOP, beside="2")


def test_what_is_certified_is_refitted_on_every_day(promoted: None) -> None:
    loop.retrain([], LATER, "it errs")

    certified, refitted = (registry.run(version).data.tags for version in ("2", "3"))
    days = certified["trained_until"], refitted["trained_until"]
    assert days == ("2013-02-14", "2013-02-21")
    assert (certified["refit"], refitted["refit"]) == ("False", "True")
    for same in ("today", "data_version", "data_digest"):
        assert refitted[same] == certified[same]
    assert refitted["model_digest"] != certified["model_digest"]
    assert registry.certified_error("3") == registry.certified_error("2")
    assert shadow.settle(LATER).version == registry.shadow() == "3"


def test_the_certificate_of_a_refit_names_the_certified_version(refitted: None) -> None:
    loop.retrain([], LATER, "it errs")

    certificate, before = (files.read_json(certificates.path(name)) for name in ("3", "2"))
    assert (certificate["outcome"], certificate["certified"]) == ("PROMOTE", "2")
    assert certificate["reason"] == f"version 2, refitted: {before['reason']}"
    assert certificate["package"] == packages.digest(package.path("3")) != before["package"]
    assert [check["name"] for check in certificate["checks"]][-1] == "staging"
    assert "mean_errors" not in certificate  # nothing of it was measured on flights it learned from


def refused_refit() -> str:
    """Why the loop did not go on with a refitted version, or did not refit."""
    loop.retrain([], LATER, "it errs")
    entry, state = ledger.entries()[-1], loop_state.of(ledger.entries())
    assert (entry["decision"], state.step, state.refused) == ("REJECT", loop_state.IDLE, 1)
    assert shadow.settle(LATER).step == loop_state.IDLE
    assert (registry.champion(), registry.shadow()) == ("1", "")
    return f"version {entry['version']}: {entry['reason']}"


def test_a_refit_that_fails_in_staging_is_not_released(
    refitted: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate.smoke, "in_staging", lambda version: "one flight: 7 minutes, not 8")

    assert refused_refit() == "version 3: one flight: 7 minutes, not 8"
    assert files.read_json(certificates.path("3"))["outcome"] == "REJECT"


def test_a_refit_whose_package_is_too_slow_is_not_released(
    refitted: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packages, "measure", lambda *_: {"milliseconds": 7.0})

    assert refused_refit() == "version 3: 7.000 milliseconds, at most 5"


def test_a_refit_of_a_version_whose_certificate_ended_is_not_released(refitted: None) -> None:
    ended = files.read_json(certificates.path("2")) | {"valid_until": "2013-02-21"}
    certificates.write(ended)

    assert "the certificate of version 2 ended on 2013-02-21" in refused_refit()


def test_a_certified_version_that_is_gone_is_not_refitted(
    promoted: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(version: str) -> dict:
        raise UserError(f"there is no version {version!r} in the registry")

    monkeypatch.setattr(registry, "lineage", gone)

    assert refused_refit() == "version 2: there is no version '2' in the registry"


BREACH = SimpleNamespace(first=MONDAY, labels=6000, ratio=1.2)
WELL = SimpleNamespace(first=MONDAY, labels=6000, ratio=1.0)


@pytest.mark.parametrize(
    ("weeks", "asked"),
    [
        ([BREACH] * 3, settings.section("gate_in_breach")),
        ([BREACH, BREACH, WELL], {}),  # the retraining was interrupted, and the champion is well
        ([], {}),
    ],
)
def test_the_loop_asks_less_of_a_challenger_only_while_the_champion_is_in_breach(
    own_state: Path, monkeypatch: pytest.MonkeyPatch, weeks: list, asked: dict
) -> None:
    given = []

    def certify(version: str, today: date, **changes: float) -> None:
        given.append(changes)
        ledger.record(today, "TIE", version)

    monkeypatch.setattr(gate, "certify", certify)
    monkeypatch.setattr(package, "package", lambda version: None)
    for decision in ("retrain", "trained"):
        ledger.record(TODAY, decision, "2", by=loop_state.LOOP)

    loop.retrain(weeks, TODAY, "it errs")

    assert given == [asked]


def errors(gain: float, spread: float, worse_west: float = 0.0) -> pd.DataFrame:
    """A challenger that gains so many minutes, more or less by day, and less in the West."""
    number = pd.Series(range(2100))
    west, by_day = number % 10 == 0, (number % 7 - 3) * spread
    about = {"date": pd.Timestamp(MONDAY) + pd.to_timedelta(number % 7, unit="D"), "origin": "EWR"}
    about |= {"carrier": west.map({True: "VX", False: "UA"}), "distance": 300.0}
    models = {
        "challenger": 8 + west * worse_west,
        "champion": 8 + gain + by_day,
        "route median": 9.0,
    }
    return pd.DataFrame(about | models)


@pytest.mark.parametrize(
    ("flights", "strict", "in_breach"),
    [
        (errors(0.5, 0.2), "PROMOTE", "PROMOTE"),
        (errors(0.5, 0.6), "TIE", "PROMOTE"),  # may be chance, and then a small loss
        (errors(0.5, 1.2), "TIE", "TIE"),  # may be chance, and then a large loss
        (errors(0.03, 0.0), "TIE", "PROMOTE"),
        (errors(0.0, 0.0), "TIE", "REJECT"),
        (errors(-0.1, 0.0), "REJECT", "REJECT"),
        (errors(0.5, 0.0, worse_west=2.0), "REJECT", "PROMOTE"),
    ],
)
def test_the_gate_asks_for_a_gain_that_may_be_chance_while_the_champion_is_in_breach(
    flights: pd.DataFrame, strict: str, in_breach: str
) -> None:
    rules, less = settings.section("gate"), settings.section("gate_in_breach")

    outcomes = [
        verdict.decide(verdict.checks(flights, asked), "")[0] for asked in (rules, rules | less)
    ]

    assert outcomes == [strict, in_breach]


def test_no_breach_lifts_the_floor() -> None:
    rules = settings.section("gate") | settings.section("gate_in_breach")
    flights = errors(10.0, 0.0).assign(**{"challenger": 18.5, "champion": 30.0})

    outcome, reason = verdict.decide(verdict.checks(flights, rules), "")

    assert outcome == "REJECT"
    assert reason.endswith(verdict.CALL)


@pytest.fixture
def shadowed(promoted: None) -> None:
    """Version 2 is the shadow of version 1, as the loop has begun it."""
    ledger.record(LATER, "refitted", "2", by=loop_state.LOOP)
    ledger.record(LATER, "PROMOTE", "2")
    assert shadow.settle(LATER).step == loop_state.SHADOW
    assert registry.shadow() == "2"


def test_a_person_who_releases_the_shadow_ends_its_evaluation(shadowed: None) -> None:
    release.release("2", LATER, "Kim")

    assert shadow.settle(LATER).step == loop_state.IDLE
    assert (registry.champion(), registry.shadow()) == ("2", "")


def test_a_shadow_whose_certificate_no_longer_holds_is_not_released(
    shadowed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(STORE, "errors_of_both", lambda *_, since: ([8.0] * 800, [9.0] * 800))
    certificates.write(files.read_json(certificates.path("2")) | {"champion": "another"})

    assert shadow.settle(LATER).refused == 1

    assert ledger.entries()[-1]["decision"] == "shadow failed"
    assert (registry.champion(), registry.shadow()) == ("1", "")


def test_a_champion_before_that_cannot_come_back_is_recorded_once_and_a_person_is_called(
    shadowed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(STORE, "errors_of_both", lambda *_, since: ([8.0] * 5000, [9.0] * 5000))
    with monkeypatch.context() as patch:
        patch.setitem(shadow.STEPS, loop_state.CONFIRM, lambda *_: None)
        assert shadow.settle(LATER).step == loop_state.CONFIRM
    monkeypatch.setattr(STORE, "errors_of_both", lambda *_, since: ([19.0] * 5000, [9.0] * 5000))
    shutil.rmtree(package.path("1", PRODUCTION))

    states = [shadow.settle(LATER + timedelta(days=days)) for days in (0, 1)]

    *_, before, entry = ledger.entries()
    assert (before["decision"], entry["decision"]) == ("released", "shadow failed")
    assert "version 2 stays, though on the same 5,000 flights it erred 19.00" in entry["reason"]
    assert "there is no package " in entry["reason"]
    assert policy.call([], LATER, ledger.entries(), settings.section("policy")) == entry["reason"]
    assert [(state.step, state.refused) for state in states] == [(loop_state.IDLE, 1)] * 2
    assert (registry.champion(), registry.shadow()) == ("2", "")


def test_a_training_that_fails_is_tried_again_by_the_next_turn(
    own_state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(today: date) -> str:
        raise UserError("the delivery is refused")

    monkeypatch.setattr(pipeline, "run", fail)
    ledger.record(TODAY, "retrain", "1", by=loop_state.LOOP)

    for _ in range(2):
        with pytest.raises(UserError, match="the delivery is refused"):
            loop.turn(TODAY)

    assert loop_state.of(ledger.entries()).step == loop_state.TRAIN


def test_a_version_that_is_gone_before_it_is_certified_ends_the_retraining(
    own_state: Path,
) -> None:
    for decision in ("retrain", "trained"):
        ledger.record(TODAY, decision, "7", by=loop_state.LOOP)

    loop.retrain([], TODAY, "it errs")

    entry, state = ledger.entries()[-1], loop_state.of(ledger.entries())
    assert (entry["decision"], entry["version"]) == ("REJECT", "7")
    assert "there is no version '7' in the registry" in entry["reason"]
    assert (state.step, state.refused) == (loop_state.IDLE, 1)


def test_a_shadow_whose_package_is_damaged_is_not_released(
    shadowed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(STORE, "errors_of_both", lambda *_, since: ([8.0] * 800, [9.0] * 800))
    (package.path("2") / "card.md").unlink()
    (package.path("2", PRODUCTION) / "card.md").unlink()

    assert shadow.settle(LATER).refused == 1

    assert ledger.entries()[-1]["decision"] == "shadow failed"
    assert registry.champion() == "1"


def test_a_shadow_that_failed_is_not_served_though_its_alias_is_moved_by_hand(
    shadowed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(STORE, "errors_of_both", lambda *_, since: ([19.0] * 800, [8.0] * 800))
    assert shadow.settle(LATER).refused == 1

    registry.set_alias(registry.CHAMPION, "2")

    with pytest.raises(UserError, match="version 2 is not served, since .* took it back"):
        serving.load()


def test_a_week_at_the_threshold_is_within_it_and_one_with_the_fewest_labels_counts() -> None:
    rules = {"threshold": 1.1, "min_labels": 500, "breaches": 1, "window_weeks": 3}

    for labels, ratio, breaches in [(500, 1.1, False), (500, 1.11, True), (499, 1.11, False)]:
        week = SimpleNamespace(first=MONDAY, labels=labels, ratio=ratio)
        assert policy.judge([week], rules)[0] == breaches


@pytest.mark.parametrize("step", ["shadow", "confirm"])
def test_a_loss_of_exactly_the_limit_passes_on_exactly_the_flights_needed(step: str) -> None:
    rules = {f"{step}_flights": 3, f"max_{step}_loss": 0.5}

    assert policy.compare([8.5] * 2, [8.0] * 2, rules, step) is None
    assert policy.compare([8.5] * 3, [8.0] * 3, rules, step).yes
    assert not policy.compare([8.75] * 3, [8.0] * 3, rules, step).yes


def test_a_retraining_of_the_future_blocks_none(own_state: Path) -> None:
    rules = settings.section("policy") | {"cooldown_days": 14}
    for decision in ("retrain", "trained", "shadow failed"):
        ledger.record(TODAY + timedelta(days=365), decision, "2", by=loop_state.LOOP)
    week = SimpleNamespace(first=MONDAY, labels=6000, ratio=2.0)

    decision = policy.decide([week] * 3, TODAY, ledger.entries_until(TODAY), rules)

    assert decision.yes, decision.reason
    assert shadow.settle(TODAY).refused == 0


def test_a_call_is_recorded_once(own_state: Path) -> None:
    for _ in range(2):
        for decision in ("retrain", "trained", "shadow failed"):
            ledger.record(date(2013, 1, 1), decision, "2", by=loop_state.LOOP)

    calls = [loop.turn(TODAY)["call"] for _ in range(2)]

    assert calls[0].startswith("2 retrainings in a row came to nothing")
    assert calls[1] == ""


def test_a_second_loop_is_refused(own_state: Path) -> None:
    before = ledger.entries()
    with lease.held("retraining"), pytest.raises(UserError, match="another loop is running"):
        loop.turn(TODAY)

    assert ledger.entries() == before
