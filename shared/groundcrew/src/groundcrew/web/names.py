"""Names of airports and airlines, from the feed: a feed that hangs does not hold up the page."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import field

import pandas as pd

from groundcrew import feed
from groundcrew import settings
from groundcrew.errors import UserError

SECONDS_TO_WAIT = 5
# The register of airports omits these four; all keep Puerto Rico's time.
UNREGISTERED = dict.fromkeys(["BQN", "PSE", "SJU", "STT"], "America/Puerto_Rico")


@dataclass(frozen=True)
class Names:
    """By code: airports, their time zones, and airlines. Codes are enough for the page."""

    airports: dict[str, str] = field(default_factory=dict)
    zones: dict[str, str] = field(default_factory=lambda: UNREGISTERED)
    airlines: dict[str, str] = field(default_factory=dict)


class NamesOfFeed:
    """The names, read by one thread at a time; what was read last is used until it is done."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._names: dict[str, Names] = {}

    def read(self) -> Names:
        """Read the names again, but wait no longer than SECONDS_TO_WAIT."""
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._read, daemon=True)
                self._thread.start()
            thread = self._thread
        thread.join(SECONDS_TO_WAIT)
        return self._names.get(settings.feed(), Names())

    def _read(self) -> None:
        address, airports = settings.feed(), _read_table(feed.airports)
        # A feed that has failed is not asked again at once.
        airlines = None if airports is None else _read_table(feed.airlines)
        if airports is not None or airlines is not None:
            zones = _lookup(airports, "faa", "tzone") | UNREGISTERED
            names = _lookup(airports, "faa", "name"), zones, _lookup(airlines, "carrier", "name")
            self._names[address] = Names(*names)


def _read_table(read: Callable[[], pd.DataFrame]) -> pd.DataFrame | None:
    try:
        return read()
    except UserError:
        return None


def _lookup(table: pd.DataFrame | None, code: str, value: str) -> dict[str, str]:
    return {} if table is None else table.set_index(code)[value].dropna().to_dict()
