"""The gate's rule, case by case, and the gate at work on two real models."""

import json
import math
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import mean_absolute_error

from flighttime import baseline
from flighttime import bootstrap
from flighttime import certificates
from flighttime import certify
from flighttime import checks
from flighttime import ingest
from flighttime import ledger
from flighttime import package
from flighttime import settings
from flighttime import slices
from flighttime import staging
from flighttime import steps
from flighttime import tracking
from flighttime import verdict
from flighttime.certificates import Certificate
from flighttime.certificates import Check
from flighttime.errors import Refused
from flighttime.features import FEATURES
from flighttime.features import TARGET

RULE = {
    "least_flights": 1000,
    "least_days": 5,
    "least_gain": 0.05,
    "most_over_median": 1.25,
    "slice_flights": 200,
    "slice_loss": 1.0,
    "most_megabytes": 50,
    "most_ms": 5,
}
NAN = math.nan
GOOD = [Check("signature", "by key 12…", "trusted", True)]


def made_up(challenger: float, median: float, champion: float | None, flights: int = 2000, days: int = 7) -> pd.DataFrame:
    """The errors of so many flights, alike but for one in ten, which VX flies."""
    errors = pd.DataFrame({"carrier": "UA", "origin": "EWR", "distance": 300.0}, index=range(flights))
    errors.loc[errors.index % 10 == 0, "carrier"] = "VX"
    errors["date"] = pd.Timestamp("2013-03-01") + pd.to_timedelta(errors.index % days, unit="D")
    errors = errors.assign(challenger=float(challenger), **{"route median": float(median)})
    return errors if champion is None else errors.assign(champion=float(champion))


def windy(gain: float, luck: float) -> pd.DataFrame:
    """A challenger that is better by so many minutes in the mean, but by so many more or less from day to day."""
    errors = made_up(8, 9, 8 + gain, 2100)
    by_day = np.array([-3, -2, -1, 0, 1, 2, 3]) * luck
    return errors.assign(champion=errors["champion"] + by_day[errors.index % 7])


@pytest.fixture
def other_models(monkeypatch: pytest.MonkeyPatch) -> None:
    """Champion and challenger are not the same model, whatever lies there."""
    monkeypatch.setattr(certify, "same_model", lambda version, other: False)


def decided(errors: pd.DataFrame) -> Certificate:
    champion = "1" if "champion" in errors else None
    return certify.decide("2", champion, errors, RULE)


