"""The gate: each outcome with its reason, on flights that no model has seen."""

from datetime import date
from math import nan
from pathlib import Path

import pandas as pd
import pytest
from sklearn.metrics import mean_absolute_error

from flighttime import baseline
from flighttime import gate
from flighttime import ingest
from flighttime import smoke
from flighttime import tracking
from flighttime import verdict
from flighttime.features import FEATURES
from groundcrew import certificates
from groundcrew import commands
from groundcrew import files
from groundcrew import ledger
from groundcrew import registry
from groundcrew import settings

TODAY = date(2013, 2, 22)


def errors(
    challenger: float, median: float, champion: float = nan, flights: int = 2000, days: int = 7
) -> pd.DataFrame:
    """Flights that all have the same errors; one in ten is by VX to the West Coast."""
    number = pd.Series(range(flights))
    west = number % 10 == 0
    rows = {
        "date": pd.Timestamp("2013-03-01") + pd.to_timedelta(number % days, unit="D"),
        "carrier": west.map({True: "VX", False: "UA"}),
        "origin": "EWR",
        "distance": west.map({True: 2475.0, False: 300.0}),
    }
    means = {"challenger": challenger, "champion": champion, "route median": median}
    return pd.DataFrame(rows | means).astype(dict.fromkeys(means, float))


def uneven(gain: float, spread: float) -> pd.DataFrame:
    """A challenger whose gain differs from day to day, by up to 3 times `spread` minutes."""
    flights = errors(8, 9, 8 + gain, 2100)
    by_day = (flights.index % 7 - 3) * spread
    return flights.assign(champion=flights["champion"] + by_day)


def decide(flights: pd.DataFrame) -> tuple[str, str]:
    rules = settings.section("gate")
    return verdict.decide(verdict.checks(flights, rules), verdict.summary(flights))


CASES = [
    (errors(8, 9, 10), "PROMOTE", "better than the champion's 10.00 by 2.00 (2.00 to 2.00)"),
    (uneven(0.5, 0.2), "PROMOTE", "better than the champion's 8.50 by 0.50 (0.21 to 0.79)"),
    (errors(8, 9), "PROMOTE", "error 8.00, and no champion to compare with"),
    # A champion that is over the limit too does not keep a better model out,
    (errors(9.19, 7.3, 12.77), "PROMOTE", "better than the champion's 12.77 by 3.58"),
    # but over the floor none is released: the labels may be wrong.
    (errors(48.81, 7.83, 58.49), "REJECT", "error 48.81, over the floor of 15.66: labels or"),
    (errors(8, 9, 7), "REJECT", "worse than the champion's 7.00 by 1.00 (1.00 to 1.00)"),
    (uneven(-0.1, 1), "REJECT", "worse than the champion's 7.90 by 0.10 (-1.33 to 1.53)"),
    (errors(8, 6, 7.49), "REJECT", "error 8.00, over 1.25 times the route median's 6.00"),
    (errors(1, 9, 10).assign(challenger=[nan] + 1999 * [1.0]), "REJECT", "have no answer"),
    (errors(8, 9, 8.04), "TIE", "as good as the champion's 8.04: not worth a change"),
    (uneven(0.5, 1), "TIE", "the champion's 8.50 by 0.50 (-0.93 to 1.93), which may be chance"),
    (errors(8, 9, 10, flights=999), "INSUFFICIENT DATA", "999 flights that no model has seen"),
    (errors(8, 9, 10, days=4), "INSUFFICIENT DATA", "4 days that no model has seen"),
    (errors(8, nan, 10), "INSUFFICIENT DATA", "no route median"),
]


@pytest.mark.parametrize(("flights", "outcome", "reason"), CASES)
def test_the_errors_decide_the_outcome(flights: pd.DataFrame, outcome: str, reason: str) -> None:
    found, text = decide(flights)

    assert found == outcome
    assert reason in text


@pytest.mark.parametrize("champion", [8.57, 8.22], ids=["better on the whole", "as good"])
def test_a_model_that_is_worse_for_a_slice_is_rejected_with_its_name(champion: float) -> None:
    # The shape of 25 October 2013: a refit won on the whole, and lost the West Coast.
    flights = errors(7.52, 9, champion)
    flights.loc[flights["carrier"] == "VX", ["champion", "challenger"]] = [10.69, 16.95]

    outcome, reason = decide(flights)

    slices = "carrier/VX (10.69 to 16.95); miles/2000-6000 (10.69 to 16.95)"
    assert outcome == "REJECT"
    assert reason.endswith(f", but worse for {slices}")


def test_all_are_measured_on_the_same_flights_that_no_model_has_seen(candidate: Path) -> None:
    certificate = files.read_json(certificates.path("2"))

    table = ingest.TABLE.read().dropna(subset=["air_time"])
    unseen = table[table["date"].between("2013-02-15", "2013-02-21")]
    minutes = {
        "challenger": tracking.load("2").predict(unseen[FEATURES]),
        "champion": tracking.load("1").predict(unseen[FEATURES]),
        "route median": baseline.route_median(table, date(2013, 2, 15), unseen),
    }
    for name, found in minutes.items():
        error = mean_absolute_error(unseen["air_time"], found)
        assert certificate["mean_errors"][name] == pytest.approx(error)
    assert (certificate["flights"], certificate["outcome"]) == (len(unseen), "PROMOTE")


def test_flights_that_the_champion_has_learned_from_prove_nothing(candidate: Path) -> None:
    registry.set_champion("2")

    certificate = gate.certify("1", TODAY)

    assert certificate["reason"].startswith("0 flights that no model has seen")


def test_a_refusal_is_a_successful_run_with_a_reason(
    candidate: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    monkeypatch.setattr(smoke, "in_staging", lambda version: "one flight: 7 minutes, not 8")
    monkeypatch.setattr("sys.argv", ["gate", "--version", "2"])

    commands.run(gate.main)

    outcome, promoted = capsys.readouterr().out.splitlines()[-2:]
    entry = ledger.entries()[-1]
    assert (outcome, promoted) == ("outcome: REJECT", "promoted: false")
    assert (entry["decision"], entry["reason"]) == ("REJECT", "one flight: 7 minutes, not 8")
