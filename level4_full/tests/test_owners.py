"""Every file has an owner, every rule owns a file, and the owners are the roles that the README names."""

from fnmatch import fnmatch

import pytest

from flighttime import settings

TEAMS = ["@flights/data-scientists", "@flights/data-engineers", "@flights/software-engineers"]
FILES = [path for folder in ("flighttime", "tests", ".github") for path in (settings.ROOT / folder).rglob("*.*")]


def rules() -> list[tuple[str, list[str]]]:
    lines = (settings.ROOT / ".github" / "CODEOWNERS").read_text(encoding="utf-8").splitlines()
    words = [line.split() for line in lines if line and not line.startswith("#")]
    return [(pattern, owners) for pattern, *owners in words]


def test_whatever_no_other_rule_names_belongs_to_all() -> None:
    assert rules()[0] == ("*", TEAMS)


@pytest.mark.parametrize(("pattern", "owners"), rules())
def test_a_rule_names_known_teams_and_matches_a_file(pattern: str, owners: list[str]) -> None:
    names = [path.name for path in [*FILES, *settings.ROOT.iterdir()] if path.is_file()]

    assert owners and set(owners) <= set(TEAMS)
    assert any(fnmatch(name, pattern) for name in names)


@pytest.mark.parametrize("module", sorted(path.name for path in (settings.ROOT / "flighttime").glob("*.py")), ids=str)
def test_a_module_and_its_tests_belong_to_the_same_people(module: str) -> None:
    assert owners_of(f"test_{module}") == owners_of(module)


def owners_of(name: str) -> list[str]:
    return [owners for pattern, owners in rules() if fnmatch(name, pattern)][-1]


def test_the_readme_names_every_role() -> None:
    readme = (settings.ROOT / "README.md").read_text(encoding="utf-8")

    assert all(team.removeprefix("@flights/").removesuffix("s").replace("-", " ") in readme for team in TEAMS)
