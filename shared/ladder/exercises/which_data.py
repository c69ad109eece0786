"""Does training as of a data version read that version?"""

from datetime import date
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import Mock
from unittest.mock import patch

import pandas as pd

from flighttime import handoff
from flighttime import ingest
from flighttime import train

TODAY = date(2013, 2, 1)
VERSIONS = [pd.DataFrame({"air_time": [minutes]}) for minutes in (100.0, 200.0, 300.0)]


def read(since: date | None = None, version: int | None = None) -> pd.DataFrame:
    return VERSIONS[-1 if version is None else version]


def check() -> None:
    table = SimpleNamespace(version=lambda: 2, read=read)
    fitted: list[pd.DataFrame] = []
    numbers = {"mae": 8.0, "route_median_mae": 8.0}
    with (
        patch.object(ingest, "TABLE", table),
        patch.object(train, "fit", lambda rows, today: fitted.append(rows)),
        patch.object(train, "measure", lambda *_: pd.DataFrame()),
        patch.object(train, "evaluate", lambda *_: numbers),
        patch.object(handoff, "write", Mock()),
    ):
        for version in (0, 1, 2):
            train.train(TODAY, out=Path("made"), data_version=version)
            learned = [n for n, rows in enumerate(VERSIONS) if rows.equals(fitted[-1])]
            assert learned == [version], (
                f"a rebuild asked for data version {version}, and the model learned from version "
                f"{', '.join(map(str, learned)) or 'none'}"
            )
