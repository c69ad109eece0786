"""`ladder site`: all results as one set of pages with an index, served on this machine."""

import argparse
from pathlib import Path

from ladder import browser
from ladder import ports
from ladder import writable
from ladder.errors import LadderError
from ladder.places import RUNS
from ladder.site import build
from ladder.site import pictures
from ladder.site import serving

HOME = RUNS / "site"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help="only write the pages there, to be published: no server, no address of this machine",
    )
    parser.add_argument(
        "--port", type=int, default=8300, help="where to serve them (default: 8300)"
    )
    parser.add_argument("--no-browser", action="store_true", help="do not open a browser")
    parser.add_argument(
        "--publish",
        action="store_true",
        help="for maintainers: draw the READMEs' pictures again from the published numbers",
    )


def main(arguments: argparse.Namespace) -> int:
    if arguments.publish:
        for picture in pictures.draw_again():
            print(picture)
        return 0
    if arguments.out:
        folder = require_folder(arguments.out.absolute())
        pages = build.write(folder, local=False)
        print(f"{pages} pages: {folder / 'index.html'}")
        return 0
    ports.require_free(arguments.port, "site")
    pages = build.write(HOME, local=True)
    with serving.served(HOME, arguments.port) as address:
        print(f"{pages} pages at {address}\n  files    {HOME}\n  stop it  Ctrl-C", flush=True)
        if not arguments.no_browser:
            browser.show(address)
        serving.wait()
    return 0


def require_folder(folder: Path) -> Path:
    """The folder; raises LadderError if the pages would be mixed with other files there.

    So they would in the repository, other than in runs, and where anything but a site is.
    """
    writable.require_outside(folder, HOME)
    if folder.exists() and not folder.is_dir():
        raise LadderError(f"--out {folder}: is a file; name a folder")
    try:
        is_free = not folder.exists() or not any(folder.iterdir())
    except OSError as problem:
        raise LadderError(f"--out {folder}: cannot be read ({problem.strerror})") from None
    if not is_free and not (folder / build.WALL).is_file():
        raise LadderError(f"--out {folder}: holds other files; name a new or an empty folder")
    return folder
