"""A release is named by its content, and a broken application is never switched to."""

from pathlib import Path

import pytest

from flighttime import content
from flighttime import deploy
from flighttime import settings
from flighttime.errors import Refused


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout of an application so small that it starts at once."""
    root = tmp_path / "checkout"
    (root / "flighttime").mkdir(parents=True)
    for name in ["flighttime/__init__.py", "flighttime/app.py", "flighttime.toml", "requirements.txt"]:
        (root / name).write_text("", encoding="utf-8")
    monkeypatch.setattr(settings, "ROOT", root)
    return root


def change(checkout: Path, text: str) -> None:
    (checkout / "flighttime" / "app.py").write_text(text, encoding="utf-8")


def test_the_real_application_is_released_and_current(settled: Path) -> None:
    assert deploy.current().name == content.version(settings.ROOT)
    assert content.version(deploy.current()) == deploy.current().name


def test_one_byte_makes_another_version(checkout: Path) -> None:
    first = content.version(checkout)

    change(checkout, "#")

    assert content.version(checkout) != first


def test_what_is_no_part_of_the_application_does_not_count(checkout: Path) -> None:
    first = content.version(checkout)

    (checkout / "README.md").touch()
    (checkout / "flighttime" / "__pycache__").mkdir()
    (checkout / "flighttime" / "__pycache__" / "app.pyc").touch()

    assert content.version(checkout) == first


def test_releasing_again_changes_nothing(checkout: Path) -> None:
    first = deploy.deploy()

    assert deploy.deploy() == first
    assert len(list(deploy.releases().iterdir())) == 2


def test_the_version_before_stays_and_can_be_gone_back_to(checkout: Path) -> None:
    first = deploy.deploy()
    change(checkout, "#")

    second = deploy.deploy()

    assert deploy.current().name == second
    change(checkout, "")
    deploy.deploy()
    assert deploy.current().name == first


def test_a_broken_application_is_never_switched_to(checkout: Path) -> None:
    first = deploy.deploy()
    change(checkout, "import no_such_package")

    with pytest.raises(Refused, match="does not start, so nothing was released: .*no_such_package"):
        deploy.deploy()

    assert deploy.current().name == first
    assert sorted(path.name for path in deploy.releases().iterdir()) == sorted([first, "current"])


def test_before_the_first_release_the_remedy_is_named() -> None:
    with pytest.raises(Refused, match="run python -m flighttime.deploy"):
        deploy.current()
