"""Certify a packaged model against the champion, on the same flights, which neither has seen.

    python -m flighttime.certify --version 7

The outcome is PROMOTE, REJECT, TIE or INSUFFICIENT DATA. Each is a success of this step: the gate
has done its work. The rule stands in flighttime.toml.
"""

import argparse
import json
from dataclasses import asdict
from dataclasses import dataclass
from datetime import date
from math import isnan
from pathlib import Path

import pandas as pd

from flighttime import baseline
from flighttime import files
from flighttime import ingest
from flighttime import ledger
from flighttime import package
from flighttime import production
from flighttime import settings
from flighttime import steps
from flighttime import tracking
from flighttime import train
from flighttime.errors import Refused
from flighttime.features import FEATURES
from flighttime.features import TARGET

SLICES = ["carrier", "origin", "band"]
MILES = [0, 500, 1000, 2000, 6000]


@dataclass(frozen=True)
class Certificate:
    """What was decided about a version, why, and on which numbers: mean errors in minutes, None where there is none."""

    version: str
    champion: str | None
    outcome: str
    reason: str
    flights: int
    mean_errors: dict[str, float | None]

    @property
    def promoted(self) -> bool:
        return self.outcome == "PROMOTE"


def certify(version: str, today: date) -> Certificate:
    """Compare a packaged version with the champion, and write the outcome down."""
    champion = production.released()
    certificate = decide(version, champion, holdout_errors(version, champion), settings.tuned("certify"))
    files.write_whole(place(version), lambda path: package.write(path, asdict(certificate)))
    ledger.record(today, certificate.outcome, version, reason=certificate.reason)
    return certificate


def holdout_errors(version: str, champion: str | None) -> pd.DataFrame:
    """The new flights of the version's holdout, with the errors of challenger, champion (if any) and route median."""
    lineage = tracking.lineage(version)
    table = ingest.read(lineage["data_version"], since=train.first_day(lineage["today"]))
    _, holdout = train.split(table, lineage["today"])
    forecasts = {
        "challenger": package.load(version).predict(holdout[FEATURES]),
        "route median": baseline.route_median(table, holdout["date"].min().date(), holdout),
    }
    if champion:
        forecasts["champion"] = package.load(champion).predict(holdout[FEATURES])
    bands = pd.cut(holdout["distance"], MILES).astype("str") + " miles"
    errors = {name: (forecast - holdout[TARGET]).abs() for name, forecast in forecasts.items()}
    learned_until = max(tracking.lineage(model)["trained_until"] for model in (version, champion) if model)
    return holdout[["carrier", "origin"]].assign(band=bands, **errors)[holdout["date"] > learned_until]


def decide(version: str, champion: str | None, errors: pd.DataFrame, rule: dict) -> Certificate:
    """Apply the rule to the errors of every flight, absolute and in minutes."""
    # A flight without an answer makes the mean NaN: nobody shall win by leaving out the hard ones.
    means = errors.drop(columns=SLICES).mean(skipna=False).to_dict()
    outcome, reason = judge(len(errors), means, worse_slices(errors, rule) if champion else [], rule)
    known = {name: None if isnan(mean) else mean for name, mean in means.items()}
    return Certificate(version, champion, outcome, reason, len(errors), known)


def judge(flights: int, means: dict[str, float], worse: list[str], rule: dict) -> tuple[str, str]:
    """The outcome and a sentence that says why."""
    error, median, champion = means["challenger"], means["route median"], means.get("champion")
    if flights < rule["least_flights"]:
        return "INSUFFICIENT DATA", f"{flights} flights that no model has seen, {rule['least_flights']} are needed"
    if isnan(median):
        return "INSUFFICIENT DATA", "the route median, to compare with, is not known for every flight"
    if isnan(error):
        return "REJECT", "it does not answer for every flight"
    if error > rule["most_over_median"] * median:
        return "REJECT", f"error {error:.2f}, over {rule['most_over_median']} times the route median's {median:.2f}"
    if champion is None:
        return "PROMOTE", f"error {error:.2f}, and there is no champion yet"
    if isnan(champion):
        return "PROMOTE", f"error {error:.2f}, and the champion does not answer for every flight"
    if abs(champion - error) < rule["least_gain"]:
        return "TIE", f"error {error:.2f}, as good as the champion's {champion:.2f}: not worth a change"
    if error > champion:
        return "REJECT", f"error {error:.2f}, worse than the champion's {champion:.2f}"
    if worse:
        return "REJECT", f"error {error:.2f} against {champion:.2f}, but worse for {'; '.join(worse)}"
    return "PROMOTE", f"error {error:.2f}, better than the champion's {champion:.2f}"


def worse_slices(errors: pd.DataFrame, rule: dict) -> list[str]:
    """The slices on which the challenger loses more than the rule allows."""
    found = []
    for column in SLICES:
        slices = errors.groupby(column)[["challenger", "champion"]].agg(["mean", "size"])
        for name, row in slices.iterrows():
            before, after = row["champion", "mean"], row["challenger", "mean"]
            if row["champion", "size"] >= rule["slice_flights"] and after - before > rule["slice_loss"]:
                found.append(f"{name} ({before:.2f} to {after:.2f})")
    return found


def promotion(version: str) -> Certificate:
    """The certificate that allows a version's release; raises Refused if it has none that still holds."""
    certificate, champion = read(version), production.released()
    if version == champion:
        raise Refused(f"version {version} is the champion already: there is nothing to release")
    if not certificate.promoted:
        raise Refused(f"version {version} was certified as {certificate.outcome} ({certificate.reason}): train another")
    if certificate.champion != champion:
        raise Refused(
            f"version {version} was compared with champion {certificate.champion}, and now it is {champion}: "
            f"run python -m flighttime.certify --version {version}",
        )
    return certificate


def read(version: str) -> Certificate:
    """The certificate of a version; raises Refused if it was never certified."""
    if not place(version).exists():
        raise Refused(f"version {version} was not certified: run python -m flighttime.certify --version {version}")
    return Certificate(**json.loads(place(version).read_text(encoding="utf-8")))


def place(version: str) -> Path:
    return settings.runs() / "certificates" / f"{version}.json"


def main(arguments: argparse.Namespace) -> None:
    certificate = certify(arguments.version, arguments.today)
    steps.notice(f"version {certificate.version}: {certificate.outcome}, {certificate.reason}")
    steps.output("outcome", certificate.outcome)
    steps.output("promoted", str(certificate.promoted).lower())


def parser() -> argparse.ArgumentParser:
    parser = steps.parser(__doc__)
    parser.add_argument("--version", required=True, help="the number of a packaged version")
    return parser


if __name__ == "__main__":
    steps.run(main, parser())
