"""What steps print: silenced, or shown without what differs in each run."""

import os
import re
from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from contextlib import redirect_stderr
from contextlib import redirect_stdout
from io import StringIO

from groundcrew import settings
from groundcrew.errors import UserError

SECONDS = re.compile(r" +\d+\.\d+ ?s\b")
DIGEST = re.compile(r"\b[0-9a-f]{12,}\b…?")


def show(step: Callable, *arguments: object, **options: object) -> None:
    """Call a step and print what it says; a UserError is printed as "refused: ..."."""
    with redirect_stdout(StringIO()) as said, redirect_stderr(said):
        try:
            step(*arguments, **options)
        except UserError as error:
            print(f"refused: {error}")
    print(clean(said.getvalue()), end="")


@contextmanager
def quiet() -> Iterator[None]:
    """Print nothing of what the block says."""
    with redirect_stdout(StringIO()), redirect_stderr(StringIO()):
        yield


def clean(text: str) -> str:
    """Shorten the path of the state folder; replace seconds and digests, which always differ."""
    state = settings.runs()
    for path in (f"{state}{os.sep}", f"{state.as_posix()}/"):
        text = text.replace(path, f"{state.name}/")
    text = text.replace("\\", "/") if os.sep == "\\" else text
    return DIGEST.sub("…", SECONDS.sub("", text))
