"""Compare the installed packages with requirements.lock."""

from collections.abc import Iterator
from importlib import metadata

from packaging.requirements import Requirement


def pins(lock: str) -> Iterator[Requirement]:
    """The lock's pins that apply to this Python on this system."""
    for line in lock.splitlines():
        if not line[:1].isalnum():
            continue
        pin = Requirement(line.rstrip("\\ "))
        if pin.marker is None or pin.marker.evaluate():
            yield pin


def is_met(pin: Requirement) -> bool:
    try:
        version = metadata.version(pin.name)
    except metadata.PackageNotFoundError:
        return False
    return pin.specifier.contains(version, prereleases=True)


def unmet(lock: str) -> list[str]:
    return [str(pin).partition(";")[0].strip() for pin in pins(lock) if not is_met(pin)]
