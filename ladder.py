"""The one command to type: makes `.venv` on first use, then hands over to the `ladder` package."""
# Old Pythons must still parse this file, so that they can say what is wrong with them.

import os
import sys

if sys.version_info < (3, 11):
    sys.exit(
        "ladder: this is Python %d.%d, and Python 3.11 or newer is needed; install one from "
        "https://www.python.org/downloads/ and call it by name, such as: python3.11 ladder.py"
        % sys.version_info[:2]
    )

SHARED = os.path.join(os.path.dirname(os.path.realpath(__file__)), "shared")

# Whatever runs in this folder finds this file before the package of the same name.
__path__ = [os.path.join(SHARED, "ladder")]

if __name__ == "__main__":
    sys.path.insert(0, SHARED)
    from ladder.start import main

    sys.exit(main(sys.argv[1:]))
