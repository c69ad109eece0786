"""Which of the locked packages a machine needs, and which of their wheels fits it best."""

from collections.abc import Iterator
from typing import NamedTuple

from packaging import tags
from packaging.requirements import Requirement
from packaging.tags import Tag

from ladder import machines
from ladder.errors import LadderError

# The oldest system that is served: newer ones install its wheels too.
GLIBC_MINOR = 28
MACOS = (12, 0)
SYSTEMS = {
    "linux": ("linux", "posix", "Linux", "x86_64"),
    "linux-arm64": ("linux", "posix", "Linux", "aarch64"),
    "macos": ("darwin", "posix", "Darwin", "arm64"),
    "windows": ("win32", "nt", "Windows", "AMD64"),
}
# A marker can ask for a patch release of Python, and an attendee can have any of them.
PATCHES = (0, 99)


class Target(NamedTuple):
    """A machine, such as `windows`, and a Python, such as 3.12."""

    machine: str
    python: str

    @property
    def title(self) -> str:
        return f"{machines.MACHINES[self.machine]}, Python {self.python}"

    def environments(self) -> Iterator[dict[str, str]]:
        """What the markers of the lock are compared with."""
        system, name, platform_system, processor = SYSTEMS[self.machine]
        for patch in PATCHES:
            yield {
                "implementation_name": "cpython",
                "implementation_version": f"{self.python}.{patch}",
                "os_name": name,
                "platform_machine": processor,
                "platform_python_implementation": "CPython",
                "platform_release": "",
                "platform_system": platform_system,
                "platform_version": "",
                "python_full_version": f"{self.python}.{patch}",
                "python_version": self.python,
                "sys_platform": system,
            }

    def needs(self, pin: Requirement) -> bool:
        marker = pin.marker
        return marker is None or any(marker.evaluate({**one}) for one in self.environments())

    def ranks(self) -> dict[Tag, int]:
        """The tags of wheels that can be installed there, the best first."""
        version = tuple(map(int, self.python.split(".")))
        names = list(platforms(self.machine))
        interpreter = f"cp{version[0]}{version[1]}"
        accepted = [
            *tags.cpython_tags(version, platforms=names),
            *tags.compatible_tags(version, interpreter=interpreter, platforms=names),
        ]
        return {tag: rank for rank, tag in reversed(list(enumerate(accepted)))}


def platforms(machine: str) -> Iterator[str]:
    """The platform tags that a machine accepts, the best first."""
    processor = SYSTEMS[machine][3]
    if machine == "windows":
        yield "win_amd64"
    elif machine == "macos":
        yield from tags.mac_platforms(MACOS, processor)
    else:
        old = {17: "manylinux2014", 12: "manylinux2010", 5: "manylinux1"}
        for minor in range(GLIBC_MINOR, 4, -1):
            yield f"manylinux_2_{minor}_{processor}"
            if minor in old:
                yield f"{old[minor]}_{processor}"
        yield f"linux_{processor}"


def chosen(platform: str, pythons: list[str] | None) -> list[Target]:
    """The targets that the options name; by default this machine and this Python."""
    here = machines.this()
    names = list(machines.MACHINES) if platform == "all" else [platform.replace("this", here)]
    if names[0] not in machines.MACHINES:
        raise LadderError(
            f"some packages have no wheel for this machine ({here}); name another one with "
            f"--platform: {', '.join(machines.MACHINES)}"
        )
    versions = pythons or [machines.python()]
    for version in versions:
        if version not in machines.PYTHONS:
            raise LadderError(
                f"--python {version}: not every package has a wheel for it; choose from "
                f"{', '.join(machines.PYTHONS)}"
            )
    return [Target(name, version) for name in names for version in dict.fromkeys(versions)]
