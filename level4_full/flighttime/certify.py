"""Certify a packaged model against the champion, on the same flights, which neither has seen.

    python -m flighttime.certify --version 7

The outcome is PROMOTE, REJECT, TIE or INSUFFICIENT DATA. Each is a success of this step: the gate
has done its work. The rule stands in flighttime.toml.
"""

import argparse
import json
from dataclasses import asdict
from dataclasses import dataclass
from dataclasses import field
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

MILES = [0, 500, 1000, 2000, 6000]


@dataclass(frozen=True)
class Certificate:
    """What was decided about a version, why, and on which numbers (mean errors, in minutes)."""

    version: str
    champion: str | None
    outcome: str
    reason: str
    flights: int
    mae: float
    champion_mae: float | None
    route_median_mae: float
    worse_slices: list[str] = field(default_factory=list)

    @property
    def promoted(self) -> bool:
        return self.outcome == "PROMOTE"


def certify(version: str) -> Certificate:
    """Compare a packaged version with the champion on the version's own holdout, and write the outcome down."""
    lineage = tracking.lineage(version)
    errors = holdout_errors(version, lineage)
    certificate = decide(version, production.champion(), errors, settings.tuned("certify"))
    files.write_whole(place(version), lambda path: package.write(path, asdict(certificate)))
    ledger.record(lineage["today"], certificate.outcome, version, reason=certificate.reason)
    return certificate


def holdout_errors(version: str, lineage: dict) -> pd.DataFrame:
    """The holdout's flights with the absolute errors of challenger, champion (if any) and route median."""
    table = ingest.read(lineage["data_version"])
    _, holdout = train.split(table, lineage["today"])
    forecasts = {
        "challenger": package.load(version).predict(holdout[FEATURES]),
        "median": baseline.route_median(table, holdout["date"].min().date(), holdout),
    }
    if champion := production.champion():
        forecasts["champion"] = package.load(champion).predict(holdout[FEATURES])
    bands = pd.cut(holdout["distance"], MILES).astype("str") + " miles"
    errors = {name: (forecast - holdout[TARGET]).abs() for name, forecast in forecasts.items()}
    return holdout[["carrier", "origin"]].assign(band=bands, **errors)


def decide(version: str, champion: str | None, errors: pd.DataFrame, rule: dict) -> Certificate:
    """Apply the rule to the errors of every flight of the holdout."""
    means = errors[["challenger", "median"]].mean()
    champion_mae = float(errors["champion"].mean()) if champion else None
    worse = worse_slices(errors, rule) if champion else []
    outcome, reason = judge(len(errors), means["challenger"], means["median"], champion_mae, worse, rule)
    return Certificate(
        version,
        champion,
        outcome,
        reason,
        len(errors),
        float(means["challenger"]),
        champion_mae,
        float(means["median"]),
        worse,
    )


def judge(
    flights: int,
    mae: float,
    median_mae: float,
    champion_mae: float | None,
    worse: list[str],
    rule: dict,
) -> tuple[str, str]:
    """The outcome and a sentence that says why."""
    if flights < rule["least_flights"]:
        return "INSUFFICIENT DATA", f"{flights} new flights, {rule['least_flights']} are needed"
    if not mae <= rule["most_over_median"] * median_mae:
        return "REJECT", f"error {mae:.2f}, over {rule['most_over_median']} times the route median's {median_mae:.2f}"
    if champion_mae is None:
        return "PROMOTE", f"error {mae:.2f}, and there is no champion yet"
    if abs(champion_mae - mae) < rule["least_gain"]:
        return "TIE", f"error {mae:.2f}, as good as the champion's {champion_mae:.2f}: not worth a change"
    if mae > champion_mae:
        return "REJECT", f"error {mae:.2f}, worse than the champion's {champion_mae:.2f}"
    if worse:
        return "REJECT", f"error {mae:.2f} against {champion_mae:.2f}, but worse for {'; '.join(worse)}"
    return "PROMOTE", f"error {mae:.2f}, better than the champion's {champion_mae:.2f}"


def worse_slices(errors: pd.DataFrame, rule: dict) -> list[str]:
    """The slices on which the challenger loses more than the rule allows."""
    found = []
    for column in ("carrier", "origin", "band"):
        slices = errors.groupby(column)[["challenger", "champion"]].agg(["mean", "size"])
        for name, row in slices.iterrows():
            before, after = row["champion", "mean"], row["challenger", "mean"]
            if row["champion", "size"] >= rule["slice_flights"] and after - before > rule["slice_loss"]:
                found.append(f"{name} ({before:.2f} to {after:.2f})")
    return found


def read(version: str) -> Certificate:
    """The certificate of a version; raises Refused if it was never certified."""
    if not place(version).exists():
        raise Refused(f"version {version} was not certified: run python -m flighttime.certify --version {version}")
    return Certificate(**json.loads(place(version).read_text(encoding="utf-8")))


def place(version: str) -> Path:
    return settings.runs() / "certificates" / f"{version}.json"


def main(arguments: argparse.Namespace) -> None:
    certificate = certify(arguments.version)
    steps.notice(f"version {certificate.version}: {certificate.outcome}, {certificate.reason}")
    steps.output("outcome", certificate.outcome)
    steps.output("promoted", str(certificate.promoted).lower())


def parser() -> argparse.ArgumentParser:
    parser = steps.parser(__doc__)
    parser.add_argument("--version", required=True, help="the number of a packaged version")
    return parser


if __name__ == "__main__":
    steps.run(main, parser())
