"""The versions that were last verified: those of the direct dependencies, with the date."""

import json
import platform
import tomllib
from datetime import date

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from ladder import newest
from ladder.errors import LadderError
from ladder.installed import unmet
from ladder.places import ROOT
from ladder.teaching import FOLDER

FILE = FOLDER / "verified.json"
LOCK = ROOT / "requirements.lock"


def direct() -> dict[str, str]:
    """The direct dependencies, each with its versions in the lock: two where Pythons differ."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = {canonicalize_name(Requirement(one).name) for one in project["dependencies"]}
    locked = newest.versions(LOCK.read_text(encoding="utf-8"))
    return {name: newest.listed(locked.get(name, [])) for name in sorted(wanted)}


def verify() -> None:
    """Note that these versions are verified today; raises LadderError if others are installed."""
    if missing := unmet(LOCK.read_text(encoding="utf-8")):
        raise LadderError(
            f"this environment lacks {missing[0]} of requirements.lock, so nothing is verified: "
            "`ladder doctor` brings it in step"
        )
    on = {
        "date": f"{date.today()}",
        "system": platform.system(),
        "python": platform.python_version(),
    }
    text = json.dumps({**on, "versions": direct()}, indent=1) + "\n"
    FILE.write_text(text, encoding="utf-8", newline="\n")


def noted() -> dict:
    """What was verified last; raises LadderError where that cannot be read."""
    try:
        return json.loads(FILE.read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise LadderError(f"{FILE} cannot be read: {problem}; `ladder teach verified`") from None


def table() -> str:
    last = noted()
    rows = [f"| {name} | {one} |" for name, one in last["versions"].items()]
    head = f"Last verified on {last['date']}, {last['system']}, Python {last['python']}."
    return "\n".join([head, "", "| package | version |", "|---|---|", *rows])
