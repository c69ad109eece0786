"""What is missing is in the log when the application starts, not only in its answers."""

import time
from pathlib import Path

import pytest
from fake_level import Level

from groundcrew import settings
from groundcrew.web import startup


def test_a_missing_model_is_logged_with_the_place_where_it_was_looked_for(
    state: Path, caplog: pytest.LogCaptureFixture
) -> None:
    startup.report(Level(models=None))

    assert f"; looked in {state}, as of 2013-03-01" in caplog.text


@pytest.mark.parametrize("missing", ["airports.parquet", "airlines.parquet"])
def test_a_feed_without_names_is_logged_with_what_the_page_lacks(
    missing: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    for file in Path(settings.feed()).glob("*.parquet"):
        if file.name != missing:
            (tmp_path / file.name).write_bytes(file.read_bytes())
    monkeypatch.setenv("FLIGHTTIME_FEED", str(tmp_path))

    startup.report_feed()

    assert "the page has codes for names, and no time of arrival: cannot read" in caplog.text
    assert f"{tmp_path}/{missing}" in caplog.text and "set FLIGHTTIME_FEED" in caplog.text


def test_an_application_that_lacks_nothing_logs_nothing(caplog: pytest.LogCaptureFixture) -> None:
    startup.report(Level())
    startup.report_feed()

    assert caplog.text == ""


def test_a_slow_feed_does_not_delay_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(startup.feed, "airports", lambda: time.sleep(5))

    began = time.monotonic()
    startup.report(Level())

    assert time.monotonic() - began < 4
