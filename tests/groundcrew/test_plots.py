"""The figure shows what was measured, and the same errors make the same bytes."""

import subprocess
import sys
from io import BytesIO

import numpy as np
import pandas as pd
import pytest

from groundcrew import plots


@pytest.fixture
def errors() -> pd.DataFrame:
    """Errors of 300 flights on three days."""
    random = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "date": pd.to_datetime(["2013-02-27", "2013-02-28", "2013-03-01"]).repeat(100),
            "origin": random.choice(["EWR", "JFK"], 300),
            "air_time": random.uniform(30, 400, 300),
            "error": random.normal(0, 8, 300),
            "route_median_error": random.normal(0, 10, 300),
        }
    )


@pytest.fixture
def by_slice(errors: pd.DataFrame) -> dict[str, float]:
    means = errors["error"].abs().groupby(errors["origin"]).mean()
    return {f"mae/origin/{origin}": mean for origin, mean in means.items()}


def test_it_shows_every_slice_and_every_day(errors: pd.DataFrame, by_slice: dict) -> None:
    _, bars, lines = plots.error_figure(errors, by_slice).axes

    labels = [label.get_text() for label in bars.get_yticklabels()]
    widths = [bar.get_width() for bar in bars.patches]
    drawn = {f"mae/{label}": width for label, width in zip(labels, widths, strict=True)}
    assert drawn == pytest.approx(by_slice)
    model, median = (line.get_ydata() for line in lines.lines)
    by_day = errors.groupby("date")
    assert list(model) == pytest.approx([day["error"].abs().mean() for _, day in by_day])
    assert list(median) == pytest.approx(
        [day["route_median_error"].abs().mean() for _, day in by_day],
    )


def test_the_same_errors_make_the_same_bytes(errors: pd.DataFrame, by_slice: dict) -> None:
    assert png(errors, by_slice) == png(errors, by_slice)
    assert png(errors, by_slice) != png(errors.assign(error=errors["error"] * 2), by_slice)


def png(errors: pd.DataFrame, by_slice: dict[str, float]) -> bytes:
    file = BytesIO()
    plots.error_figure(errors, by_slice).savefig(file)
    return file.getvalue()


def test_one_flight_and_no_slice_still_make_a_figure(errors: pd.DataFrame) -> None:
    assert png(errors.head(1), {}).startswith(b"\x89PNG")


def test_matplotlib_is_imported_only_when_a_figure_is_drawn() -> None:
    code = "import sys, groundcrew.plots; print('matplotlib' in sys.modules)"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)

    assert done.stdout == "False\n"