@pytest.mark.parametrize(
    ("errors", "outcome", "reason"),
    [
        (made_up(8, 9, 10), "PROMOTE", "error 8.00, better than the champion's 10.00 by 2.00 (2.00 to 2.00)"),
        (made_up(8, 9, None), "PROMOTE", "error 8.00, and there is no champion yet"),
        (made_up(8, 9, NAN), "PROMOTE", "error 8.00, and the champion does not answer for every flight"),
        (made_up(8, 9, 7), "REJECT", "error 8.00, worse than the champion's 7.00 by 1.00 (1.00 to 1.00)"),
        (windy(-0.1, 1), "REJECT", "error 8.00, worse than the champion's 7.90 by 0.10 (-1.33 to 1.53)"),
        (made_up(8, 6, 7), "REJECT", "error 8.00, over 1.25 times the route median's 6.00"),
        (made_up(8, 6, 7.49), "REJECT", "error 8.00, over 1.25 times the route median's 6.00"),
        (made_up(8, 6, None), "REJECT", "error 8.00, over 1.25 times the route median's 6.00"),
        (made_up(8, 6, NAN), "REJECT", "error 8.00, over 1.25 times the route median's 6.00"),
        (made_up(9.19, 7.3, 12.77), "PROMOTE", "error 9.19, better than the champion's 12.77 by 3.58 (3.58 to 3.58)"),
        (made_up(NAN, 9, 10), "REJECT", "it does not answer for every flight"),
        (made_up(NAN, 9, None), "REJECT", "it does not answer for every flight"),
        (made_up(8, 9, 8), "TIE", "error 8.00, as good as the champion's 8.00: not worth a change"),
        (made_up(8, 9, 8.04), "TIE", "error 8.00, as good as the champion's 8.04: not worth a change"),
        (made_up(8, 9, 7.96), "TIE", "error 8.00, as good as the champion's 7.96: not worth a change"),
        (windy(0.5, 1), "TIE", "error 8.00, better than the champion's 8.50 by 0.50 (-0.93 to 1.93), which may be chance"),
        (windy(0.5, 0.2), "PROMOTE", "error 8.00, better than the champion's 8.50 by 0.50 (0.21 to 0.79)"),
        (made_up(8, 9, 10, 999), "INSUFFICIENT DATA", "999 flights that no model has seen, 1000 are needed"),
        (made_up(8, 9, None, 0), "INSUFFICIENT DATA", "0 flights that no model has seen, 1000 are needed"),
        (made_up(8, 9, 10, 0), "INSUFFICIENT DATA", "0 flights that no model has seen, 1000 are needed"),
        (made_up(8, 9, 10, days=4), "INSUFFICIENT DATA", "4 days that no model has seen, 5 are needed"),
        (
            made_up(8, NAN, 10),
            "INSUFFICIENT DATA",
            "the route median, to compare with, is not known for every flight",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_case_has_its_outcome_and_its_reason(
    errors: pd.DataFrame,
    outcome: str,
    reason: str,
    other_models: None,
) -> None:
    certificate = decided(errors)

    assert (certificate.outcome, certificate.reason) == (outcome, reason)
    assert certificate.promoted == (outcome == "PROMOTE")


def test_one_flight_without_an_answer_is_enough(other_models: None) -> None:
    errors = made_up(1, 9, 10)
    errors.loc[7, "challenger"] = NAN

    assert decided(errors).outcome == "REJECT"


def test_better_on_the_whole_but_worse_on_a_slice_is_rejected_with_its_name(other_models: None) -> None:
    # As it was on 25 October 2013, where a refit won 0.10 minutes on the whole and lost the West Coast.
    errors = made_up(8.47, 9, 8.57)
    errors["distance"] = errors["distance"].mask(errors["carrier"] == "VX", 2475.0)
    errors.loc[errors["carrier"] == "VX", ["champion", "challenger"]] = [10.69, 16.95]
    errors.loc[errors["carrier"] == "UA", "challenger"] = 8.47 - 0.95

    certificate = decided(errors)

    assert certificate.outcome == "REJECT"
    assert certificate.reason.startswith("error 8.46 against 8.78, but worse for ")
    for name in ("carrier/VX (10.69 to 16.95)", "miles/2000-6000 (10.69 to 16.95)"):
        assert name in certificate.reason


@pytest.mark.parametrize(
    ("flights", "error"),
    [(1990, 11.5), (2000, 11.0)],
    ids=["too small a slice", "not worse by more than the rule allows"],
)
def test_a_slice_counts_only_if_it_is_large_and_clearly_worse(flights: int, error: float, other_models: None) -> None:
    errors = made_up(8, 9, 10, flights)
    errors.loc[errors["carrier"] == "VX", "challenger"] = error

    assert decided(errors).outcome == "PROMOTE"


def test_the_numbers_are_given_and_what_is_no_number_is_none(other_models: None) -> None:
    certificate = decided(made_up(NAN, 9, 10))

    assert certificate.mean_errors == {"challenger": None, "route median": 9, "champion": 10}
    assert certificate.flights == 2000
    assert certificate.gain == {"minutes": None, "low": None, "high": None}
    vx = {"slice": "carrier/VX", "flights": 200, "challenger": None, "champion": 10, "route median": 9}
    assert [one for one in certificate.slices if one["slice"] == "carrier/VX"] == [vx]


@pytest.mark.parametrize("errors", [made_up(8, 9, 10, 0), made_up(NAN, NAN, NAN), made_up(8, 9, None)])
def test_each_number_has_its_limit_also_where_there_is_no_number(errors: pd.DataFrame, other_models: None) -> None:
    names = [check.name for check in decided(errors).checks]

    assert names == ["flights", "days", "error against the route median's", "gain on the champion", "worst slice"]


def test_a_week_that_is_drawn_has_whole_days() -> None:
    days = pd.Series(np.repeat(range(7), 1000))
    same_each_day = pd.Series(np.tile([5.0, -5.0], 3500))
    by_day = pd.Series(np.repeat([5.0, -5.0, 5.0, -5.0, 5.0, -5.0, 0.0], 1000))

    assert bootstrap.interval(same_each_day, days) == (0, 0)
    low, high = bootstrap.interval(by_day, days)
    assert low < -2 and high > 2
    assert bootstrap.interval(by_day, days) == (low, high)


def test_the_interval_agrees_with_an_independent_reckoning() -> None:
    chance = np.random.default_rng(7)
    days = pd.Series(chance.integers(0, 20, 3000))
    gains = days.map(dict(enumerate(chance.normal(0.5, 1, 20)))) + chance.normal(0, 3, 3000)

    by_day = [gains[days == day] for day in range(20)]
    weeks = [np.mean(np.concatenate([by_day[day] for day in chance.integers(0, 20, 20)])) for _ in range(1000)]
    assert bootstrap.interval(gains, days) == pytest.approx(np.quantile(weeks, [0.025, 0.975]), abs=0.1)


def test_the_rule_stands_in_the_settings() -> None:
    assert settings.tuned("certify").keys() == RULE.keys()


@pytest.fixture
def packaged(monkeypatch: pytest.MonkeyPatch, other_models: None) -> None:
    """Version 2 is a package with which all is well, against champion 1."""
    monkeypatch.setattr(certify.production, "released", lambda: "1")
    monkeypatch.setattr(checks, "of_package", lambda version, rule: list(GOOD))
    monkeypatch.setattr(staging, "trial", lambda version: [])


@pytest.mark.parametrize(
    "errors",
    [made_up(8, 9, 10), made_up(8, 9, 7), made_up(8, 9, 8), made_up(8, 9, 10, 9), made_up(NAN, NAN, NAN)],
    ids=["PROMOTE", "REJECT", "TIE", "INSUFFICIENT DATA", "NaN"],
)
def test_every_outcome_is_a_success_in_the_ledger_with_a_certificate(
    errors: pd.DataFrame,
    packaged: None,
    today: date,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture,
) -> None:
    monkeypatch.setattr(certify, "holdout_errors", lambda version, champion: errors)
    monkeypatch.setattr("sys.argv", ["certify", "--version", "2"])

    steps.run(certify.main, certify.parser())

    said = capsys.readouterr()
    certificate = certificates.read("2")
    expected = decided(errors)
    assert (certificate.outcome, certificate.reason) == (expected.outcome, expected.reason)
    assert certificate.checks[: len(expected.checks) + 1] == expected.checks + GOOD
    assert ("staging" in [check.name for check in certificate.checks]) == certificate.promoted
    assert said.err == ""
    table, results = said.out.splitlines()[:-3], said.out.splitlines()[-3:]
    assert len(table) == len(certificate.checks)
    assert results == [
        f"version 2: {certificate.outcome}, {certificate.reason}",
        f"outcome: {certificate.outcome}",
        f"promoted: {str(certificate.promoted).lower()}",
    ]
    (entry,) = ledger.entries()
    expected = {"day": f"{today}", "decision": certificate.outcome, "version": "2", "reason": certificate.reason}
    assert expected.items() <= entry.items()


def test_a_certificate_is_valid_json_though_a_number_is_missing(
    packaged: None,
    today: date,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(certify, "holdout_errors", lambda version, champion: made_up(NAN, NAN, None))

    certify.certify("2", today)

    def refuse(constant: str) -> None:
        pytest.fail(f"{constant} is no JSON")

    json.loads(certificates.place("2").read_text("utf-8"), parse_constant=refuse)


@pytest.mark.parametrize(
    ("limit", "reason"),
    [("most_megabytes", r"size: 0\.\d+ MB \(at most 0 MB\)"), ("most_ms", r"latency: \d\.\d+ ms a flight \(at most 0 ms\)")],
)
def test_a_package_that_is_too_large_or_too_slow_is_rejected(
    settled: Path,
    limit: str,
    reason: str,
) -> None:
    certificate = certify.examine("1", None, RULE | {limit: 0})

    assert certificate.outcome == "REJECT"
    assert re.fullmatch(reason, certificate.reason)


def test_a_package_that_was_tampered_with_is_rejected_and_not_opened_any_further(contest: Path) -> None:
    (package.place("2") / "trees.treelite").write_bytes(b"more trees")

    certificate = certify.certify("2", date(2013, 3, 15))

    assert certificate.outcome == "REJECT"
    assert "trees.treelite is not what was packaged" in certificate.reason
    assert certificate.mean_errors == {}


def test_what_is_wrong_in_staging_is_the_reason_for_a_rejection(contest: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staging, "asked", lambda version: [f"version {version} answers 7", "the page is gone"])

    certificate = certify.certify("2", date(2013, 3, 15))

    assert certificate.outcome == "REJECT"
    assert certificate.reason.startswith("staging: version 2 answers 7; the page is gone")


def test_challenger_champion_and_median_are_measured_on_the_same_flights(contest: Path) -> None:
    certificate = certify.certify("2", date(2013, 3, 15))

    holdout = ingest.read().query("'2013-03-08' <= date < '2013-03-15' and air_time.notna()")
    challenger, champion = (tracking.load(version).predict(holdout[FEATURES]) for version in ("2", "1"))
    median = baseline.route_median(ingest.read(), date(2013, 3, 8), holdout)
    assert certificate.flights == len(holdout)
    assert certificate.mean_errors == {
        "challenger": pytest.approx(mean_absolute_error(holdout[TARGET], challenger)),
        "champion": pytest.approx(mean_absolute_error(holdout[TARGET], champion)),
        "route median": pytest.approx(mean_absolute_error(holdout[TARGET], median)),
    }
    assert (certificate.outcome, certificate.champion) == ("PROMOTE", "1")
    means = certificate.mean_errors
    assert certificate.gain["minutes"] == pytest.approx(means["champion"] - means["challenger"])
    assert certificate.gain["low"] < certificate.gain["minutes"] < certificate.gain["high"]
    assert [one["slice"] for one in certificate.slices][-4:] == [f"miles/{band}" for band in slices.bands(pd.Series()).cat.categories]


def test_what_arrives_later_does_not_change_the_verdict(contest: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = certify.certify("2", date(2013, 3, 15))

    monkeypatch.setenv("FLIGHTTIME_TODAY", "2013-03-20")
    ingest.update(date(2013, 3, 20))

    again = certify.certify("2", date(2013, 3, 20))
    assert replace(again, checks=[]) == replace(first, checks=[])


def test_the_same_model_again_is_a_tie(contest: Path) -> None:
    certificate = certify.certify("1", date(2013, 3, 15))

    assert (certificate.outcome, certificate.reason) == ("TIE", "it is the champion's own model")
    assert certificate.mean_errors["challenger"] == certificate.mean_errors["champion"]


def test_flights_that_the_champion_has_learned_from_prove_nothing(contest: Path) -> None:
    certify.production.switch_to("2")

    certificate = certify.certify("1", date(2013, 3, 15))

    assert certificate.outcome == "INSUFFICIENT DATA"
    assert certificate.flights == 0


def test_a_version_without_a_package_is_refused(contest: Path) -> None:
    certify.package.place("2").rename(contest / "gone")

    with pytest.raises(Refused, match="there is no package .* python -m flighttime.package --version 2"):
        certify.certify("2", date(2013, 3, 15))

    assert not certificates.place("2").exists()
