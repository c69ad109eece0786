"""For maintainers: runs notebooks anew and stores what they now print, so that their tests have something to hold."""

import argparse
import os
import tempfile
from pathlib import Path

from ladder.errors import LadderError
from ladder.places import FEED
from ladder.places import LEVELS

KEPT = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
MOST_SECONDS = 600


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("notebooks", nargs="*", type=Path, help="which ones (default: all of the levels)")


def main(arguments: argparse.Namespace) -> int:
    for path in arguments.notebooks or [path for level in LEVELS.values() for path in sorted(level.glob("*.ipynb"))]:
        print(f"{path} …", flush=True)
        renew(path.resolve())
    return 0


def renew(path: Path) -> None:
    """Execute a notebook in its own folder with state of its own, and write it back with nothing of this machine."""
    import nbclient
    import nbformat

    if not path.is_file():
        raise LadderError(f"there is no notebook {path}: name an .ipynb file of a level")
    notebook = nbformat.read(path, as_version=4)
    with tempfile.TemporaryDirectory() as runs:
        os.environ |= {"FLIGHTTIME_FEED": str(FEED), "FLIGHTTIME_RUNS": runs, "PYTHONDONTWRITEBYTECODE": "1"}
        client = nbclient.NotebookClient(
            notebook,
            timeout=MOST_SECONDS,
            record_timing=False,
            resources={"metadata": {"path": str(path.parent)}},
        )
        try:
            client.execute()
        except nbclient.exceptions.CellExecutionError as failure:
            raise LadderError(f"{path} was left as it was, because a cell fails: {failure}") from None
    for cell in notebook.cells:
        cell.metadata = {}
    notebook.metadata = nbformat.from_dict({**KEPT, "language_info": {"name": "python"}})
    nbformat.write(notebook, path)
