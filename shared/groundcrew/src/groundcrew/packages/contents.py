"""What else is in a package: examples of its predictions, and the model card."""

import json
import timeit
from collections.abc import Callable
from collections.abc import Iterable
from itertools import cycle
from pathlib import Path
from statistics import median

import pandas as pd

from groundcrew import files
from groundcrew.errors import UserError
from groundcrew.registry.facts import slice_facts
from groundcrew.serving import Model

EXAMPLES = "examples.json"
CARD = "card.md"
TOLERANCE = 1e-9  # minutes
TIMES = 200


def write_examples(folder: Path, flights: pd.DataFrame, minutes: Iterable[float]) -> None:
    """Write flights to EXAMPLES, each with the `minutes` that the model predicts for it."""
    rows = json.loads(flights.to_json(orient="records"))
    answered = zip(rows, minutes, strict=True)
    files.write_json(folder / EXAMPLES, [{**row, "minutes": float(each)} for row, each in answered])


def examples(folder: Path) -> list[dict]:
    """Return what `write_examples` wrote; raises UserError if it cannot be read."""
    try:
        return files.read_json(folder / EXAMPLES)
    except (OSError, ValueError) as problem:
        raise UserError(
            f"{folder} has no examples that can be read ({problem}): package this version again",
        ) from None


def require_examples(
    folder: Path,
    predict_rows: Callable[[list[tuple]], list[float]],
    features: list[str],
) -> None:
    """Raise UserError unless the model predicts the minutes of all its examples."""
    rows = [tuple(example[name] for name in features) for example in examples(folder)]
    expected = [example["minutes"] for example in examples(folder)]
    differences = map(lambda one, other: abs(one - other), predict_rows(rows), expected)
    # NaN is above every tolerance.
    if not rows or not all(difference < TOLERANCE for difference in differences):
        raise UserError(f"{folder} does not predict its own examples: do not release this version")


def measure(folder: Path, model: Model, features: list[str]) -> dict[str, float]:
    """Return the size of a package in `megabytes`, and the `milliseconds` of one prediction.

    The latter is the median of TIMES predictions of single examples.
    """
    size = sum(path.stat().st_size for path in folder.iterdir())
    rows = cycle([tuple(one[name] for name in features) for one in examples(folder)])
    times = timeit.repeat(lambda: model.predict_rows([next(rows)]), number=1, repeat=TIMES)
    return {"megabytes": size / 1e6, "milliseconds": 1000 * median(times)}


def card(folder: Path) -> str:
    """Return the model card that `write_card` wrote; raises UserError if it cannot be read."""
    try:
        return (folder / CARD).read_text(encoding="utf-8")
    except (OSError, ValueError) as problem:
        raise UserError(
            f"{folder} has no model card that can be read ({problem}): package this version again",
        ) from None


def write_card(folder: Path, template: Path, lineage: dict) -> None:
    """Write CARD: the Markdown `template` filled with the values and metrics of a lineage.

    `{slices}` becomes a table row for each slice of the metrics.
    """
    errors = slice_facts(lineage["metrics"]).items()
    slices = "\n".join(f"| {name} | {error} |" for name, error in errors)
    text = template.read_text(encoding="utf-8")
    values = {**lineage["metrics"], **lineage, "slices": slices}
    (folder / CARD).write_bytes(text.format(**values).encode())
