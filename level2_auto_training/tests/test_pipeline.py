"""The pipeline: one command from published tables to a registered version."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from flighttime import ingest
from flighttime import pipeline
from groundcrew import registry
from groundcrew.errors import UserError

DAY = date(2013, 2, 3)


@pytest.fixture(autouse=True)
def later(own_state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLIGHTTIME_TODAY", f"{DAY}")


def test_each_run_makes_the_next_version_from_what_is_new() -> None:
    versions = [pipeline.run(DAY), pipeline.run(DAY)]

    first, again = (registry.run(version).data.tags for version in versions)
    assert versions == ["2", "3"]
    assert (first["data_version"], again["data_version"]) == ("1", "1")
    assert first["model_digest"] == again["model_digest"]


def test_a_broken_delivery_ends_it_before_training(monkeypatch: pytest.MonkeyPatch) -> None:
    delivery = ingest.fetch(DAY)
    half = replace(delivery, flights=delivery.flights[::2])
    monkeypatch.setattr(ingest, "fetch", lambda today: half)

    with pytest.raises(UserError, match="the delivery is refused: flights must be 550 to 1,300"):
        pipeline.run(DAY)

    assert ingest.TABLE.version() == 0
    with pytest.raises(UserError, match="there is no version '2'"):
        registry.version("2")
