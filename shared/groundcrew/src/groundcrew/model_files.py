"""Model files in the skops format: data that cannot execute code when it is loaded."""

import threading
from pathlib import Path

from sklearn.pipeline import Pipeline

from groundcrew import files
from groundcrew.errors import NotFound
from groundcrew.errors import UserError

# Python 3.11 sometimes fails where two threads read arrays from files at once (CPython 106905).
ONE_AT_A_TIME = threading.Lock()


def save(pipeline: Pipeline, path: Path) -> None:
    """Write a fitted pipeline to `path` atomically."""
    # Imported late, since it takes two seconds and most commands do not need it.
    from skops import io

    files.write_atomically(path, lambda temporary: io.dump(pipeline, temporary))


def load(path: Path, trusted: list[str]) -> Pipeline:
    """Return the pipeline in a model file, which may hold the `trusted` types and scikit-learn's.

    Raises UserError, without executing anything, if the file holds another type or no pipeline.
    """
    from skops import io  # late, as in save

    try:
        untrusted = set(io.get_untrusted_types(file=path)) - set(trusted)
        if untrusted:
            names = ", ".join(sorted(untrusted))
            raise UserError(f"{path} holds {names}, which no model needs: do not use this file")
        with ONE_AT_A_TIME:
            loaded = io.load(path, trusted=trusted)
    except FileNotFoundError:
        raise NotFound(f"there is no model file {path}: train a model, or copy one") from None
    except UserError:
        raise
    except Exception as problem:  # damaged bytes break the reader with exceptions of any class
        raise UserError(
            f"{path} is not a model file ({problem}): copy it again from where it was trained",
        ) from None
    if not isinstance(loaded, Pipeline):
        raise UserError(
            f"{path} holds a {type(loaded).__name__}, not a model: "
            "copy it again from where it was trained",
        )
    return loaded
