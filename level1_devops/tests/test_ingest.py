"""Ingestion: idempotent, the same in any number of steps, and open to corrections."""

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from flighttime import ingest

pytestmark = pytest.mark.usefixtures("empty_state")
FLIGHT = "2013-01-03 B611 JFK-FLL"


def test_the_same_update_again_changes_nothing() -> None:
    first = ingest.update(date(2013, 1, 4))

    again = ingest.update(date(2013, 1, 4))

    assert (first.added, again.added, again.corrected) == (len(ingest.TABLE.read()), 0, 0)


def test_many_updates_make_the_same_table_as_one(table: pd.DataFrame) -> None:
    for day in ["2013-01-03", "2013-01-15", "2013-01-10", "2013-02-01"]:
        ingest.update(date.fromisoformat(day))

    pd.testing.assert_frame_equal(ingest.TABLE.read(), table)


def test_a_correction_replaces_its_row() -> None:
    ingest.update(date(2013, 1, 5))
    before = ingest.TABLE.read().set_index("flight_id")["air_time"]
    delivery = ingest.fetch(date(2013, 1, 5))
    corrected = delivery.flights["air_time"] + (delivery.flights["flight_id"] == FLIGHT)

    update = ingest.store(replace(delivery, flights=delivery.flights.assign(air_time=corrected)))

    after = ingest.TABLE.read().set_index("flight_id")["air_time"]
    assert update == (0, 1)
    assert (after - before).loc[lambda gain: gain.abs() > 0].to_dict() == {FLIGHT: 1}
