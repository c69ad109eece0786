"""What a packaged model has to be, however good its answers are: signed, small, quick, and right in the application."""

import timeit
from collections.abc import Callable
from collections.abc import Sequence
from itertools import cycle
from statistics import median

from flighttime import package
from flighttime import signing
from flighttime import staging
from flighttime.certificates import Check
from flighttime.environment import TRAIN
from flighttime.errors import Refused
from flighttime.features import FEATURES

TIMES = 200


def of_package(version: str, rule: dict) -> list[Check]:
    """Signature, size and latency; raises Refused if there is no package."""
    folder = package.place(version)
    if not folder.exists():
        package.verify(folder, version)  # raises Refused: what is not there cannot be rejected
    try:
        model = package.load(version)
    except Refused as problem:
        return [Check("signature", str(problem), "as it was packaged, by a key that is trusted", False)]
    size = sum(path.stat().st_size for path in folder.iterdir()) / 1e6
    rows = [[flight[name] for name in FEATURES] for flight in package.read(folder / "examples.json")]
    taken = milliseconds(model.predict_rows, rows)
    return [
        Check("signature", f"by key {signing.fingerprint(TRAIN)[:12]}…", "as it was packaged, by a key that is trusted", True),
        Check("size", f"{size:.2f} MB", f"at most {rule['most_megabytes']} MB", size <= rule["most_megabytes"]),
        Check("latency", f"{taken:.3f} ms a flight", f"at most {rule['most_ms']} ms", taken <= rule["most_ms"]),
    ]


def milliseconds(predict_rows: Callable[[Sequence[Sequence]], list[float]], rows: Sequence[Sequence]) -> float:
    """What a single flight takes, as a rule."""
    turns = cycle(rows)
    return 1000 * median(timeit.repeat(lambda: predict_rows([next(turns)]), number=1, repeat=TIMES))


def in_staging(version: str) -> Check:
    """The tests of this very release, in a staging application that answers with it."""
    wrong = staging.trial(version)
    return Check("staging", "; ".join(wrong) or "all as promised", "the release's own tests pass", not wrong)
