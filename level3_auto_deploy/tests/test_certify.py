"""The gate's rule, case by case, and the gate at work on two real models."""

import json
import math
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from sklearn.metrics import mean_absolute_error

from flighttime import baseline
from flighttime import certify
from flighttime import ingest
from flighttime import ledger
from flighttime import settings
from flighttime import steps
from flighttime import tracking
from flighttime.certify import Certificate
from flighttime.errors import Refused
from flighttime.features import FEATURES
from flighttime.features import TARGET

RULE = {
    "least_flights": 1000,
    "least_gain": 0.05,
    "most_over_median": 1.25,
    "slice_flights": 200,
    "slice_loss": 1.0,
}
NAN = math.nan


def made_up(challenger: float, median: float, champion: float | None, flights: int = 2000) -> pd.DataFrame:
    """The errors of so many flights, alike but for one in ten, which VX flies."""
    errors = pd.DataFrame({"carrier": "UA", "origin": "EWR", "band": "near"}, index=range(flights))
    errors.loc[errors.index % 10 == 0, "carrier"] = "VX"
    errors = errors.assign(challenger=float(challenger), **{"route median": float(median)})
    return errors if champion is None else errors.assign(champion=float(champion))


def decided(errors: pd.DataFrame) -> Certificate:
    champion = "1" if "champion" in errors else None
    return certify.decide("2", champion, errors, RULE)


@pytest.mark.parametrize(
    ("errors", "outcome", "reason"),
    [
        (made_up(8, 9, 10), "PROMOTE", "error 8.00, better than the champion's 10.00"),
        (made_up(8, 9, None), "PROMOTE", "error 8.00, and there is no champion yet"),
        (made_up(8, 9, NAN), "PROMOTE", "error 8.00, and the champion does not answer for every flight"),
        (made_up(8, 9, 7), "REJECT", "error 8.00, worse than the champion's 7.00"),
        (made_up(8, 6, 10), "REJECT", "error 8.00, over 1.25 times the route median's 6.00"),
        (made_up(8, 6, None), "REJECT", "error 8.00, over 1.25 times the route median's 6.00"),
        (made_up(NAN, 9, 10), "REJECT", "it does not answer for every flight"),
        (made_up(NAN, 9, None), "REJECT", "it does not answer for every flight"),
        (made_up(8, 9, 8), "TIE", "error 8.00, as good as the champion's 8.00: not worth a change"),
        (made_up(8, 9, 8.04), "TIE", "error 8.00, as good as the champion's 8.04: not worth a change"),
        (made_up(8, 9, 7.96), "TIE", "error 8.00, as good as the champion's 7.96: not worth a change"),
        (made_up(8, 9, 10, 999), "INSUFFICIENT DATA", "999 flights that no model has seen, 1000 are needed"),
        (made_up(8, 9, None, 0), "INSUFFICIENT DATA", "0 flights that no model has seen, 1000 are needed"),
        (made_up(8, 9, 10, 0), "INSUFFICIENT DATA", "0 flights that no model has seen, 1000 are needed"),
        (
            made_up(8, NAN, 10),
            "INSUFFICIENT DATA",
            "the route median, to compare with, is not known for every flight",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_case_has_its_outcome_and_its_reason(errors: pd.DataFrame, outcome: str, reason: str) -> None:
    certificate = decided(errors)

    assert (certificate.outcome, certificate.reason) == (outcome, reason)
    assert certificate.promoted == (outcome == "PROMOTE")


def test_one_flight_without_an_answer_is_enough() -> None:
    errors = made_up(1, 9, 10)
    errors.loc[7, "challenger"] = NAN

    assert decided(errors).outcome == "REJECT"


def test_better_on_the_whole_but_worse_on_a_slice_is_rejected_with_its_name() -> None:
    errors = made_up(8, 9, 10)
    errors.loc[errors["carrier"] == "VX", "challenger"] = 11.5

    certificate = decided(errors)

    assert certificate.outcome == "REJECT"
    assert certificate.reason == "error 8.35 against 10.00, but worse for VX (10.00 to 11.50)"


@pytest.mark.parametrize(
    ("flights", "error"),
    [(1990, 11.5), (2000, 11.0)],
    ids=["too small a slice", "not worse by more than the rule allows"],
)
def test_a_slice_counts_only_if_it_is_large_and_clearly_worse(flights: int, error: float) -> None:
    errors = made_up(8, 9, 10, flights)
    errors.loc[errors["carrier"] == "VX", "challenger"] = error

    assert decided(errors).outcome == "PROMOTE"


def test_the_numbers_are_given_and_what_is_no_number_is_none() -> None:
    certificate = decided(made_up(NAN, 9, 10))

    assert certificate.mean_errors == {"challenger": None, "route median": 9, "champion": 10}
    assert certificate.flights == 2000


def test_the_rule_stands_in_the_settings() -> None:
    assert settings.tuned("certify").keys() == RULE.keys()


@pytest.mark.parametrize(
    "errors",
    [made_up(8, 9, 10), made_up(8, 9, 7), made_up(8, 9, 8), made_up(8, 9, 10, 9), made_up(NAN, NAN, NAN)],
    ids=["PROMOTE", "REJECT", "TIE", "INSUFFICIENT DATA", "NaN"],
)
def test_every_outcome_is_a_success_in_the_ledger_with_a_certificate(
    errors: pd.DataFrame,
    today: date,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture,
) -> None:
    monkeypatch.setattr(certify.production, "released", lambda: "1")
    monkeypatch.setattr(certify, "holdout_errors", lambda version, champion: errors)
    monkeypatch.setattr("sys.argv", ["certify", "--version", "2"])

    steps.run(certify.main, certify.parser())

    said = capsys.readouterr()
    certificate = certify.read("2")
    assert certificate == decided(errors)
    assert said.err == ""
    assert said.out.splitlines() == [
        f"version 2: {certificate.outcome}, {certificate.reason}",
        f"outcome: {certificate.outcome}",
        f"promoted: {str(certificate.promoted).lower()}",
    ]
    expected = {"day": f"{today}", "decision": certificate.outcome, "version": "2", "reason": certificate.reason}
    (entry,) = ledger.entries()
    assert expected.items() <= entry.items()


def test_a_certificate_is_valid_json_though_a_number_is_missing(
    today: date,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(certify.production, "released", lambda: None)
    monkeypatch.setattr(certify, "holdout_errors", lambda version, champion: made_up(NAN, NAN, None))

    certify.certify("2", today)

    def refuse(constant: str) -> None:
        pytest.fail(f"{constant} is no JSON")

    json.loads(certify.place("2").read_text("utf-8"), parse_constant=refuse)


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


def test_what_arrives_later_does_not_change_the_verdict(contest: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = certify.certify("2", date(2013, 3, 15))

    monkeypatch.setenv("FLIGHTTIME_TODAY", "2013-03-20")
    ingest.update(date(2013, 3, 20))

    assert certify.certify("2", date(2013, 3, 20)) == first


def test_the_same_model_again_is_a_tie(contest: Path) -> None:
    certificate = certify.certify("1", date(2013, 3, 15))

    assert certificate.outcome == "TIE"
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

    assert not certify.place("2").exists()
