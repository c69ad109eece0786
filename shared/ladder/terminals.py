"""A person's interactive shell, in which the ladder's Python comes before any other one.

A shell's own start-up file may put another Python first, so each shell gets one more to read last.
"""

import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

STARTUP = Path(__file__).parent / "startup"
POWERSHELL = "$env:PATH = $env:LADDER_PROGRAMS + ';' + $env:PATH"
FISH = "set -gx PATH $LADDER_PROGRAMS $PATH"


class Terminal(NamedTuple):
    """A shell: its name, the command that starts it, and the variables that it needs."""

    name: str
    command: list[str]
    variables: dict[str, str]


def of(environment: Mapping[str, str]) -> Terminal:
    """The shell of this person: their own, and on Windows that of Git, if it is installed."""
    if os.name == "nt":
        bash = git_bash()
        return start("bash", bash, environment) if bash else powershell()
    own = environment.get("SHELL", "")
    name = Path(own).name
    if name in ("bash", "zsh", "fish") and shutil.which(own):
        return start(name, own, environment)
    bash = shutil.which("bash")
    return start("bash", bash, environment) if bash else start("sh", "/bin/sh", environment)


def start(name: str, program: str, environment: Mapping[str, str]) -> Terminal:
    variables = {
        "LADDER_PROGRAMS": str(Path(sys.executable).parent),
        "LADDER_STARTUP": STARTUP.as_posix(),
    }
    if name == "bash":
        return Terminal(name, [program, "--rcfile", f"{STARTUP.as_posix()}/bashrc"], variables)
    if name == "fish":
        return Terminal(name, [program, "--init-command", FISH], variables)
    if name == "zsh":
        # macOS would keep its sessions in ZDOTDIR.
        own = {"LADDER_ZDOTDIR": environment.get("ZDOTDIR", ""), "SHELL_SESSIONS_DISABLE": "1"}
        return Terminal(name, [program], {**variables, **own, "ZDOTDIR": str(STARTUP)})
    return Terminal(name, [program, "-i"], {**variables, "ENV": f"{STARTUP}/environment.sh"})


def powershell() -> Terminal:
    program = shutil.which("pwsh") or "powershell.exe"
    variables = {"LADDER_PROGRAMS": str(Path(sys.executable).parent)}
    return Terminal(
        "PowerShell", [program, "-NoLogo", "-NoExit", "-Command", POWERSHELL], variables
    )


def git_bash() -> str | None:
    """The bash of Git for Windows; another one on the PATH may be that of a Linux inside."""
    git = shutil.which("git")
    folders = list(Path(git).parents)[1:3] if git else []
    found = (folder / "bin" / "bash.exe" for folder in folders)
    return next((str(bash) for bash in found if bash.is_file()), None)
