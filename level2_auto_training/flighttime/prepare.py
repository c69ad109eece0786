"""What was published, joined a month at a time: each month is a piece of work that may run elsewhere."""

from datetime import date
from datetime import timedelta

import pandas as pd

from flighttime import compute
from flighttime import feed
from flighttime import ingest
from flighttime import validate
from flighttime.joined import KEY
from flighttime.joined import join

A_MONTH = timedelta(days=31)  # and no more than that is quicker in one piece


def delivered(today: date) -> validate.Delivery:
    """The same as `ingest.delivered`, to the last row."""
    after = ingest.gathered(today, None)
    months = pd.concat(compute.each(gather, spans(today, after)))
    weather = feed.weather(today, after and after - feed.LATEST)
    return validate.Delivery(months.sort_values(KEY, ignore_index=True), weather, after, today)


def gather(span: tuple[date, date | None]) -> pd.DataFrame:
    return join(*ingest.published(*span))


def spans(until: date, after: date | None) -> list[tuple[date, date | None]]:
    """Days of publication, as `until` and `after`, that end with a month; what is older than this year is one piece."""
    # Days are gathered again, some of them perhaps from before the first one of all.
    first = max(after or date.min, date(until.year, 1, 1))
    if until - first < A_MONTH:
        return [(until, after)]
    ends = [day.date() for day in pd.date_range(first + feed.A_DAY, until - feed.A_DAY, freq="ME")]
    return list(zip([*ends, until], [after, *ends]))
