"""Where the project and its data are, which day it is, and what flighttime.toml sets."""

import os
from datetime import date
from pathlib import Path

from groundcrew import days
from groundcrew import sections
from groundcrew.errors import UserError
from groundcrew.variables import VARIABLES as VARIABLES

RANGES = "ranges.toml"

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
    # A home folder (~) is not expanded by the shell everywhere, such as in a file of settings.
    return os.path.expanduser(os.environ.get("FLIGHTTIME_FEED") or str(_shared_data()))


def runs() -> Path:
    """Return the state folder: everything that a command writes is inside it."""
    if folder := os.environ.get("FLIGHTTIME_RUNS"):
        return Path(folder).expanduser().resolve()
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
    text = _text_of(Path(value[1:]).expanduser()) if source else value
    try:
        return days.parse(text)
    except ValueError as problem:
        raise UserError(f"FLIGHTTIME_TODAY{source} is {text[:40]!r}, {problem}") from None


def section(name: str) -> dict:
    """Return one section of the project's TOML file; raises UserError as `all_sections` does."""
    found = all_sections()
    if name not in found:
        raise UserError(f"{_file()} has no section [{name}]: add it, or restore the file")
    return found[name]


def all_sections() -> dict[str, dict]:
    """Return the project's TOML file by section.

    Raises UserError if it cannot be read, or breaks a rule of RANGES in the project's package.
    """
    ranges = _package / RANGES if _package else None
    if ranges and ranges.exists():
        return sections.read_checked(_file(), ranges)
    return sections.read(_file())


def check() -> None:
    """Raise UserError as `all_sections` does, if this process has a project."""
    if _package:
        all_sections()


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
