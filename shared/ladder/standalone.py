"""A level is copied out and works alone, so its code knows neither its own level nor this tool."""

import re

NAMED = re.compile(r"(?<![a-z])(?i:level[ _-]?\d\w*|ladder)|\bL[0-4]\b")
IMPORTED = re.compile(r"""^[\s"]*(?:from|import)\s+ladder\b""", re.MULTILINE)
CODE = (".py", ".toml", ".yml", ".yaml")


def findings(level: str, files: dict[str, bytes]) -> list[str]:
    """Each place where code names a level or the ladder, and each notebook that imports the ladder.

    Prose and notebooks may name both.
    """
    found = []
    for path, content in files.items():
        if path.endswith(CODE):
            found += names(f"{level}/{path}", content.decode(errors="replace"))
        elif path.endswith(".ipynb") and IMPORTED.search(content.decode(errors="replace")):
            found.append(
                f"{level}/{path}: imports ladder, which a copy of the level does not have: "
                "do without"
            )
    return found


def names(where: str, text: str) -> list[str]:
    """The lines of a text that name a level or the ladder."""
    return [
        f'{where}:{number}: says "{named[0]}", which is wrong in a copy: say what it is instead'
        for number, line in enumerate(text.splitlines(), start=1)
        if (named := NAMED.search(line))
    ]
