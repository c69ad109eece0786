"""Check whether `.venv` is what the lock asks for; small, because every call runs it."""

import hashlib
import json
import os
from dataclasses import dataclass

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))


@dataclass(frozen=True)
class Verdict:
    """Why there is something to install, and whether `.venv` must be emptied first."""

    reason: str
    from_scratch: bool


def venv(root: str = ROOT) -> str:
    return os.path.join(root, ".venv")


def programs(root: str = ROOT) -> str:
    return os.path.join(venv(root), "Scripts" if os.name == "nt" else "bin")


def interpreter(root: str = ROOT) -> str:
    return os.path.join(programs(root), "python.exe" if os.name == "nt" else "python")


def stamp_file(root: str = ROOT) -> str:
    return os.path.join(venv(root), "ladder-stamp.json")


def base_python(root: str = ROOT) -> str:
    """The Python that the environment borrows its standard library from."""
    if os.name != "nt":
        return os.path.realpath(interpreter(root))
    with open(os.path.join(venv(root), "pyvenv.cfg"), encoding="utf-8") as file:
        settings = dict(line.split(" = ", 1) for line in file.read().splitlines() if " = " in line)
    return settings.get("executable", interpreter(root))


def inputs(root: str = ROOT) -> str:
    digest = hashlib.sha256()
    for name in ("requirements.lock", "pyproject.toml"):
        with open(os.path.join(root, name), "rb") as file:
            # A checkout on Windows may have changed the line ends, which changes nothing.
            digest.update(file.read().replace(b"\r\n", b"\n"))
    return digest.hexdigest()


def read(root: str = ROOT) -> dict[str, str] | None:
    try:
        with open(stamp_file(root), encoding="utf-8") as file:
            stamp = json.load(file)
    except (OSError, ValueError):
        return None
    return stamp if isinstance(stamp, dict) else None


def complete(root: str = ROOT) -> dict[str, str]:
    return {"inputs": inputs(root), "root": root, "python": base_python(root)}


def write(stamp: dict[str, str], root: str = ROOT) -> None:
    """Declare the environment usable, as the last step of a set-up."""
    unfinished = stamp_file(root) + ".part"
    with open(unfinished, "w", encoding="utf-8") as file:
        json.dump(stamp, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    os.replace(unfinished, stamp_file(root))


def remove(root: str = ROOT) -> None:
    try:
        os.remove(stamp_file(root))
    except FileNotFoundError:
        pass


def same_folder(first: str, second: str) -> bool:
    try:
        return os.path.samefile(first, second)
    except OSError:
        return False


def verdict(root: str = ROOT) -> Verdict | None:
    """None where the environment can be used as it is."""
    stamp = read(root)
    if not os.path.exists(os.path.join(venv(root), "pyvenv.cfg")):
        return Verdict("there is none yet", from_scratch=True)
    if stamp is None:
        return Verdict("the last set-up did not finish", from_scratch=True)
    if not os.path.exists(interpreter(root)) or not os.path.exists(base_python(root)):
        return Verdict("the Python that it was made with is gone", from_scratch=True)
    if base_python(root) != stamp.get("python"):
        return Verdict("it was made with another Python", from_scratch=True)
    if not same_folder(stamp.get("root", ""), root):
        return Verdict("this folder was moved or copied", from_scratch=True)
    if stamp.get("inputs") != inputs(root):
        return Verdict("requirements.lock or pyproject.toml changed", from_scratch=False)
    return None
