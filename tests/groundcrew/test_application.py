"""A release is identified by its content, and a broken application never becomes current."""

from collections.abc import Callable
from pathlib import Path

import pytest

from groundcrew import application
from groundcrew import settings
from groundcrew.errors import UserError


def release(try_out: Callable[[Path], None] = application.importable) -> str:
    """Release what is in the project's folder."""
    version = application.content_version()
    application.install(version, try_out)
    application.switch_to(version)
    return version


def change(project: Path, source: str) -> None:
    (project / "flighttime" / "app.py").write_text(source, encoding="utf-8")


def test_the_current_release_is_a_complete_copy(project: Path) -> None:
    version = release()

    assert application.current() == application.releases() / version
    assert application.content_version(application.current()) == version
    assert {path.name for path in application.current().iterdir()} == set(application.PARTS)


def test_one_byte_makes_another_version(project: Path) -> None:
    first = application.content_version()

    change(project, "#")

    assert application.content_version() != first


def test_other_files_do_not_change_the_version(project: Path) -> None:
    first = application.content_version()

    (project / "README.md").touch()
    (project / "flighttime" / "__pycache__").mkdir()
    (project / "flighttime" / "__pycache__" / "app.pyc").touch()

    assert application.content_version() == first


def test_releasing_again_changes_nothing_and_tries_nothing(project: Path) -> None:
    first = release()

    second = release(try_out=lambda folder: pytest.fail("tried again"))

    assert second == first
    assert len(list(application.releases().iterdir())) == 3  # a version, the pointer, the feed


def test_the_previous_release_stays_and_can_be_switched_back_to(project: Path) -> None:
    first = release()
    change(project, "#")
    second = release()
    assert application.current().name == second

    application.switch_to(first)

    assert application.current().name == first


def test_an_application_that_does_not_start_never_becomes_current(project: Path) -> None:
    first = release()
    change(project, "import no_such_package")

    with pytest.raises(UserError, match=r"be imported \(.*no_such_package.*nothing was deployed"):
        release()

    assert application.current().name == first
    names = sorted(path.name for path in application.releases().iterdir())
    assert names == sorted([first, "current", "feed"])


def test_a_failed_trial_leaves_nothing(project: Path) -> None:
    def fail(folder: Path) -> None:
        assert (folder / "flighttime" / "app.py").exists()
        raise UserError("no")

    with pytest.raises(UserError):
        application.install("0123456789ab", fail)

    assert list(application.releases().iterdir()) == []


def test_an_application_with_settings_out_of_range_is_not_installed(project: Path) -> None:
    ranges = "[training]\nwindow_days = [1, 30]\nholdout_days = [1, 30]\n[compute]\nwhere = 'text'"
    (project / "flighttime" / "ranges.toml").write_text(ranges, encoding="utf-8")

    with pytest.raises(UserError, match="window_days in .training. is 59, and should be less than"):
        release()

    assert not application.releases().exists()


def test_only_an_installed_version_can_become_current() -> None:
    with pytest.raises(UserError, match="0123456789ab is not installed in .*: install it first"):
        application.switch_to("0123456789ab")


def test_before_the_first_release_the_remedy_is_named() -> None:
    with pytest.raises(UserError, match="run python -m flighttime.deploy"):
        application.current()


def test_an_installed_application_finds_the_feed_that_its_project_had(
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    feed = settings.feed()
    release()
    monkeypatch.delenv("FLIGHTTIME_FEED")

    settings.use_project(application.current() / "flighttime")

    assert settings.feed() == feed


def test_a_feed_that_is_an_address_is_not_kept(
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FLIGHTTIME_FEED", "https://me:secret@example.org/feed")

    release()

    assert not (application.releases() / "feed").exists()
