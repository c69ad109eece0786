"""Days as text, such as 2013-03-01."""

from datetime import date

FIRST_YEAR, LAST_YEAR = 1900, 2199  # beyond, a window of days leaves what a date can be


def parse(text: str) -> date:
    """Return the day; raises ValueError, which says what is wrong and what to write."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ValueError("not a day: write it like 2013-03-01") from None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(f"too far away: choose a year from {FIRST_YEAR} to {LAST_YEAR}")
    return day
