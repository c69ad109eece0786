"""Open JupyterLab on a copy of a level, which a person may change."""

import argparse
import itertools
import json
import os
import secrets
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ladder import level_files
from ladder import ports
from ladder import terminals
from ladder import visit
from ladder.errors import LadderError
from ladder.places import LEVELS
from ladder.places import RUNS
from ladder.service import Service
from ladder.service import running

CONFIGURATION = Path(__file__).parent / "jupyter"
# Its questions come before their answers. Level 0's notebook is a document: it keeps its outputs.
WITH_QUESTIONS = "lab.ipynb"
LOG = RUNS / "lab" / "jupyter.log"
READY = """\
Level {level}'s JupyterLab, for this machine only
  address      {address}
  notebook     {notebook}
  state        {state}
  log          {log}
  stop         Ctrl-C
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "level", type=int, nargs="?", default=0, choices=sorted(LEVELS), help="0 to 4 (default: 0)"
    )
    parser.add_argument("--fresh", action="store_true", help="start over; your old copy is kept")
    parser.add_argument("--port", type=int, default=8888, help="default: 8888, or the next free")
    parser.add_argument("--no-browser", action="store_true", help="only print the address")


def set_aside(copy: Path) -> Path:
    """Rename a person's copy to the first free name, so that starting over loses no work."""
    names = (copy.with_name(f"{copy.name}.before-{number}") for number in itertools.count(1))
    kept = next(name for name in names if not name.exists())
    return copy.rename(kept)


def copy_level(level: int, *, fresh: bool) -> Path:
    """The person's copy of a level, made where there is none."""
    copy = RUNS / "lab" / LEVELS[level].name
    if fresh and copy.exists():
        print(f"Your former copy is kept in {set_aside(copy)}")
    if copy.exists():
        print(f"Your copy of Level {level}, as you left it: {copy} (--fresh starts over)")
        return copy
    if not LEVELS[level].is_dir():
        raise LadderError(f"{LEVELS[level]} is missing; `git checkout -- {LEVELS[level].name}`")
    unfinished = copy.with_name(f"{copy.name}.part")
    shutil.rmtree(unfinished, ignore_errors=True)
    level_files.copy(LEVELS[level], unfinished)
    clear_outputs(unfinished / WITH_QUESTIONS)
    unfinished.rename(copy)
    print(f"Your own copy of Level {level}, to change as you like: {copy}")
    return copy


def clear_outputs(path: Path) -> None:
    """Remove the outputs of a notebook, if it exists, so that no answer precedes its question."""
    if not path.exists():
        return
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell |= {"outputs": [], "execution_count": None}
    text = json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True)
    path.write_text(f"{text}\n", encoding="utf-8")


def first_notebook(copy: Path) -> str:
    return next((notebook.name for notebook in sorted(copy.glob("*.ipynb"))), "")


def first_page(copy: Path) -> str:
    notebook = first_notebook(copy)
    return f"/lab/tree/{notebook}" if notebook else "/lab"


def jupyter(copy: Path, port: int, terminal: list[str], *, browser: bool) -> list[str]:
    options = [
        f"--ServerApp.root_dir={copy}",
        f"--ServerApp.ip={ports.LOOPBACK}",
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        f"--ServerApp.terminado_settings={ {'shell_command': terminal} }",
        f"--LabApp.default_url={first_page(copy)}",
        f"--LabApp.workspaces_dir={copy.parent / '.workspaces' / copy.name}",
        "--ServerApp.answer_yes=True",
        "--Application.log_level=ERROR",
    ]
    if not browser:
        options.append("--no-browser")
    # In a container every user is root; loopback address and token still protect the server.
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        options.append("--allow-root")
    return [sys.executable, "-m", "jupyterlab", *options]


def configured(environment: dict[str, str]) -> dict[str, str]:
    """The environment with our configuration of JupyterLab before a person's own."""
    extra = environment.get("JUPYTER_CONFIG_PATH")
    paths = [str(CONFIGURATION), *([extra] if extra else [])]
    return {**environment, "JUPYTER_CONFIG_PATH": os.pathsep.join(paths)}


@contextmanager
def served(
    copy: Path, environment: dict[str, str], log: Path, *, port: int, browser: bool
) -> Iterator[tuple[Service, str]]:
    """JupyterLab in a person's copy of a level, and the address of its notebook, with the token."""
    token = secrets.token_hex(24)
    terminal = terminals.of(environment)
    # In the environment: every user of this machine can read a command line.
    variables = {**configured(environment), **terminal.variables, "JUPYTER_TOKEN": token}
    command = jupyter(copy, port, terminal.command, browser=browser)
    with running("JupyterLab", command, folder=copy, environment=variables, log=log) as server:
        address = f"http://{ports.LOOPBACK}:{port}"
        server.wait_until_answering(f"{address}/api")
        yield server, f"{address}{first_page(copy)}?token={token}"


def main(arguments: argparse.Namespace) -> int:
    level = arguments.level
    port = ports.first_free(arguments.port)
    copy = copy_level(level, fresh=arguments.fresh)
    state = visit.own_state(level)
    environment = visit.environment(level, state, visit.own_day(level))
    with served(copy, environment, LOG, port=port, browser=not arguments.no_browser) as (
        server,
        address,
    ):
        notebook = copy / first_notebook(copy)
        text = READY.format(level=level, address=address, notebook=notebook, state=state, log=LOG)
        print(text, end="", flush=True)
        return server.child.wait()
