"""The folder that a level's workflows run in: a copy of the level, its state, act's settings."""

import json
import os
import shutil
import sys
from pathlib import Path

from ladder import approval
from ladder import level_files
from ladder import workflows
from ladder.errors import LadderError
from ladder.git import git
from ladder.workflows import Workflow

STUBS = Path(__file__).parent / "stubs"
COPIED_BY_ACT = "actions/checkout"
MACHINES = {"ubuntu-latest", "self-hosted"}
OF_ANOTHER_RUN = ("GITHUB_", "RUNNER_", "ACTIONS_", "PYTEST_")
# For the tests of the level: where they keep temporary files, and without other tests' plugins.
OF_ITS_TESTS = ("PYTEST_DEBUG_TEMPROOT", "PYTEST_DISABLE_PLUGIN_AUTOLOAD")
GIT_SETTINGS = {
    "user.name": "ladder",
    "user.email": "ladder@localhost",
    "commit.gpgsign": "false",
    "core.autocrlf": "false",
    "core.hooksPath": "no-hooks",
}


class Stage:
    """One level's stage in one folder; the person's own settings are neither read nor changed."""

    def __init__(self, level: Path, place: Path, environment: dict[str, str]) -> None:
        self.level = level
        self.place = place
        self.repo = place / "repo"
        self.state = place / "state"
        self.event = place / "event.json"
        self.approvals = place / "approvals"
        self.environment = self._environment(environment)

    def _environment(self, outer: dict[str, str]) -> dict[str, str]:
        home = str(self.place / "home")
        programs = str(Path(sys.executable).parent)
        kept = {
            name: value
            for name, value in outer.items()
            if name in OF_ITS_TESTS or not name.startswith(OF_ANOTHER_RUN)
        }
        return {
            **kept,
            "PATH": os.pathsep.join([programs, outer.get("PATH", "")]),
            "FLIGHTTIME_RUNS": str(self.state),
            "HOME": home,
            "USERPROFILE": home,
            "XDG_CONFIG_HOME": str(self.place / "home" / ".config"),
            # What the workflow installs is installed; anything else would need the network.
            "PIP_NO_INDEX": "1",
            # So are its dependencies, which pip would take seconds to check.
            "PIP_NO_DEPS": "1",
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        }

    def command(self, event: str, chosen: list[Workflow]) -> list[str]:
        """The command that runs act; raises LadderError for what act cannot reproduce."""
        workflows.require_playable(chosen)
        program = shutil.which("act", path=self.environment["PATH"])
        if program is None:
            raise LadderError(
                "act is not installed here; `python3 ladder.py doctor` sets the environment up"
            )
        variables = {
            name: value
            for name, value in self.environment.items()
            if name.startswith("FLIGHTTIME_")
        }
        options = [
            *(("-W", str(workflow.path.relative_to(self.level))) for workflow in chosen),
            *(
                ("-P", f"{label}=-self-hosted")
                for label in sorted(MACHINES | workflows.labels(chosen))
            ),
            *(
                ("--local-repository", f"{action}={stub}")
                for action, stub in self._stubs(chosen).items()
            ),
            # The workflow reads these as variables of GitHub, its steps as environment.
            *(
                (kind, f"{name}={value}")
                for name, value in variables.items()
                for kind in ("--var", "--env")
            ),
            ("-e", str(self.event)),
        ]
        return [
            program,
            event,
            "--no-cache-server",
            *(word for option in options for word in option),
        ]

    def _stubs(self, chosen: list[Workflow]) -> dict[str, Path]:
        """The stub of each action that would have to be fetched."""
        remote = {
            action
            for action in workflows.remote_actions(self.level, chosen)
            if name(action) != COPIED_BY_ACT
        }
        for action in sorted(remote):
            if not stub(action).is_dir():
                raise LadderError(
                    f"the workflow uses {name(action)}, which cannot be fetched without a network: "
                    f"write a stub in {stub(action) / 'action.yml'}"
                )
        return {action: stub(action) for action in remote}

    def prepare(self, payload: dict[str, object]) -> None:
        """Make a new copy of the level, a repository with one commit; the state is kept."""
        config = self.place / "home" / ".config" / "act"
        config.mkdir(parents=True, exist_ok=True)
        # Without this file act asks which Docker images to use.
        (config / "actrc").touch()
        self.event.write_text(json.dumps(payload), encoding="utf-8")
        clear(self.repo)
        level_files.copy(self.level, self.repo)
        clear(self.approvals)
        self.approvals.mkdir()
        approval.install(self.repo, self.approvals)
        commit(self.repo, "The level as it is now", "--force")


def commit(folder: Path, message: str, *options: str) -> str:
    """Commit all files, in a repository that is made if there is none; returns the commit.

    `options` are those of git add. Raises LadderError with git's own words where it fails.
    """
    settings = [
        word for setting, value in GIT_SETTINGS.items() for word in ("-c", f"{setting}={value}")
    ]
    for command in (
        ["init", "--quiet"],
        ["symbolic-ref", "HEAD", "refs/heads/main"],
        ["add", "--all", *options],
        ["commit", "--quiet", "--allow-empty", "--message", message],
        ["rev-parse", "HEAD"],
    ):
        done = git(folder, *settings, *command)
        if done.returncode:
            output = done.stderr.decode(errors="replace").strip()
            raise LadderError(f"git {command[0]} failed in {folder}: {output}")
    return done.stdout.decode().strip()


def clear(folder: Path) -> None:
    """Remove a repository; git writes its objects read-only, and Windows would keep them."""
    for path in folder.rglob("*"):
        if not path.is_symlink():
            path.chmod(0o700)
    shutil.rmtree(folder, ignore_errors=True)


def name(action: str) -> str:
    return action.partition("@")[0]


def stub(action: str) -> Path:
    return STUBS.joinpath(*name(action).split("/"))
