"""Certify a packaged model against the champion, on the same flights, which neither has seen.

    python -m flighttime.certify --version 7

The outcome is PROMOTE, REJECT, TIE or INSUFFICIENT DATA. Each is a success of this step: the gate
has done its work. The rule stands in flighttime.toml.
"""

import argparse
from dataclasses import replace
from datetime import date
from math import isnan

import pandas as pd

from flighttime import baseline
from flighttime import certificates
from flighttime import checks
from flighttime import compiled
from flighttime import ingest
from flighttime import ledger
from flighttime import package
from flighttime import production
from flighttime import report
from flighttime import settings
from flighttime import steps
from flighttime import tracking
from flighttime import train
from flighttime import verdict
from flighttime.certificates import Certificate
from flighttime.features import FEATURES
from flighttime.features import TARGET


def certify(version: str, today: date) -> Certificate:
    """Compare a packaged version with the champion, try it, and write the outcome down."""
    champion = production.released()
    certificate = examine(version, champion, settings.tuned("certify"))
    certificates.keep(certificate)
    evidence = {"flights": certificate.flights, "mean_errors": certificate.mean_errors}
    ledger.record(today, certificate.outcome, version, reason=certificate.reason, evidence=evidence)
    return certificate


def examine(version: str, champion: str | None, rule: dict) -> Certificate:
    """First what costs least: who has failed already is not measured, and only who may be promoted is tried in staging."""
    found = checks.of_package(version, rule)
    if failed := [check for check in found if not check.passed]:
        return Certificate(version, champion, "REJECT", "; ".join(map(str, failed)), 0, {}, checks=found)
    certificate = decide(version, champion, holdout_errors(version, champion), rule)
    if certificate.promoted:
        found.append(tried := checks.in_staging(version))
        if not tried.passed:
            certificate = replace(certificate, outcome="REJECT", reason=f"{tried}")
    return replace(certificate, checks=[*certificate.checks, *found])


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
    errors = {name: (forecast - holdout[TARGET]).abs() for name, forecast in forecasts.items()}
    learned_until = max(tracking.lineage(model)["trained_until"] for model in (version, champion) if model)
    return holdout[["date", "carrier", "origin", "distance"]].assign(**errors)[holdout["date"] > learned_until]


def decide(version: str, champion: str | None, errors: pd.DataFrame, rule: dict) -> Certificate:
    """Apply the rule to the errors of every flight, absolute and in minutes."""
    found = verdict.weigh(errors, rule, same=champion is not None and same_model(version, champion))
    outcome, reason = verdict.judge(found, rule)
    gain = dict(zip(("minutes", "low", "high"), (found.gain, *found.interval), strict=True))
    means, gain, *slices = [known(numbers) for numbers in (found.means, gain, *found.slices)]
    return Certificate(version, champion, outcome, reason, found.flights, means, gain, slices, verdict.checks(found, rule))


def known(numbers: dict) -> dict:
    """JSON has no word for what is no number."""
    return {name: None if isinstance(value, float) and isnan(value) else value for name, value in numbers.items()}


def same_model(version: str, other: str) -> bool:
    one, two = (package.manifest(package.place(name)) for name in (version, other))
    return all(one.get(part) == two.get(part) for part in (compiled.TREES, compiled.ENCODING))


def main(arguments: argparse.Namespace) -> None:
    certificate = certify(arguments.version, arguments.today)
    print(report.text(certificate))
    steps.summary(report.markdown(certificate))
    steps.notice(f"version {certificate.version}: {certificate.outcome}, {certificate.reason}")
    steps.output("outcome", certificate.outcome)
    steps.output("promoted", str(certificate.promoted).lower())


def parser() -> argparse.ArgumentParser:
    parser = steps.parser(__doc__)
    parser.add_argument("--version", required=True, help="the number of a packaged version")
    return parser


if __name__ == "__main__":
    steps.run(main, parser())
