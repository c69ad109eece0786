"""Find the rows of a table that break a schema, and those that a later row supersedes."""

import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaErrors

REPEATED = "flight_id must be in one row only"
COLUMNS = ["index", "column", "rule", "value"]


def in_range(low: float, high: float, unit: str, *, nullable: bool = True) -> pa.Column:
    """A column of numbers from `low` to `high`; where `nullable`, values may be unknown."""
    error = f"{low:,} to {high:,} {unit}"
    return pa.Column(checks=pa.Check.in_range(low, high, error=error), nullable=nullable)


def failures(schema: pa.DataFrameSchema, rows: pd.DataFrame) -> pd.DataFrame:
    """One row for each value that breaks a rule of the schema.

    Returns the columns index (of `rows`; <NA> where a whole column is meant), column, rule (in
    words, such as "air_time must be 10 to 1,200 minutes") and value.
    """
    try:
        schema.validate(rows, lazy=True)
    except SchemaErrors as error:
        cases = error.failure_cases
        missing = cases["check"] == "column_in_dataframe"
        column = cases["column"].mask(missing, cases["failure_case"]).astype("str")
        check = cases["check"].replace(
            {"column_in_dataframe": "in the table", "not_nullable": "known in every row"},
        )
        value = cases["failure_case"].mask(missing, "missing")
        rule = column + " must be " + check.astype("str")
        found = {"index": cases["index"], "column": column, "rule": rule, "value": value}
        return pd.DataFrame(found)
    return pd.DataFrame(columns=COLUMNS)


def superseded(rows: pd.DataFrame, invalid: pd.DataFrame) -> pd.DataFrame:
    """One row, as in `failures`, for each repeated row of `rows` that does not count.

    Of the rows with one `flight_id` the one published last counts. If two that differ were
    published on the same day, neither counts. Rows in `invalid` (from `failures`) never count.
    """
    repeated = rows[rows["flight_id"].duplicated(keep=False)]
    candidates = repeated.drop(index=repeated.index.intersection(invalid["index"]))
    candidates = candidates.drop_duplicates(keep="last")
    newest = candidates.groupby("flight_id")["published"].transform("max")
    last = candidates[candidates["published"] == newest]
    valid = last.index[~last["flight_id"].duplicated(keep=False)]
    index = repeated.index.difference(valid)
    value = rows.loc[index, "flight_id"]
    return pd.DataFrame({"index": index, "column": "flight_id", "rule": REPEATED, "value": value})
