"""Open JupyterLab on a copy of a level, which a person may change."""

import argparse
import itertools
import json
import os
import shutil
import sys
from pathlib import Path

from ladder.child import running
from ladder.errors import LadderError
from ladder.places import LEVELS
from ladder.places import RUNS
from ladder.places import level_environment

LEFT_OUT = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints", ".pytest_cache")
CONFIGURATION = Path(__file__).parent / "jupyter"
# Its questions come before their answers. Level 0's notebook is a document: it keeps its outputs.
WITH_QUESTIONS = "lab.ipynb"


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
    shutil.copytree(LEVELS[level], unfinished, ignore=LEFT_OUT)
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


def first_page(copy: Path) -> str:
    notebooks = sorted(copy.glob("*.ipynb"))
    return f"/lab/tree/{notebooks[0].name}" if notebooks else "/lab"


def jupyter(copy: Path, arguments: argparse.Namespace) -> list[str]:
    options = [
        f"--ServerApp.root_dir={copy}",
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={arguments.port}",
        f"--LabApp.default_url={first_page(copy)}",
        f"--LabApp.workspaces_dir={copy.parent / '.workspaces' / copy.name}",
        "--ServerApp.answer_yes=True",
        "--Application.log_level=ERROR",
    ]
    if arguments.no_browser:
        options.append("--no-browser")
    # In a container every user is root; loopback address and token still protect the server.
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        options.append("--allow-root")
    return [sys.executable, "-m", "jupyterlab", *options]


def lab_environment(level: int) -> dict[str, str]:
    environment = level_environment(level)
    extra = environment.get("JUPYTER_CONFIG_PATH")
    paths = [str(CONFIGURATION), *([extra] if extra else [])]
    return {**environment, "JUPYTER_CONFIG_PATH": os.pathsep.join(paths)}


def main(arguments: argparse.Namespace) -> int:
    copy = copy_level(arguments.level, fresh=arguments.fresh)
    print("JupyterLab is starting; Ctrl-C here stops it.", flush=True)
    with running(
        jupyter(copy, arguments),
        folder=copy,
        environment=lab_environment(arguments.level),
    ) as child:
        return child.wait()
