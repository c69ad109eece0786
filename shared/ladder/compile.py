"""Writes the bytecode of everything installed: without it each start takes twice as long."""

import compileall
import re
import sys
import sysconfig

# The packages' own tests, what comes along with mlflow and is not loaded by anything here, and
# what only a test of a page in the browser loads: a third of all files.
TESTS = "tests?"
UNUSED = "databricks|debugpy|docker|fontTools|graphene|graphql|gunicorn|pip|selenium|setuptools"
SKIPPED = re.compile(rf"[\\/](?:{TESTS}|{UNUSED})[\\/]")


def main() -> int:
    # Packages carry files for other Pythons too: what does not compile here is not used here.
    compileall.compile_dir(
        sysconfig.get_path("purelib"),
        maxlevels=30,
        quiet=2,
        rx=SKIPPED,
        workers=0,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
