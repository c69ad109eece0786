"""The systems and Pythons for which every package of requirements.lock has a wheel."""

import importlib
import platform
import sys
import sysconfig

from ladder.errors import LadderError

PYTHONS = ("3.11", "3.12", "3.13", "3.14")
MACHINES = {
    "linux": "Linux x86-64",
    "linux-arm64": "Linux arm64",
    "macos": "macOS on Apple silicon",
    "windows": "Windows x86-64",
}
# Windows allows 259 characters; the longest path of a package has 137 behind its folder.
IN_PACKAGES = 137
LONGEST_ROOT = 259 - len(r"\.venv\Lib\site-packages\\"[:-1]) - IN_PACKAGES
# Where every command and test has been run. Elsewhere the packages were resolved, no more.
RUN_ON = ("linux", "3.11")


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


def require_wheels() -> None:
    """Raise LadderError where packages have no wheels for this machine, or this Python yet."""
    if this() not in MACHINES:
        raise LadderError(
            f"some packages have no ready-made build for this machine ({this()}); they have for "
            f"{', '.join(MACHINES.values())}. Windows on ARM runs the x86-64 Python"
        )
    newest = PYTHONS[-1]
    if sys.version_info[:2] > tuple(map(int, newest.split("."))):
        raise LadderError(
            f"this is Python {python()}, and some packages have wheels up to {newest} only; "
            f"install that, and call python{newest} ladder.py (Windows: py -{newest} ladder.py)"
        )


def require_short_path(root: str) -> None:
    """Raise LadderError where Windows cannot hold the paths of the packages below this folder."""
    if sys.platform != "win32" or len(root) <= LONGEST_ROOT or has_long_paths():
        return
    raise LadderError(
        f"the path of this folder has {len(root)} characters, and the packages need paths that "
        f"Windows allows up to {LONGEST_ROOT} only: move it to a shorter one, such as C:\\ladder"
    )


def has_long_paths() -> bool:
    """Whether the administrator of this Windows has allowed paths over 260 characters."""
    winreg = importlib.import_module("winreg")
    place = r"SYSTEM\CurrentControlSet\Control\FileSystem"
    try:
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, place) as key:
            return winreg.QueryValueEx(key, "LongPathsEnabled")[0] == 1
    except FileNotFoundError:
        return False


def title() -> str:
    """This machine and this Python, in words."""
    return f"{MACHINES.get(this(), this())}, Python {python()}"
