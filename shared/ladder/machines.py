"""The systems and Pythons for which every package of requirements.lock has a wheel."""

import platform
import sys
import sysconfig

PYTHONS = ("3.11", "3.12", "3.13", "3.14")
MACHINES = {
    "linux": "Linux x86-64",
    "linux-arm64": "Linux arm64",
    "macos": "macOS on Apple silicon",
    "windows": "Windows x86-64",
}


def python() -> str:
    """This Python, such as 3.12."""
    return f"{sys.version_info.major}.{sys.version_info.minor}"


def this() -> str:
    """The name of this machine, which is none of MACHINES where packages lack wheels."""
    # The build of this Python counts, not the processor: Windows emulates the one on the other.
    build = sysconfig.get_platform()
    if sys.platform == "win32":
        return "windows" if build == "win-amd64" else build
    if sys.platform == "darwin":
        return "macos" if platform.machine() == "arm64" else f"macos-{platform.machine()}"
    names = {"x86_64": "linux", "aarch64": "linux-arm64"}
    return names.get(platform.machine(), build) if sys.platform == "linux" else build


def title() -> str:
    """This machine and this Python, in words."""
    return f"{MACHINES.get(this(), this())}, Python {python()}"
