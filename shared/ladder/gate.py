"""The first step of a job that needs an approval: wait for a file with yes or no.

It uses only the standard library.
"""

import sys
import time
from pathlib import Path


def main(place: Path) -> int:
    print(f"waiting for approval: {place.name}", flush=True)
    while not place.exists():
        time.sleep(0.05)
    answer = place.read_text(encoding="utf-8")
    # The next job that waits for the same environment asks again.
    place.unlink()
    if answer == "yes":
        print(f"::notice::approved for {place.name}", flush=True)
        return 0
    print(f"::error::not approved for {place.name}: nothing was changed there", flush=True)
    return 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
