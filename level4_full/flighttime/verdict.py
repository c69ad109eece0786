"""The gate's rules, as Check(name, value, passed, otherwise, reason): the first to fail decides."""

from math import isnan
from math import nan

import pandas as pd

from flighttime import metrics
from groundcrew import stats
from groundcrew.reports import Check

MODELS = ["challenger", "champion", "route median"]
PROMOTE, REJECT, TIE, INSUFFICIENT = "PROMOTE", "REJECT", "TIE", "INSUFFICIENT DATA"
CALL = "labels or features may be wrong, call a person"  # the gate calls when a reason ends so


def checks(errors: pd.DataFrame, rules: dict, certified: float = nan) -> list[Check]:
    """The rules on errors, in the order in which they decide; `rules` is [gate] of the settings.

    `errors` has a row a flight, with the absolute error in minutes of each of MODELS. A missing
    answer makes a mean NaN, so that no model gains by leaving out hard flights. `certified` is the
    champion's error on its own holdout. An error over `floor` is rejected, whatever the champion's.
    """
    error, champion, median = errors[MODELS].mean(skipna=False)
    flights, days, over = rules["min_flights"], rules["min_days"], rules["max_over_median"]
    seen = errors["date"].nunique()
    few = f"{len(errors)} flights that no model has seen, {flights} are needed"
    brief = f"{seen} days that no model has seen, {days} are needed"
    floor = min(rules["floor_over_median"] * median, rules["floor_over_certified"] * certified)
    high = f"error {error:.2f}, over {over} times the route median's {median:.2f}"
    if error > floor:
        high = f"error {error:.2f}, over the floor of {floor:.2f}: {CALL}"
    # If the champion exceeds the limit too, a rejection would only keep a bad one.
    acceptable = error <= floor and (error <= over * median or champion > over * median)
    found = [
        Check("flights", f"{len(errors):,}", len(errors) >= flights, INSUFFICIENT, few),
        Check("days", f"{seen}", seen >= days, INSUFFICIENT, brief),
        Check("median", f"{median:.2f}", not isnan(median), INSUFFICIENT, "no route median"),
        Check("answers", f"{error:.2f}", not isnan(error), REJECT, "some flights have no answer"),
        Check("over the median", f"{error / median:.2f} of {over} times", acceptable, REJECT, high),
    ]
    return found if isnan(champion) else found + against_champion(errors, rules)


def against_champion(errors: pd.DataFrame, rules: dict) -> list[Check]:
    """Worse by min_gain, or on a slice: REJECT. A gain below min_gain, or maybe by chance: TIE."""
    error, champion, _ = errors[MODELS].mean(skipna=False)
    gain, low, high = gains(errors)
    value, least = f"{gain:+.2f} minutes ({low:+.2f} to {high:+.2f})", rules["min_gain"]
    worse = f"worse than the champion's {champion:.2f} by {-gain:.2f} ({-high:.2f} to {-low:.2f})"
    tie = f"error {error:.2f}, as good as the champion's {champion:.2f}: not worth a change"
    loss = slice_errors(errors, rules["min_slice_flights"]).query(
        f"challenger - champion > {rules['max_slice_loss']}",
    )
    rows = loss[["champion", "challenger"]].itertuples()
    named = "; ".join(f"{name} ({old:.2f} to {new:.2f})" for name, old, new in rows)
    bad = f"error {error:.2f} against {champion:.2f}, but worse for {named}"
    return [
        Check("not worse", value, gain > -least, REJECT, f"error {error:.2f}, {worse}"),
        Check("slices", named or "none is worse", not named, REJECT, bad),
        Check("gain", f"{value}, at least {least}", gain >= least, TIE, tie),
        Check("not by chance", value, low > -rules["max_likely_loss"], TIE, summary(errors)),
    ]


def summary(errors: pd.DataFrame) -> str:
    error, champion, _ = errors[MODELS].mean(skipna=False)
    if isnan(champion):
        return f"error {error:.2f}, and no champion to compare with"
    gain, low, high = gains(errors)
    better = f"better than the champion's {champion:.2f} by {gain:.2f} ({low:.2f} to {high:.2f})"
    return f"error {error:.2f}, {better}" + (", which may be chance" if low <= 0 else "")


def gains(errors: pd.DataFrame) -> tuple[float, float, float]:
    """The champion's mean error less the challenger's, with its 95% confidence interval."""
    gain = errors["champion"] - errors["challenger"]
    return float(gain.mean(skipna=False)), *stats.mean_interval(gain, errors["date"])


def slice_errors(errors: pd.DataFrame, min_flights: float) -> pd.DataFrame:
    """Mean errors of each large slice, a row each, with its number of `flights`."""
    rows = {
        name: {"flights": len(flights), **flights[MODELS].mean(skipna=False)}
        for name, flights in metrics.slices(errors)
        if len(flights) >= min_flights
    }
    return pd.DataFrame.from_dict(rows, orient="index", columns=["flights", *MODELS])


def decide(found: list[Check], reason: str) -> tuple[str, str]:
    """The outcome and reason of the first check that is not passed; PROMOTE if all are."""
    for check in found:
        if not check.passed:
            return check.otherwise, check.reason
    return PROMOTE, reason
