"""What differs between the environment of a recorded run and the present one."""

import re
from hashlib import sha256
from importlib import metadata
from pathlib import Path

from groundcrew import sections
from groundcrew import settings
from groundcrew.provenance.commits import NOT_IN_GIT
from groundcrew.provenance.machine import LIBRARY
from groundcrew.provenance.machine import content_version
from groundcrew.provenance.machine import environment
from groundcrew.provenance.machine import flat

MACHINE = ["groundcrew", "python", "platform", "numerics"]
PIN = re.compile(r"^([\w.-]+)==([\w.+!-]+)", re.MULTILINE)


def uncommitted(tags: dict[str, str]) -> str:
    """What of a run's code `code_at` cannot restore, because it was not committed; else ""."""
    if tags["commit"] == NOT_IN_GIT["commit"]:
        return "was not in git: this is the present code"
    if tags["changed"] == "no":
        return ""
    changes = f"{tags['changed']} was changed and not committed"
    return f"{changes}: this is commit {tags['commit'][:12]}, without the changes"


def apply_settings(folder: Path, recorded: dict[str, str]) -> str:
    """Replace the settings in a folder of `code_at` by a run's; returns what differed, or ""."""
    file = folder / f"{settings.project_name()}.toml"
    current = dict(flat(sections.read(file)))
    lines = [f"{name} = {value}\n" for name, value in recorded.items()]
    file.write_text("".join(lines), encoding="utf-8")
    names = sorted({*current, *recorded})
    names = [name for name in names if current.get(name) != recorded.get(name)]
    return ", ".join(
        f"{name} was {recorded.get(name, 'not set')}, not {current.get(name, 'unset')}"
        for name in names
    )


def other_packages(folder: Path, tags: dict[str, str]) -> str:
    """What of the packages and the machine differs from a run's tags; "" if nothing does.

    `folder` is one of `code_at`: the installed packages are compared with its requirements.txt.
    """
    lock = (folder / "requirements.txt").read_bytes()
    library = folder / LIBRARY.name
    now = environment() | {"groundcrew": content_version(library if library.exists() else LIBRARY)}
    found = []
    if sha256(lock).hexdigest() != tags["requirements"]:
        found.append("requirements.txt was another than that of the commit")
    for name, pinned in PIN.findall(lock.decode()):
        if (present := installed(name)) != pinned:
            found.append(f"{name} is {present}, not {pinned}")
    changed = [name for name in MACHINE if tags.get(name, now[name]) != now[name]]
    found += [f"{name} was {tags[name]}, now {now[name]}" for name in changed]
    return "; ".join(found)


def installed(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "not installed"
