"""Folders, the day and the settings are found by default, and the environment overrides them."""

import re
import tomllib
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


DAMAGE = [
    lambda file: file.unlink(),
    lambda file: file.write_text("["),
    lambda file: file.write_text("deep = " + "[" * 100_000),
    lambda file: file.write_bytes(b"\xff\xfe[\0"),
]


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_settings_file_that_cannot_be_read_is_refused(damage: object, project: Path) -> None:
    damage(project / "flighttime.toml")

    with pytest.raises(UserError, match="cannot read the settings in .*flighttime.toml"):
        settings.section("training")


def test_a_mark_before_the_text_of_the_settings_is_not_read(project: Path) -> None:
    file = project / "flighttime.toml"
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())

    assert settings.section("training")["window_days"] == 59


@pytest.mark.parametrize("value", ["59", '"two months"', "true", "[1]"])
def test_a_setting_outside_of_every_section_is_refused(value: str, project: Path) -> None:
    (project / "flighttime.toml").write_text(f"training = {value}", encoding="utf-8")

    with pytest.raises(UserError, match="training in .*flighttime.toml is in no section: write it"):
        settings.section("training")


RANGES = """
[training]
window_days = [1, 3650]
holdout_days = [1, "window_days"]
share = [0.0, 1.0]
when_lost = ["refuse", "answer"]
where = "text"
"""
SETTINGS = """
[training]
window_days = 59
holdout_days = 7
share = 1  # a whole number is a number too
when_lost = "refuse"
where = "here"
"""


@pytest.fixture
def stated(project: Path) -> Path:
    """The settings of a project that states what they may be."""
    (project / "flighttime" / "ranges.toml").write_text(RANGES, encoding="utf-8")
    file = project / "flighttime.toml"
    file.write_text(SETTINGS, encoding="utf-8")
    return file


def test_settings_within_their_ranges_are_returned_as_they_are_written(stated: Path) -> None:
    assert settings.section("training") == tomllib.loads(SETTINGS)["training"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("= 59", "= 0", r"window_days in \[training\] is 0, and should be greater than or equal"),
        ("= 59", "= 3651", "window_days .* is 3651, and should be less than or equal to 3650"),
        ("= 59", "= true", "window_days .* is True, and should be a valid integer"),
        ("= 59", "= 59.0", "window_days .* is 59.0, and should be a valid integer"),
        ("= 59", '= "59"', "window_days .* is '59', and should be a valid integer"),
        ("= 7", "= 60", "holdout_days .* is 60, and should be window_days at most, which is 59"),
        ("= 1 ", "= 1.5 ", "share .* is 1.5, and should be less than or equal to 1"),
        ("= 1 ", "= true ", "share .* is True, and should be a valid number"),
        ("= 1 ", "= nan ", "share .* is nan, and should be a finite number"),
        ("refuse", "ignore", "when_lost .* is 'ignore', and should be 'refuse' or 'answer'"),
        ('"here"', "7", "where .* is 7, and should be a valid string"),
        ('"here"', '""', "where .* is '', and should have at least 1 character"),
        ("window_days", "window_day", r"window_day in \[training\] does not exist"),
        ("window_days = 59", "", r"window_days in \[training\] is missing"),
        ("[training]", "[other]", r"the section \[other\] does not exist"),
        (SETTINGS, "", r"the section \[training\] is missing"),
    ],
)
def test_a_setting_out_of_its_range_is_refused_by_name_rule_and_remedy(
    old: str,
    new: str,
    message: str,
    stated: Path,
) -> None:
    stated.write_text(SETTINGS.replace(old, new), encoding="utf-8")

    remedy = ": correct .*flighttime.toml, as .*ranges.toml says, or restore it"
    with pytest.raises(UserError, match=f"^{message}.*{remedy}$"):
        settings.section("training")


def test_every_variable_that_the_library_obeys_is_listed() -> None:
    sources = Path(groundcrew.__file__).parent.rglob("*.py")

    used = {name for file in sources for name in variables(file.read_text("utf-8"))}

    assert used <= set(settings.VARIABLES)


def variables(source: str) -> list[str]:
    return re.findall(r"FLIGHTTIME_[A-Z_]*[A-Z]", source)
