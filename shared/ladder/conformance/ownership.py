"""Who owns which file, as GitHub reads it from CODEOWNERS."""

import re
from pathlib import Path

from ladder.conformance.findings import NotMet

ROLES = ("data-scientists", "data-engineers", "software-engineers")
PLACES = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")


class Owners:
    """The rules of a project's CODEOWNERS: the last one that matches a path decides."""

    def __init__(self, folder: Path) -> None:
        files = [folder / place for place in PLACES if (folder / place).is_file()]
        if not files:
            raise NotMet("no CODEOWNERS: nothing says who reviews which file")
        self.folder = folder
        lines = files[0].read_text(encoding="utf-8").splitlines()
        rules = (line.split("#")[0].split() for line in lines)
        self.rules = [(pattern(rule[0]), set(rule[1:])) for rule in rules if rule]

    def of(self, path: str) -> set[str]:
        """The roles that own a path: the last part of each team's name."""
        owners: set[str] = set()
        for rule, teams in self.rules:
            if rule.search(path):
                owners = teams
        return {team.rpartition("/")[2].lstrip("@") for team in owners}

    def require(self, path: str, *roles: str) -> None:
        """Raise NotMet unless exactly these roles own an existing file."""
        if not (self.folder / path).is_file():
            raise NotMet(f"no file {path}")
        if self.of(path) != set(roles):
            found = " and ".join(sorted(self.of(path))) or "no one"
            raise NotMet(f"{path} belongs to {found}, not to {' and '.join(roles)}")


def pattern(text: str) -> re.Pattern[str]:
    """A pattern of CODEOWNERS: with a slash before its end it starts at the top folder."""
    anchored = "/" in text.rstrip("/")
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", text.strip("/"))
    kinds = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    body = "".join(kinds.get(part, re.escape(part)) for part in parts)
    return re.compile(f"{'^' if anchored else '(?:^|/)'}{body}(?:/|$)")
