"""The flights of some days: the id of each begins with its day."""

from datetime import date


def id_range(first: date, last: date) -> dict[str, str]:
    """The parameters `first` and `beyond` of a query: flight ids of these days lie between them."""
    return {"first": f"{first}", "beyond": f"{last} ~"}
