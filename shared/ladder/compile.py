"""Write the bytecode of every installed package: without it each start takes twice as long."""

import compileall
import re
import sys
import sysconfig

# A third of all files: the packages' own tests, dependencies of mlflow that nothing imports, and
# what only the browser tests import.
TESTS = "tests?"
UNUSED = "databricks|debugpy|docker|fontTools|graphene|graphql|gunicorn|pip|selenium|setuptools"
SKIPPED = re.compile(rf"[\\/](?:{TESTS}|{UNUSED})[\\/]")


def main() -> int:
    # Packages contain files for other Pythons too, which do not compile with this one.
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
