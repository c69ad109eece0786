"""Rows that break a schema are found one by one, and of repeated rows the last one counts."""

import pandas as pd
import pandera.pandas as pa
import pytest

from groundcrew.validation import REPEATED
from groundcrew.validation import failures
from groundcrew.validation import in_range
from groundcrew.validation import superseded

SCHEMA = pa.DataFrameSchema(
    {
        "flight": in_range(1, 9999, "as a number", nullable=False),
        "air_time": in_range(10, 1200, "minutes"),
    },
)
RULE = "air_time must be 10 to 1,200 minutes"


def table(*rows: tuple) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["flight", "air_time"])
    return frame.set_axis(frame.index + 100)


def test_rows_in_range_have_no_failures() -> None:
    found = failures(SCHEMA, table((1, 10.0), (9999, 1200.0), (7, None)))

    assert found.empty
    assert found.columns.tolist() == ["index", "column", "rule", "value"]


def test_each_value_that_breaks_a_rule_is_a_failure() -> None:
    found = failures(SCHEMA, table((1, 9.9), (2, 100.0), (0, 1201.0)))

    assert set(found.itertuples(index=False, name=None)) == {
        (100, "air_time", RULE, 9.9),
        (102, "air_time", RULE, 1201.0),
        (102, "flight", "flight must be 1 to 9,999 as a number", 0),
    }


def test_a_value_that_must_be_known_is_a_failure_if_it_is_not() -> None:
    (found,) = failures(SCHEMA, table((1.0, 100.0), (None, 100.0))).to_dict("records")

    assert (found["index"], found["rule"]) == (101, "flight must be known in every row")


def test_a_missing_column_is_one_failure_without_a_row() -> None:
    rows = table((1, 10.0), (2, 10.0)).drop(columns="air_time")

    (found,) = failures(SCHEMA, rows).to_dict("records")

    assert pd.isna(found["index"])
    assert found["column"] == "air_time"
    assert found["rule"] == "air_time must be in the table"
    assert found["value"] == "missing"


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([("A", 1, 5.0), ("B", 1, 5.0)], []),
        ([("A", 1, 5.0), ("A", 2, 6.0)], [0]),
        ([("A", 2, 6.0), ("A", 1, 5.0), ("B", 1, 5.0)], [1]),
        ([("A", 1, 5.0), ("A", 1, 5.0)], [0]),
        ([("A", 1, 5.0), ("A", 1, 6.0)], [0, 1]),
        ([("A", 1, 5.0), ("A", 2, 6.0), ("A", 2, 7.0)], [0, 1, 2]),
    ],
    ids=["none", "the later", "the later first", "the same", "a conflict", "a conflict later"],
)
def test_of_repeated_rows_the_one_published_last_counts(
    rows: list[tuple],
    expected: list[int],
) -> None:
    flights = pd.DataFrame(rows, columns=["flight_id", "published", "air_time"])

    found = superseded(flights, failures(SCHEMA, table()))

    assert found["index"].tolist() == expected
    assert set(found["rule"]) <= {REPEATED}
    assert found["value"].tolist() == flights.loc[expected, "flight_id"].tolist()


def test_a_bad_row_supersedes_no_other() -> None:
    rows = [("A", 1, 5.0), ("A", 2, -1.0), ("B", 1, 5.0)]
    flights = pd.DataFrame(rows, columns=["flight_id", "published", "air_time"])

    invalid = pd.DataFrame({"index": [1]})

    assert superseded(flights, invalid)["index"].tolist() == [1]
