"""The picture shows what was measured, and the same errors make the same picture."""

import subprocess
import sys
from datetime import date
from io import BytesIO

import pandas as pd
import pytest

from flighttime import plots
from flighttime import settings
from flighttime import train


@pytest.fixture(scope="module")
def errors(trained: train.Trained, table: pd.DataFrame) -> pd.DataFrame:
    return train.measure(trained, table, date(2013, 3, 1))


def test_it_shows_every_slice_and_every_day(errors: pd.DataFrame) -> None:
    _, by_slice, by_day = plots.draw(errors).axes

    lengths = {label.get_text(): bar.get_width() for label, bar in zip(by_slice.get_yticklabels(), by_slice.patches, strict=True)}
    assert lengths["origin/EWR"] == pytest.approx(errors["error"][errors["origin"] == "EWR"].abs().mean())
    model, median = (line.get_ydata() for line in by_day.lines)
    assert list(model) == pytest.approx(errors["error"].abs().groupby(errors["date"]).mean().tolist())
    assert list(median) == pytest.approx(errors["median_error"].abs().groupby(errors["date"]).mean().tolist())


def test_the_same_errors_make_the_same_picture(errors: pd.DataFrame) -> None:
    assert picture(errors) == picture(errors)
    assert picture(errors) != picture(errors.assign(error=errors["error"] * 2))


def picture(errors: pd.DataFrame) -> bytes:
    file = BytesIO()
    plots.draw(errors).savefig(file)
    return file.getvalue()


def test_too_few_flights_for_any_slice_make_a_picture_all_the_same(errors: pd.DataFrame) -> None:
    assert picture(errors.head(1)).startswith(b"\x89PNG")


def test_only_who_draws_waits_for_it() -> None:
    program = "import sys, flighttime.plots; print('matplotlib' in sys.modules)"

    done = subprocess.run([sys.executable, "-c", program], cwd=settings.ROOT, capture_output=True, text=True)

    assert done.stdout == "False\n"
