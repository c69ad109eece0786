"""Which of a level's test files need not run again: the level below has run the same tests of the same modules."""

import re
from pathlib import Path

# Imported, or named for a process of its own: from flighttime import x, y; from flighttime.web import x; -m flighttime.x
FROM = re.compile(r"from flighttime((?:\.\w+)*) import (\w+(?:, *\w+)*)")
NAMED = re.compile(r"\bflighttime((?:\.\w+)+)")
# Whoever reads one of these is not proven by its modules.
OTHER_FILES = re.compile(r"CODEOWNERS|\.github|\.toml|requirements|README|\.ipynb")


def below(level: Path, lower: Path) -> list[str]:
    """The test files that are the same in the level below, as is every module that they reach."""
    tests = sorted(path.relative_to(level).as_posix() for path in (level / "tests").glob("test_*.py"))
    shared = alike(level, lower)
    return [path for path in tests if same(level, lower, path) and only_of_modules(level / path) and reached(level, path) <= shared]


def only_of_modules(test: Path) -> bool:
    return not OTHER_FILES.search(test.read_text(encoding="utf-8"))


def alike(level: Path, lower: Path) -> set[str]:
    found = (path.relative_to(level).as_posix() for path in (level / "flighttime").rglob("*") if path.is_file())
    return {path for path in found if same(level, lower, path)}


def same(level: Path, lower: Path, path: str) -> bool:
    return (lower / path).is_file() and (level / path).read_bytes() == (lower / path).read_bytes()


def reached(level: Path, start: str) -> set[str]:
    """The package's files that a file names, those that these name, and so on; with pages go their templates."""
    found, waiting = set(), [start]
    while waiting:
        for path in named(level, (level / waiting.pop()).read_text(encoding="utf-8")) - found:
            found.add(path)
            waiting.append(path)
    if any(path.startswith("flighttime/web/") for path in found):
        pages = (level / "flighttime" / "web").rglob("*")
        found |= {path.relative_to(level).as_posix() for path in pages if path.is_file() and path.suffix not in {".py", ".pyc"}}
    return found


def named(level: Path, text: str) -> set[str]:
    dotted = {f"{package}.{name.strip()}" for package, names in FROM.findall(text) for name in names.split(",")}
    dotted |= set(NAMED.findall(text))
    parts = [name.strip(".").split(".") for name in dotted]
    paths = {"/".join(["flighttime", *names[:length]]) + ".py" for names in parts for length in range(1, len(names) + 1)}
    return {path for path in paths if (level / path).is_file()}
