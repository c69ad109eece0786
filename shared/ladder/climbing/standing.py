"""Which statements of the maturity model hold in an attendee's repository; what held is kept.

A statement is checked again only if a file that it depends on has changed, or the suite has.
"""

import ast
import hashlib
from collections.abc import Iterator
from pathlib import Path

from ladder.climbing import suite
from ladder.climbing.memory import Memory
from ladder.climbing.repository import Repository
from ladder.climbing.suite import Statement
from ladder.git import listed

# Texts and pictures for readers, and the walk through a level: no command reads them.
PROSE = (".svg", "README.md", "LETTER.md", "lab.ipynb", ".gitignore")


def asked_at(level: int) -> list[Statement]:
    """What has to hold at a level, what the lower levels ask first."""
    holding = [one for one in suite.statements() if level in one.holds_at and one.level <= level]
    return sorted(holding, key=lambda one: one.level)


def asked_above(level: int) -> list[Statement]:
    """What the next level adds: it holds there, and must not hold here."""
    return [one for one in asked_at(level + 1) if level not in one.holds_at]


def content(found: Repository) -> dict[str, str]:
    """The digest of every file that a command may read."""
    paths = sorted(listed(found.folder, "ls-files", "-z", "-co", "--exclude-standard"))
    files = {path: found.folder / path for path in paths if not path.endswith(PROSE)}
    return {path: digest(file) for path, file in files.items() if file.is_file()}


def digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def depends(statement: Statement, files: dict[str, str]) -> str:
    """One digest of all that a statement depends on: files of the repository, and the suite."""
    about = " ".join([statement.row, statement.says, statement.looks_at]).lower()
    if statement.status == "settings":  # which files there are, and the content of some
        chosen = {path: name if path.startswith(".github/") else "" for path, name in files.items()}
    elif "test" in about:
        chosen = files
    else:
        chosen = {path: name for path, name in files.items() if not path.startswith("tests/")}
    text = repr([statement.id, sorted(chosen.items()), [digest(file) for file in suite.files()]])
    return hashlib.sha256(text.encode()).hexdigest()


def is_known(statement: Statement, memo: Memory, files: dict[str, str]) -> bool:
    """Whether it held, and nothing that it depends on has changed since."""
    return memo.passed.get(statement.id) == depends(statement, files)


def syntax_errors(found: Repository) -> Iterator[str]:
    """Each file that is not Python, with the line: nothing else can be found out before."""
    for folder in ("flighttime", "tests"):
        for file in sorted((found.folder / folder).rglob("*.py")):
            try:
                ast.parse(file.read_bytes())
            except (SyntaxError, ValueError) as error:
                path = file.relative_to(found.folder).as_posix()
                yield f"{path}, line {getattr(error, 'lineno', 1)}: {getattr(error, 'msg', error)}"
