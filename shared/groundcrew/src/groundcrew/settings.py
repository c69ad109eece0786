"""Where the project and its data are, which day it is, and what flighttime.toml sets."""

import os
import tomllib
from datetime import date
from pathlib import Path

from groundcrew.errors import UserError

# Every environment variable that groundcrew, or a project that uses it, obeys.
VARIABLES = {
    "FLIGHTTIME_ALLOWED_HOSTS": "hosts that a request may name (set for the server's workers)",
    "FLIGHTTIME_APP": "address of the running application, which commands wait for and ask",
    "FLIGHTTIME_ENVIRONMENT": "environment of this process: staging or production (the default)",
    "FLIGHTTIME_FEED": "folder or URL of the published tables",
    "FLIGHTTIME_FRAMED_BY": "address of the one site that may show the pages in a frame",
    "FLIGHTTIME_OBSERVED": "SQLAlchemy URL of the prediction store (default: SQLite)",
    "FLIGHTTIME_RUNS": "state folder: everything that a command writes",
    "FLIGHTTIME_SIGNING_KEY": "file with the private key that signs packages",
    "FLIGHTTIME_STAGING": "address of a running staging application (default: start one)",
    "FLIGHTTIME_TODAY": "simulated day, such as 2013-03-01, or @FILE with the day in it",
    "FLIGHTTIME_TOKEN": "token that a request must carry (default: none)",
}

_package: Path | None = None


def use_project(package: Path) -> None:
    """Make `package`, the folder of the project's Python package, the project of this process."""
    global _package
    _package = package.resolve()


def root() -> Path:
    """Return the project's folder (default: the current directory)."""
    return _package.parent if _package else Path.cwd()


def project_name() -> str:
    """Return the name of the project's Python package."""
    return _package.name if _package else "flighttime"


def feed() -> str:
    """Return the folder or URL of the published tables; an installed release has kept its own."""
    kept = root().parent / "feed"
    if not os.environ.get("FLIGHTTIME_FEED") and _is_installed() and kept.is_file():
        return kept.read_text(encoding="utf-8")
    return os.environ.get("FLIGHTTIME_FEED") or str(_shared_data())


def runs() -> Path:
    """Return the state folder: everything that a command writes is inside it."""
    if folder := os.environ.get("FLIGHTTIME_RUNS"):
        return Path(folder).resolve()
    if _is_installed():  # it uses the state that it belongs to
        return root().parent.parent
    if _shared_data().is_dir():
        return root().parent / "runs" / root().name
    return root() / ".runs"


def today() -> date:
    """Return the simulated day of FLIGHTTIME_TODAY, or the real one.

    With `@FILE` the day is read from FILE at each call, so it may change while a process runs.
    Raises UserError if the value is not a day.
    """
    value = os.environ.get("FLIGHTTIME_TODAY")
    if not value:
        return date.today()
    source = f" (in {value[1:]})" if value.startswith("@") else ""
    text = _text_of(Path(value[1:])) if source else value
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UserError(
            f"FLIGHTTIME_TODAY{source} is {text[:40]!r}, not a day: write it like 2013-03-01",
        ) from None


def section(name: str) -> dict:
    """Return one section of the project's TOML file; raises UserError if it is missing."""
    sections = all_sections()
    if name not in sections:
        raise UserError(f"{_file()} has no section [{name}]: add it, or restore the file")
    return sections[name]


def all_sections() -> dict[str, dict]:
    """Return the project's TOML file by section; raises UserError if it cannot be read."""
    try:
        return tomllib.loads(_file().read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise UserError(
            f"cannot read the settings in {_file()} ({problem}): correct or restore the file",
        ) from None


def _file() -> Path:
    return root() / f"{project_name()}.toml"


def _is_installed() -> bool:
    return root().parent.name == "releases"


def _shared_data() -> Path:
    return root().parent / "shared" / "data"


def _text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace").strip()
    except OSError as problem:
        raise UserError(
            f"FLIGHTTIME_TODAY names {file}, which cannot be read ({problem}): "
            "write the day into that file",
        ) from None
