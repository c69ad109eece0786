"""The gate's rule: which of the four outcomes the errors on new flights amount to. Its numbers stand in flighttime.toml."""

from dataclasses import dataclass
from math import isnan
from math import nan

import pandas as pd

from flighttime import bootstrap
from flighttime import slices
from flighttime.certificates import Check

NAMES = ["challenger", "champion", "route median"]


@dataclass(frozen=True)
class Evidence:
    """Mean errors in minutes on flights that no model has seen: NaN where one has no answer. A gain is the champion's loss."""

    flights: int
    days: int
    means: dict[str, float]
    gain: float
    interval: tuple[float, float]
    slices: list[dict]
    same: bool = False

    @property
    def worst(self) -> dict | None:
        """The slice on which the challenger loses most against the champion; None where nothing can be compared."""
        compared = [one for one in self.slices if not isnan(one["challenger"] - one.get("champion", nan))]
        return max(compared, key=loss, default=None)


def loss(one: dict) -> float:
    return one["challenger"] - one["champion"]


def weigh(errors: pd.DataFrame, rule: dict, same: bool = False) -> Evidence:
    """The evidence in the errors of every flight, absolute and in minutes; `same` if champion and challenger are one model."""
    names = [name for name in NAMES if name in errors]
    # A flight without an answer makes the mean NaN: nobody shall win by leaving out the hard ones.
    means = errors[names].mean(skipna=False)
    gains = errors.get("champion", nan) - errors["challenger"]
    large = [
        {"slice": name, "flights": len(flights), **flights[names].mean(skipna=False).to_dict()}
        for name, flights in slices.sliced(errors)
        if len(flights) >= rule["slice_flights"]
    ]
    between = bootstrap.interval(gains, errors["date"])
    return Evidence(len(errors), errors["date"].nunique(), means.to_dict(), float(gains.mean(skipna=False)), between, large, same)


def judge(found: Evidence, rule: dict) -> tuple[str, str]:
    """The outcome and a sentence that says why, in this order:

    - the champion's own model is a TIE;
    - INSUFFICIENT DATA: flights or days are too few, or the route median is not known;
    - REJECT a challenger that does not answer for every flight;
    - the floor, `most_over_median` times the route median's error, holds where no champion answers, and for a champion that
      keeps it: REJECT what is over it. One that is over it itself is to be replaced by whatever is surely better;
    - where no champion answers, PROMOTE;
    - `least_gain` is what is worth a change. Worse by as much: REJECT, also in doubt, since to stay costs nothing. Less
      than that either way, or better with an interval that reaches zero: TIE;
    - REJECT what loses more than `slice_loss` on a slice; PROMOTE the rest.
    """
    error, median, champion = (found.means.get(name, nan) for name in ("challenger", "route median", "champion"))
    floor = rule["most_over_median"] * median
    if found.same:
        return "TIE", "it is the champion's own model"
    if found.flights < rule["least_flights"]:
        return "INSUFFICIENT DATA", f"{found.flights} flights that no model has seen, {rule['least_flights']} are needed"
    if found.days < rule["least_days"]:
        return "INSUFFICIENT DATA", f"{found.days} days that no model has seen, {rule['least_days']} are needed"
    if isnan(median):
        return "INSUFFICIENT DATA", "the route median, to compare with, is not known for every flight"
    if isnan(error):
        return "REJECT", "it does not answer for every flight"
    if error > floor and not champion > floor:
        return "REJECT", f"error {error:.2f}, over {rule['most_over_median']} times the route median's {median:.2f}"
    if isnan(champion):
        why = "the champion does not answer for every flight" if "champion" in found.means else "there is no champion yet"
        return "PROMOTE", f"error {error:.2f}, and {why}"
    low, high = found.interval
    told = f"the champion's {champion:.2f} by {found.gain:.2f} ({low:.2f} to {high:.2f})"
    if found.gain <= -rule["least_gain"]:
        return "REJECT", f"error {error:.2f}, worse than the champion's {champion:.2f} by {-found.gain:.2f} ({-high:.2f} to {-low:.2f})"
    if found.gain < rule["least_gain"]:
        return "TIE", f"error {error:.2f}, as good as the champion's {champion:.2f}: not worth a change"
    if low <= 0:
        return "TIE", f"error {error:.2f}, better than {told}, which may be chance"
    if worse := [one for one in found.slices if loss(one) > rule["slice_loss"]]:
        named = "; ".join(f"{one['slice']} ({one['champion']:.2f} to {one['challenger']:.2f})" for one in worse)
        return "REJECT", f"error {error:.2f} against {champion:.2f}, but worse for {named}"
    return "PROMOTE", f"error {error:.2f}, better than {told}"


def checks(found: Evidence, rule: dict) -> list[Check]:
    """Every number of the rule with its limit, for those who read the certificate."""
    median, champion = found.means["route median"], found.means.get("champion", nan)
    times, over = found.means["challenger"] / (median or nan), champion > rule["most_over_median"] * median
    low, high = found.interval
    gain = f"{found.gain:+.2f} minutes ({low:+.2f} to {high:+.2f})"
    enough = f"at least {rule['least_gain']}, and surely above 0"
    better = None if isnan(found.gain) else found.gain >= rule["least_gain"] and low > 0
    lost = found.worst and loss(found.worst)
    worst = f"{found.worst['slice']}, {lost:+.2f} minutes" if found.worst else "no slice to compare"
    return [
        Check("flights", f"{found.flights:,}", f"at least {rule['least_flights']:,}", found.flights >= rule["least_flights"]),
        Check("days", f"{found.days}", f"at least {rule['least_days']}", found.days >= rule["least_days"]),
        Check(
            "error against the route median's",
            f"{times:.2f} times",
            f"at most {rule['most_over_median']}" + (", not kept by the champion either" if over else ""),
            None if over else times <= rule["most_over_median"],
        ),
        Check("gain on the champion", "no champion to compare" if better is None else gain, enough, better),
        Check("worst slice", worst, f"at most {rule['slice_loss']:+}", None if lost is None else lost <= rule["slice_loss"]),
    ]
