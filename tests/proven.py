"""Find a level's test files that the level below runs too, with the same modules."""

import re
from pathlib import Path

# Imported, or named for another process: from flighttime import x; -m flighttime.x
FROM = re.compile(r"from flighttime((?:\.\w+)*) import (\w+(?:, *\w+)*)")
NAMED = re.compile(r"\bflighttime((?:\.\w+)+)")
# A test that reads one of these depends on more than modules.
OTHER_FILES = re.compile(r"CODEOWNERS|\.github|\.toml|requirements|README|\.ipynb")


def below(level: Path, lower: Path) -> list[str]:
    """The test files that are the same in the level below, as is every module that they reach."""
    tests = sorted(
        path.relative_to(level).as_posix() for path in (level / "tests").glob("test_*.py")
    )
    shared = same_files(level, lower)
    return [
        path
        for path in tests
        if same(level, lower, path)
        and depends_on_modules_only(level / path)
        and reached(level, path) <= shared
    ]


def depends_on_modules_only(test: Path) -> bool:
    return not OTHER_FILES.search(test.read_text(encoding="utf-8"))


def same_files(level: Path, lower: Path) -> set[str]:
    """The files of the level's package that are the same in the level below."""
    found = (
        path.relative_to(level).as_posix()
        for path in (level / "flighttime").rglob("*")
        if path.is_file()
    )
    return {path for path in found if same(level, lower, path)}


def same(level: Path, lower: Path, path: str) -> bool:
    return (lower / path).is_file() and (level / path).read_bytes() == (lower / path).read_bytes()


def reached(level: Path, start: str) -> set[str]:
    """The package's files that a file names, and those that these name."""
    found, waiting = set(), [start]
    while waiting:
        for path in named(level, (level / waiting.pop()).read_text(encoding="utf-8")) - found:
            found.add(path)
            waiting.append(path)
    return found


def named(level: Path, text: str) -> set[str]:
    """The modules of the level that a text names, and its other files."""
    dotted = {
        f"{package}.{name.strip()}"
        for package, names in FROM.findall(text)
        for name in names.split(",")
    }
    dotted |= set(NAMED.findall(text))
    parts = [name.strip(".").split(".") for name in dotted]
    paths = {
        "/".join(["flighttime", *names[:length]]) + ".py"
        for names in parts
        for length in range(1, len(names) + 1)
    }
    others = {
        path.relative_to(level).as_posix()
        for path in (level / "flighttime").iterdir()
        if path.suffix not in {"", ".py", ".pyc"} and path.name in text
    }
    return {path for path in paths if (level / path).is_file()} | others
