"""The figure of a model's errors: how large, in which slices, and whether they grow by day."""

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PREFIX = "mae/"
MARGINS = {"left": 0.05, "right": 0.99, "bottom": 0.13, "top": 0.92, "wspace": 0.25}


def error_figure(errors: pd.DataFrame, metrics: dict) -> "Figure":
    """Draw predicted against actual minutes, the mean absolute error by slice, and by day.

    `errors` has a row for each flight with `error`, `route_median_error` and `air_time` in minutes,
    and `date`. Of `metrics` those named mae/SLICE are drawn. The same input gives a PNG file with
    the same bytes.
    """
    # Imported late, since it takes a second and most commands draw nothing.
    from matplotlib.figure import Figure

    figure = Figure(figsize=(15, 5), dpi=80)
    slices = [name for name in metrics if name.startswith(PREFIX)]
    by_slice = {name.removeprefix(PREFIX): metrics[name] for name in slices}
    scatter, bars, lines = figure.subplots(1, 3, gridspec_kw=MARGINS)
    _draw_against_actual(scatter, errors)
    _draw_slices(bars, by_slice, errors["error"].abs().mean())
    _draw_days(lines, errors)
    return figure


def _draw_against_actual(axes: "Axes", errors: pd.DataFrame) -> None:
    actual = errors["air_time"]
    predicted = actual + errors["error"]
    axes.hexbin(actual, predicted, gridsize=60, bins="log", mincnt=1, cmap="Blues")
    axes.axline((0, 0), slope=1, color="black", linewidth=0.8)
    _title(axes, "Predicted against actual; dark is many flights")
    axes.set(xlabel="actual minutes", ylabel="predicted minutes")


def _draw_slices(axes: "Axes", by_slice: dict[str, float], mean_of_all: float) -> None:
    axes.barh(list(by_slice), list(by_slice.values()))
    axes.invert_yaxis()
    axes.axvline(mean_of_all, color="black", linewidth=0.8)
    _title(axes, "Mean error by slice; the line is the mean of all")
    axes.set(xlabel="minutes")
    axes.tick_params(axis="y", labelsize=7)


def _draw_days(axes: "Axes", errors: pd.DataFrame) -> None:
    means = errors[["error", "route_median_error"]].abs().groupby(errors["date"]).mean()
    # Formatted after grouping, so that 28 Feb stays before 01 Mar.
    means.index = means.index.strftime("%d %b")
    axes.plot(means["error"], marker="o", label="the model")
    axes.plot(means["route_median_error"], marker="s", linestyle="dashed", label="the route median")
    _title(axes, "Mean error by day")
    axes.set(ylabel="minutes", ylim=(0, None))
    axes.legend()


def _title(axes: "Axes", text: str) -> None:
    # At a place of its own: Matplotlib would lay out all ticks first, to see whether it meets them.
    axes.set_title(text, y=1.0)
