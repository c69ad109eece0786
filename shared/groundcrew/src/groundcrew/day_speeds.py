"""The speeds of landed flights by day, route and slice: what one day's are times those of others.

All that is the same for every day is computed once, and a median is then a look-up.
"""

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from math import nan

import numpy as np
import pandas as pd

ROUTE = ["origin", "dest"]

# Whether a flight is in a slice depends on nothing but that flight.
Slices = Callable[[pd.DataFrame], Iterable[tuple[str, pd.DataFrame]]]


class DaySpeeds:
    """Landed flights with their `date`, route and `speed`; `days` are in order, with numbers.

    The days of the rows from number `first` on can be compared with others.
    """

    def __init__(self, landed: pd.DataFrame, slices: Slices, first: int = 0) -> None:
        landed = landed.reset_index(drop=True)
        self.day, self.days = pd.factorize(landed["date"], sort=True)
        self.speed = landed["speed"].to_numpy()
        # -1 is the route of a flight whose airports are not both known.
        self.route = landed.groupby(ROUTE).ngroup().fillna(-1).to_numpy("int64")
        self.routes = int(self.route.max(initial=-1)) + 1
        known = np.flatnonzero(self.route >= 0)
        order = known[np.lexsort((self.speed[known], self.route[known]))]
        self.by_speed = self.day[order], self.route[order], self.speed[order]
        parts = [(name, part.index.to_numpy()) for name, part in slices(landed.iloc[first:])]
        self.names = [name for name, _ in parts]
        self.part = np.repeat(np.arange(len(parts)), [len(rows) for _, rows in parts])
        self.row = np.concatenate([np.empty(0, "int64"), *(rows for _, rows in parts)])

    def ratios(self, day: int, before: Sequence[int]) -> Iterator[tuple[str, float, int]]:
        """The median of each slice of a day, in times the usual speed on the same routes.

        Usual is the median of the days `before`. Yields the slice's name, times and flights.
        """
        of_day = self.day[self.row] == day
        part, row = self.part[of_day], self.row[of_day]
        ratio = self.speed[row] / self._usual(before)[self.route[row]]
        order = np.lexsort((ratio, part))
        order = order[~np.isnan(ratio[order])]
        times, flights = medians(part[order], ratio[order], len(self.names))
        yield from zip(self.names, times.tolist(), flights.tolist(), strict=True)

    def _usual(self, days: Sequence[int]) -> np.ndarray:
        """The median speed of each route on these days; the last one, of no route, is NaN."""
        chosen = np.zeros(len(self.days), dtype=bool)
        chosen[list(days)] = True
        day, route, speed = self.by_speed
        rows = chosen[day]
        return np.append(medians(route[rows], speed[rows], self.routes)[0], nan)


def medians(group: np.ndarray, value: np.ndarray, groups: int) -> tuple[np.ndarray, np.ndarray]:
    """The median and the size of each group, from rows that are sorted by group and value."""
    sizes = np.bincount(group, minlength=groups)
    first, found, some = sizes.cumsum() - sizes, np.full(groups, nan), sizes > 0
    low, high = (first + (sizes - 1) // 2)[some], (first + sizes // 2)[some]
    found[some] = (value[low] + value[high]) / 2
    return found, sizes
