"""Where the prediction store is: a SQLite file, or the database that FLIGHTTIME_OBSERVED names."""

import contextlib
import os
from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import sqlalchemy as sql
from sqlalchemy.exc import SQLAlchemyError

from groundcrew import addresses
from groundcrew import files
from groundcrew.errors import UserError

FILE = "observed.db"
DRIVERS = {"pysqlite", "psycopg"}
EXAMPLE = "postgresql+psycopg://user@host/database"


@dataclass(frozen=True)
class Project:
    """What a project says about its predictions; see `use`."""

    folder: Callable[[], Path]
    external_allowed: Callable[[], bool]
    categories: tuple[str, ...]
    numbers: tuple[str, ...]
    limits: Callable[[], Mapping[str, int]] = dict

    @property
    def features(self) -> tuple[str, ...]:
        return self.categories + self.numbers


_projects: list[Project] = []


def use(
    *,
    folder: Callable[[], Path],
    external_allowed: Callable[[], bool],
    categories: Sequence[str],
    numbers: Sequence[str],
    limits: Callable[[], Mapping[str, int]] = dict,
) -> None:
    """Describe the project's predictions; call it once, before anything else in this package.

    `folder` returns the folder of the SQLite file. `external_allowed` says whether the database in
    FLIGHTTIME_OBSERVED may be used: a test in staging must not write to the store of production.
    `categories` and `numbers` are the features, in the order in which answers hold them. `limits`
    returns `keep_days` and `max_megabytes` of the log, if it has limits.
    """
    features = tuple(categories), tuple(numbers)
    _projects[:] = [Project(folder, external_allowed, *features, limits)]
    _address.cache_clear()


def project() -> Project:
    if not _projects:
        raise RuntimeError("the project's predictions are not described: call predictions.use()")
    return _projects[0]


def address() -> str:
    """The URL of the store; raises UserError if FLIGHTTIME_OBSERVED holds no such URL."""
    names = ("FLIGHTTIME_RUNS", "FLIGHTTIME_ENVIRONMENT", "FLIGHTTIME_OBSERVED")
    return _address(*map(os.environ.get, names))


@lru_cache(maxsize=1)
def _address(runs: str | None, environment: str | None, external: str | None) -> str:
    # Cached by what it depends on: resolving a path takes as long as writing an answer.
    if not external or not project().external_allowed():
        return files.sqlite_url(project().folder() / FILE)
    if is_supported(external):
        return external
    raise UserError(
        f"FLIGHTTIME_OBSERVED is {addresses.shown(external)!r}, not the address of a database: "
        f"write it like {EXAMPLE}, or unset it",
    )


def is_supported(url: str) -> bool:
    """Whether `url` names a SQLite file or a PostgreSQL server, with a driver that is installed."""
    with contextlib.suppress(SQLAlchemyError, ValueError):
        parsed = sql.make_url(url)
        driver = parsed.get_dialect() and parsed.get_driver_name()
        if driver == "pysqlite":
            return not parsed.host and parsed.database not in (None, "", ":memory:")
        # A password with an unquoted @ is cut there, and its rest is taken for the host.
        return driver in DRIVERS and "@" not in (parsed.host or "")
    return False


@lru_cache(maxsize=1)
def file_of(url: str) -> Path | None:
    """The SQLite file of a URL; None for a server."""
    parsed = sql.make_url(url)
    return Path(f"{parsed.database}") if parsed.get_backend_name() == "sqlite" else None


def is_local() -> bool:
    """Whether writing takes microseconds, because the store is a file of this machine."""
    return not os.environ.get("FLIGHTTIME_OBSERVED") or file_of(address()) is not None


def shown(url: str) -> str:
    """The file or the URL, without a password."""
    return str(file_of(url) or addresses.shown(url))
