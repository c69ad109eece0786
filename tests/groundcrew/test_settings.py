"""Folders, the day and the settings are found by default, and the environment overrides them."""

import re
from datetime import date
from pathlib import Path

import pytest

import groundcrew
from groundcrew import settings
from groundcrew.errors import UserError


def use_project_at(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FLIGHTTIME_RUNS")
    settings.use_project(root / "flighttime")


def test_a_project_on_its_own_keeps_its_state_inside(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    use_project_at(tmp_path / "copy", monkeypatch)

    assert settings.runs() == (tmp_path / "copy" / ".runs").resolve()


def test_next_to_the_shared_data_the_state_is_outside_the_project(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    (tmp_path / "shared" / "data").mkdir(parents=True)
    monkeypatch.delenv("FLIGHTTIME_FEED")

    use_project_at(tmp_path / "copy", monkeypatch)

    assert settings.runs() == (tmp_path / "runs" / "copy").resolve()
    assert settings.feed() == str((tmp_path / "shared" / "data").resolve())


def test_an_installed_release_uses_the_state_it_belongs_to(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    use_project_at(tmp_path / "state" / "releases" / "0123456789ab", monkeypatch)

    assert settings.runs() == (tmp_path / "state").resolve()


def test_without_a_project_the_current_directory_is_its_root(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setattr(settings, "_package", None)
    monkeypatch.chdir(tmp_path)

    assert settings.root() == Path.cwd()


def test_the_variable_overrides_the_state_folder(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("FLIGHTTIME_RUNS", str(tmp_path / "a folder"))

    assert settings.runs() == (tmp_path / "a folder").resolve()


def test_without_a_simulated_day_the_real_day_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FLIGHTTIME_TODAY")

    assert settings.today() in (date.today(), date.today())


def test_a_value_that_is_not_a_day_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLIGHTTIME_TODAY", "1 March")

    with pytest.raises(UserError, match="TODAY is '1 March', not a day: write it like 2013-03-01"):
        settings.today()


def test_a_day_in_a_file_is_read_at_each_call(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    clock = tmp_path / "a clock"
    monkeypatch.setenv("FLIGHTTIME_TODAY", f"@{clock}")

    clock.write_text("2013-03-01\n")
    before = settings.today()
    clock.write_text("2013-03-02\n")

    assert (before, settings.today()) == (date(2013, 3, 1), date(2013, 3, 2))


@pytest.mark.parametrize("content", [b"", b"1 March", b"\xff\xfe"])
def test_a_file_without_a_day_is_refused(
    content: bytes,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    clock = tmp_path / "clock"
    clock.write_bytes(content)
    monkeypatch.setenv("FLIGHTTIME_TODAY", f"@{clock}")

    with pytest.raises(UserError, match=r"TODAY \(in .*clock\) is '.*', not a day: write it like"):
        settings.today()


def test_a_file_that_does_not_exist_is_refused(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("FLIGHTTIME_TODAY", f"@{tmp_path / 'clock'}")

    with pytest.raises(UserError, match="names .*clock, which cannot be read .*: write the day"):
        settings.today()


def test_the_home_folder_may_be_written_as_a_tilde(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    (tmp_path / "clock").write_text("2013-03-05")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    for name, value in {"RUNS": "~/state", "FEED": "~/data", "TODAY": "@~/clock"}.items():
        monkeypatch.setenv(f"FLIGHTTIME_{name}", value)

    assert settings.runs() == (tmp_path / "state").resolve()
    assert settings.feed() == str(tmp_path / "data")
    assert settings.today() == date(2013, 3, 5)


def test_a_section_holds_the_values_of_the_file() -> None:
    assert settings.section("training") == {"window_days": 59, "holdout_days": 7}
    assert settings.all_sections()["compute"] == {"where": "this machine"}


def test_a_section_that_does_not_exist_is_refused() -> None:
    with pytest.raises(UserError, match=r"flighttime.toml has no section \[policy\]: add it"):
        settings.section("policy")


@pytest.mark.parametrize("damage", [lambda file: file.unlink(), lambda file: file.write_text("[")])
def test_a_settings_file_that_cannot_be_read_is_refused(damage: object, project: Path) -> None:
    damage(project / "flighttime.toml")

    with pytest.raises(UserError, match="cannot read the settings in .*flighttime.toml"):
        settings.section("training")


def test_every_variable_that_the_library_obeys_is_listed() -> None:
    sources = Path(groundcrew.__file__).parent.rglob("*.py")

    used = {name for file in sources for name in variables(file.read_text("utf-8"))}

    assert used <= set(settings.VARIABLES)


def variables(source: str) -> list[str]:
    return re.findall(r"FLIGHTTIME_[A-Z_]*[A-Z]", source)
