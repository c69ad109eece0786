"""Ownership: every file has an owner, and a module and its tests have the same."""

from fnmatch import fnmatch

from groundcrew import settings

TEAMS = ["@flights/data-scientists", "@flights/data-engineers", "@flights/software-engineers"]
PATHS = [path for path in settings.root().rglob("*") if path.is_file()]
LINES = (settings.root() / ".github" / "CODEOWNERS").read_text(encoding="utf-8").splitlines()
RULES = [line.split() for line in LINES if line and not line.startswith("#")]


def owners(name: str) -> list[str]:
    return [teams for pattern, *teams in RULES if fnmatch(name, pattern)][-1]


def test_a_file_without_a_rule_belongs_to_every_team() -> None:
    assert RULES[0] == ["*", *TEAMS]


def test_every_rule_names_known_teams_and_matches_a_file() -> None:
    for pattern, *teams in RULES:
        assert teams and set(teams) <= set(TEAMS), pattern
        assert any(fnmatch(path.name, pattern) for path in PATHS), pattern


def test_a_module_and_its_tests_have_the_same_owners() -> None:
    for path in (settings.root() / "flighttime").glob("*.py"):
        assert owners(f"test_{path.name}") == owners(path.name)
