"""The gate: certify a package against the champion, on flights that neither model has seen.

python -m flighttime.gate --version 7

PROMOTE, REJECT, TIE and INSUFFICIENT DATA are all successful runs, each with a reason.
"""

from datetime import date
from math import nan

import pandas as pd

from flighttime import package
from flighttime import smoke
from flighttime import tracking
from flighttime import verdict
from flighttime.certificates import require
from flighttime.features import FEATURES
from flighttime.features import TARGET
from groundcrew import certificates
from groundcrew import commands
from groundcrew import packages
from groundcrew import registry
from groundcrew import reports
from groundcrew import settings
from groundcrew.errors import UserError
from groundcrew.reports import Check


def certify(version: str, today: date, **changes: float) -> dict:
    """Judge a packaged version by the rules in [gate], with `changes`; returns the certificate."""
    rules, champion = settings.section("gate") | changes, registry.champion()
    found, reason, measured = package_checks(version, rules), "", {}
    subject = certificates.subject(package.path(version), champion, today, rules["valid_days"])
    if all(check.passed for check in found):
        errors = holdout_errors(version, champion)
        certified = registry.certified_error(champion) if champion else nan
        found += verdict.checks(errors, rules, certified)
        reason = verdict.summary(errors)
        slices = verdict.slice_errors(errors, rules["min_slice_flights"])
        measured = reports.measured(errors[verdict.MODELS], slices)
    if all(check.passed for check in found):
        found.append(staging_check(version))
    outcome, reason = verdict.decide(found, reason)
    call = {"call": f"version {version}: {reason}"} if reason.endswith(verdict.CALL) else {}
    about = {**subject, "outcome": outcome, "reason": reason, **measured}
    return certificates.issue(about, found, today, **call)


def certify_refit(version: str, certified: str, today: date) -> None:
    """Certify a refit: it learned from its holdout, so it inherits the verdict on `certified`.

    Raises UserError if the certificate of that version does not hold any more.
    """
    reason = require(certified, today, verdict.PROMOTE)["reason"]
    rules, folder = settings.section("gate"), package.path(version)
    subject = certificates.subject(folder, registry.champion(), today, rules["valid_days"])
    found = package_checks(version, rules)
    if all(check.passed for check in found):
        found.append(staging_check(version))
    outcome, reason = verdict.decide(found, f"version {certified}, refitted: {reason}")
    about = {**subject, "certified": certified, "outcome": outcome, "reason": reason}
    certificates.issue(about, found, today)


def package_checks(version: str, rules: dict) -> list[Check]:
    """Signature, size and latency of a package; raises UserError if there is no package."""
    folder = packages.require(package.path(version))
    try:
        model = package.load(version)
    except UserError as error:
        return [Check("signature", f"{error}", False, verdict.REJECT, f"{error}")]
    found = [Check("signature", "trusted, no byte altered", True, verdict.REJECT, "")]
    for name, value in packages.measure(folder, model, FEATURES).items():
        text = f"{value:.3f} {name}, at most {rules[f'max_{name}']}"
        found.append(Check(name, text, value <= rules[f"max_{name}"], verdict.REJECT, text))
    return found


def staging_check(version: str) -> Check:
    wrong = smoke.in_staging(version)
    return Check("staging", wrong or "no failure", not wrong, verdict.REJECT, wrong)


def holdout_errors(version: str, champion: str | None) -> pd.DataFrame:
    """Absolute errors by flight, on that part of the version's holdout that no model has seen."""
    holdout = tracking.holdout(version)
    errors = holdout[["date", "carrier", "origin", "distance"]].assign(champion=nan)
    errors["route median"] = holdout["route_median_error"].abs()
    models = {"challenger": version} | ({"champion": champion} if champion else {})
    for name, model in models.items():
        errors[name] = (package.load(model).predict(holdout[FEATURES]) - holdout[TARGET]).abs()
    learned_until = max(registry.lineage(model)["trained_until"] for model in models.values())
    return errors[errors["date"] > learned_until]


def main(*, version: str, today: commands.Today) -> None:
    certificate = certify(version, today)
    print(reports.as_text(certificate["checks"]))
    commands.summary(reports.as_markdown(certificate))
    commands.notice(f"version {version}: {certificate['outcome']}, {certificate['reason']}")
    commands.output("outcome", certificate["outcome"])
    commands.output("promoted", str(certificate["outcome"] == verdict.PROMOTE).lower())


if __name__ == "__main__":
    commands.run(main)
