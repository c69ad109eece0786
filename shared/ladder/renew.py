"""For maintainers: run notebooks and store their output, which the tests compare with.

What is stored depends on the notebook alone, so that `git diff` shows what changed: no times, no
execution counts, one output a stream, small images whose bytes are the same each time.
"""

import argparse
import base64
import io
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any

from ladder.errors import LadderError
from ladder.places import FEED
from ladder.places import LEVELS
from ladder.readmes import generated

if TYPE_CHECKING:
    from nbformat import NotebookNode

KERNEL = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
MAX_SECONDS = 600
MAX_COLORS = 16  # of an image: enough for a line plot, and a quarter of the bytes


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "notebooks", nargs="*", type=Path, help="which ones (default: all of the levels)"
    )
    parser.add_argument(
        "--readmes",
        action="store_true",
        help="write instead what the levels' READMEs take from incidents and exercises",
    )


def main(arguments: argparse.Namespace) -> int:
    if arguments.readmes and arguments.notebooks:
        raise LadderError(f"--readmes writes no notebook: leave {arguments.notebooks[0]} out")
    if arguments.readmes:
        generated.write(LEVELS)
        return 0
    for path in arguments.notebooks or [
        path for level in LEVELS.values() for path in sorted(level.glob("*.ipynb"))
    ]:
        print(f"{path} …", flush=True)
        renew(path.resolve())
    return 0


def renew(path: Path) -> None:
    """Execute a notebook in its folder with new state; store it without facts of this machine."""
    import nbformat

    if not path.is_file():
        raise LadderError(f"there is no notebook {path}: name an .ipynb file of a level")
    try:
        notebook: Any = nbformat.read(path, as_version=4)
    except (nbformat.reader.NotJSONError, UnicodeDecodeError):
        raise LadderError(f"{path} is no notebook: name an .ipynb file of a level") from None
    execute(notebook, path)
    tidy(notebook)
    nbformat.write(notebook, path)


def execute(notebook: "NotebookNode", path: Path) -> None:
    """Run every cell; raises LadderError if one fails."""
    import nbclient.exceptions

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as runs:
        os.environ |= {
            "FLIGHTTIME_FEED": str(FEED),
            "FLIGHTTIME_RUNS": runs,
            "OMP_NUM_THREADS": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        client = nbclient.NotebookClient(
            notebook,
            timeout=MAX_SECONDS,
            record_timing=False,
            resources={"metadata": {"path": str(path.parent)}},
        )
        try:
            client.execute()
        except nbclient.exceptions.CellExecutionError as failure:
            raise LadderError(
                f"{path} was left as it was, because a cell fails: {failure}"
            ) from None


def tidy(notebook: "NotebookNode") -> None:
    """Remove from an executed notebook whatever another run of it would change."""
    import nbformat

    for cell in notebook.cells:
        cell.metadata = nbformat.from_dict({})
        if cell.cell_type == "code":
            cell.execution_count = None
            cell.outputs = joined(cell.outputs)
            for output in cell.outputs:
                tidy_output(output)
    notebook.metadata = nbformat.from_dict({**KERNEL, "language_info": {"name": "python"}})


def joined(outputs: "list[NotebookNode]") -> "list[NotebookNode]":
    """Join the pieces of a stream: where a kernel splits it depends on the time."""
    kept: list[NotebookNode] = []
    for output in outputs:
        stream = output.get("name")
        if stream and kept and kept[-1].get("name") == stream:
            kept[-1].text += output.text
        else:
            kept.append(output)
    return kept


def tidy_output(output: "NotebookNode") -> None:
    if "execution_count" in output:
        output.execution_count = None
    if image := output.get("data", {}).get("image/png"):
        output.data["image/png"] = base64.b64encode(small(base64.b64decode(image))).decode()


def small(image: bytes) -> bytes:
    """A PNG file with few colors and without metadata, which names the version of matplotlib."""
    from PIL import Image

    picture = Image.open(io.BytesIO(image))
    if picture.mode == "P":  # it was made here: a palette of a palette would differ again
        return image
    file = io.BytesIO()
    reduced = picture.convert("RGB").quantize(MAX_COLORS, dither=Image.Dither.NONE)
    reduced.save(file, "PNG", optimize=True)
    return file.getvalue()
