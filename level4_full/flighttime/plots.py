"""The picture that a person wants of a model's errors: how large, for whom, and whether they grow."""

from typing import TYPE_CHECKING

import pandas as pd

from flighttime import slices

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MARGINS = {"left": 0.05, "right": 0.99, "bottom": 0.13, "top": 0.92, "wspace": 0.25}


def draw(errors: pd.DataFrame) -> "Figure":
    """Predicted against actual minutes, the mean error by slice, and day by day; the same errors give the same bytes."""
    # Loaded here, so that only who draws waits for it.
    from matplotlib.figure import Figure

    figure = Figure(figsize=(15, 5), dpi=80)
    for part, axes in zip((against_actual, by_slice, by_day), figure.subplots(1, 3, gridspec_kw=MARGINS), strict=True):
        part(axes, errors)
    return figure


def against_actual(axes: "Axes", errors: pd.DataFrame) -> None:
    actual = errors["air_time"]
    axes.hexbin(actual, actual + errors["error"], gridsize=60, bins="log", mincnt=1, cmap="Blues")
    axes.axline((0, 0), slope=1, color="black", linewidth=0.8)
    axes.set(title="Predicted against actual; dark is many flights", xlabel="actual minutes", ylabel="predicted minutes")


def by_slice(axes: "Axes", errors: pd.DataFrame) -> None:
    means = {name.removeprefix("mae/"): mean for name, mean in slices.by_slice(errors).items() if name.startswith("mae/")}
    axes.barh(list(means), list(means.values()))
    axes.invert_yaxis()
    axes.axvline(errors["error"].abs().mean(), color="black", linewidth=0.8)
    axes.set(title="Mean error by slice; the line is the mean of all", xlabel="minutes")
    axes.tick_params(axis="y", labelsize=7)


def by_day(axes: "Axes", errors: pd.DataFrame) -> None:
    means = errors[["error", "median_error"]].abs().groupby(errors["date"].dt.strftime("%d %b")).mean()
    axes.plot(means["error"], marker="o", label="the model")
    axes.plot(means["median_error"], marker="s", linestyle="dashed", label="the route's median")
    axes.set(title="Mean error by day", ylabel="minutes", ylim=(0, None))
    axes.legend()
