"""The instructors' texts: what a class sees, minutes that add up, tables that are current."""

import os
import re
import types
from datetime import date
from pathlib import Path

import pytest

from ladder import cli
from ladder import doctor
from ladder.climbing import exercises
from ladder.errors import LadderError
from ladder.incidents.catalogue import CATALOGUE
from ladder.places import LEVELS
from ladder.places import ROOT
from ladder.teaching import FOLDER
from ladder.teaching import RUN_SHEET
from ladder.teaching import measuring
from ladder.teaching import minutes
from ladder.teaching import tables
from ladder.teaching import texts
from ladder.teaching import timings
from ladder.teaching import versions
from ladder.teaching import walks

PAGES = {level: FOLDER / f"level{level}.md" for level in LEVELS}
CONTRIBUTING = ROOT / ".github" / "CONTRIBUTING.md"
TEXTS = [*texts.texts(), CONTRIBUTING, ROOT / ".github" / "CHANGELOG.md"]
COMMAND = re.compile(r"(?:python3 ladder\.py|ladder) ([a-z][^#]*)")
# Printed by the shell, Python or the system; or a word of a command.
OTHERS = re.compile(r"not found|No such file|No module|already in use|^(curl|score\.py|for)$")
TOTALS = {"90-minutes": 90, "half-day": 210, "day": 390}


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def commands(text: str) -> list[str]:
    """The commands of the ladder in code spans and blocks, without `ladder`."""
    spans = re.findall(r"`([^`\n]+)`", text)
    blocks = re.findall(r"^```(?:bash|sh)\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    lines = [line for part in [*spans, *blocks] for line in part.splitlines()]
    return [found[1].strip() for line in lines if (found := COMMAND.match(line.strip()))]


@pytest.fixture(scope="module")
def sources() -> str:
    """The code that prints what people see, with the strings of a message in one piece."""
    folders = [ROOT / "shared", *(level / "flighttime" for level in LEVELS.values())]
    files = [path for folder in folders for path in folder.rglob("*.py")]
    code = "".join(path.read_text(encoding="utf-8") for path in files)
    return re.sub(r'"\s+f?"', "", code)


@pytest.mark.parametrize("text", [RUN_SHEET, *PAGES.values()], ids=named)
def test_what_people_see_when_they_are_stuck_is_what_the_code_prints(
    text: Path, sources: str
) -> None:
    table = text.read_text(encoding="utf-8").partition("| they see | they do |")[2]
    rows = [line for line in table.partition("\n\n")[0].splitlines() if "|" in line]
    seen = [span for row in rows for span in re.findall(r"`([^`]+)`", row.split(" | ")[0])]
    pieces = [piece.strip(" ,") for span in seen for piece in span.split("...")]

    assert len(rows) > 2
    assert [one for one in pieces if one not in sources and not OTHERS.search(one)] == []


def test_the_incidents_and_exercises_that_a_text_names_exist() -> None:
    words = [one.split() for text in TEXTS for one in commands(text.read_text(encoding="utf-8"))]
    played = {name for command, *rest in words if command == "incident" for name in rest[:1]}
    solved = {name for command, *rest in words if command == "exercise" for name in rest[:1]}

    assert len(played) > 5 and played - {"NAME"} <= CATALOGUE.keys()
    assert len(solved) > 3 and solved - {"--all"} <= {one.name for one in exercises.read_all()}


@pytest.mark.parametrize("level", LEVELS)
def test_a_page_names_exercises_of_its_level_and_an_incident_that_differs_there(level: int) -> None:
    words = [one.split() for one in commands(PAGES[level].read_text(encoding="utf-8"))]
    outcomes = [
        [CATALOGUE[rest[0]].expected[int(number)][0] for number in (rest[2], rest[4])]
        for command, *rest in words
        if command == "incident"
    ]

    assert {
        exercises.named(rest[0]).level for command, *rest in words if command == "exercise"
    } <= {level}
    assert all(lower != higher for lower, higher in outcomes)


@pytest.mark.parametrize("text", TEXTS, ids=named)
def test_an_instructors_text_has_short_lines_and_fits_its_purpose(text: Path) -> None:
    lines = text.read_text(encoding="utf-8").splitlines()

    assert [line for line in lines if not line.startswith("|") and len(line) > 120] == []
    assert len(lines) <= (150 if text == RUN_SHEET else 120)


@pytest.mark.parametrize("level", LEVELS)
def test_a_page_shows_what_its_levels_walk_prints_and_runs(level: int) -> None:
    page = PAGES[level].read_text(encoding="utf-8")
    walk = (LEVELS[level] / "README.md").read_text(encoding="utf-8")
    script = page.partition("## Say, then show")[2].partition("\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in script.splitlines() if '| "' in line]

    shown = [span for row in rows for span in re.findall(r"`([^`]+)`", row[1])]
    seen = [span for row in rows for span in re.findall(r"`([^`]+)`", row[2])]

    assert len(rows) >= 4 and len(seen) >= 2
    assert [span for span in shown if span not in walk and not COMMAND.match(span)] == []
    assert [span for span in seen if span not in walk] == []


def test_what_is_made_by_a_command_is_what_it_makes_now() -> None:
    assert [named(path) for path in texts.stale()] == []
    assert sum(len(texts.BETWEEN.findall(path.read_text("utf-8"))) for path in TEXTS) == 15


def test_a_table_that_was_edited_is_stale() -> None:
    text = RUN_SHEET.read_text(encoding="utf-8")

    edited = text.replace("| 0:00 |", "| 0:01 |", 1)

    assert edited != text
    assert texts.renewed(edited) == text


@pytest.mark.parametrize("marked", ["schedule week", "nothing", "steps 9", "questions celsiuss"])
def test_markers_that_nothing_fills_are_refused(marked: str) -> None:
    with pytest.raises(LadderError):
        texts.renewed(f"<!-- {marked}: made by `ladder teach publish` -->\n<!-- end -->")


@pytest.mark.parametrize("name", TOTALS)
def test_a_schedule_adds_up_to_its_time(name: str) -> None:
    text = RUN_SHEET.read_text(encoding="utf-8")
    table = text.partition(f"<!-- schedule {name}:")[2].partition("<!-- end -->")[0]
    rows = re.findall(r"^\| (\d+):(\d\d) \| (\d*) ?\|", table, re.MULTILINE)
    starts = [int(hours) * 60 + int(rest) for hours, rest, _ in rows]
    lengths = [int(length or 0) for *_, length in rows]

    assert starts[0] == 0 and starts[-1] == sum(lengths) == TOTALS[name]
    assert starts == [sum(lengths[:at]) for at in range(len(rows))]
    # Without time to spare no schedule was ever kept.
    assert minutes.named(name).spare >= TOTALS[name] / 20


@pytest.mark.parametrize("name", ["half-day", "day"])
def test_no_one_works_longer_than_two_hours_and_a_half_without_a_break(name: str) -> None:
    at = longest = 0
    for part in minutes.named(name).parts:
        at = 0 if part.name in ("break", "lunch") else at + part.minutes
        longest = max(longest, at)

    assert longest <= 150


def test_every_part_is_in_a_schedule() -> None:
    used = {part.name for one in minutes.read() for part in one.parts}

    text = minutes.FILE.read_text(encoding="utf-8")

    assert set(re.findall(r"^\[part\.(\w+)\]", text, re.MULTILINE)) == used


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """The file of minutes without what was measured so far."""
    file = tmp_path / "minutes.toml"
    text = minutes.FILE.read_text(encoding="utf-8")
    file.write_text(text.partition("\n[[taught]]")[0], encoding="utf-8")
    return file


def part_of(file: Path, name: str) -> minutes.Part:
    return next(part for one in minutes.read(file) for part in one.parts if part.name == name)


def test_measured_minutes_take_the_place_of_an_estimate(log: Path) -> None:
    before = part_of(log, "welcome")

    for length in (9, 10, 14, 12):
        minutes.note("welcome", length, 12, date(2026, 11, 30), log)

    assert (before.known, before.minutes) == ("estimate", 8)
    assert (part_of(log, "welcome").known, part_of(log, "welcome").minutes) == (
        "taught 4 times",
        11,
    )


def test_a_schedule_that_no_longer_fits_is_refused_with_what_to_leave_out(log: Path) -> None:
    minutes.note("walk3", 90, 12, date(2026, 11, 30), log)

    with pytest.raises(
        LadderError, match=r"take \d+ minutes, and there are 210: leave out .*walk3"
    ):
        minutes.named("half-day", log)
    assert minutes.named("90-minutes", log).spare > 0


@pytest.mark.parametrize(
    ("part", "length", "people", "reason"),
    [
        ("walk9", 10, 12, "there is no part 'walk9': choose from welcome, "),
        ("walk1", 0, 12, "0 minutes with 12 people: choose 1 to 480"),
        ("walk1", 10, 0, "10 minutes with 0 people"),
    ],
)
def test_minutes_that_cannot_be_are_not_noted(
    part: str, length: int, people: int, reason: str, log: Path
) -> None:
    before = log.read_bytes()

    with pytest.raises(LadderError, match=reason):
        minutes.note(part, length, people, date(2026, 11, 30), log)

    assert log.read_bytes() == before


def test_an_exercise_has_the_minutes_of_its_own_file(log: Path) -> None:
    text = (ROOT / "shared/ladder/exercises/local_time.toml").read_text(encoding="utf-8")

    assert f"minutes = {part_of(log, 'exercise1').minutes}\n" in text


def test_a_plan_is_by_the_clock(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["teach", "plan", "90-minutes", "--start", "13:30"]) == 0

    lines = capsys.readouterr().out.splitlines()
    first, second, *_ = minutes.named("90-minutes").parts
    assert lines[1].startswith(f"13:30  {first.minutes:>3}  {first.title}")
    assert lines[2].startswith(f"13:{30 + first.minutes}  {second.minutes:>3}  {second.title}")
    assert lines[-2].split() == ["15:00", "End"]


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["plan", "week"], "there is no schedule 'week': choose from 90-minutes, half-day, day"),
        (["plan", "day", "--start", "25:00"], "--start 25:00 is not a time"),
        (["taught", "walk1", "9", "--people", "3", "--date", "today"], "--date today is not a day"),
        (["timings", "--levels", "1", "--publish"], "only all walks and commands are published"),
        (["timings", "--levels", "5"], "--levels '5': give numbers from 0 to 4"),
    ],
)
def test_what_cannot_be_done_is_refused(
    words: list[str], reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["teach", *words]) == 2

    assert reason in capsys.readouterr().err


@pytest.mark.parametrize("level", LEVELS)
def test_each_step_of_a_walk_is_timed(level: int) -> None:
    (walk,) = (row for row in timings.read()["measured"] if row.get("walk") == level)

    assert [step["step"] for step in walk["steps"]] == [one.number for one in walks.steps(level)]
    assert [one.number for one in walks.steps(level)] == list(range(1, len(walk["steps"]) + 1))


@pytest.mark.parametrize(("load", "said"), [("7.7", True), ("1.2", False), ("", False)])
def test_a_busy_machine_is_named(load: str, said: bool) -> None:
    assert bool(tables.busy({"load": load, "processors": 2})) == said


def test_the_published_seconds_are_of_the_commands_that_are_measured() -> None:
    measured = timings.read()["measured"]

    assert [row["command"] for row in measured if "command" in row] == list(measuring.COMMANDS)
    assert {name for one in minutes.read() for part in one.parts for name in part.machine} <= {
        timings.titled(row) for row in measured
    }


@pytest.mark.skipif(os.name == "nt", reason="walks are timed in bash")
def test_a_walk_is_timed_step_by_step_and_stops_where_it_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = walks.Step(1, "python3 ladder.py shell 1\n")
    slow, bad = walks.Step(2, "sleep 0.5; printf x\n"), walks.Step(3, "echo no; false\n")
    monkeypatch.setattr(walks, "steps", lambda level: [first, slow])
    took = measuring.walk(1, tmp_path / "with a space")
    monkeypatch.setattr(walks, "steps", lambda level: [first, slow, bad])

    with pytest.raises(LadderError, match="the walk of Level 1 stopped in step 3: no"):
        measuring.walk(1, tmp_path / "another")

    assert [step["step"] for step in took] == [1, 2]
    assert 0.5 <= took[1]["seconds"] < 5


def test_a_measured_command_that_fails_is_named(tmp_path: Path) -> None:
    with pytest.raises(LadderError, match="`ladder shell 1 --today x` ended with 2: .*not a day"):
        measuring.seconds("ladder shell 1 --today x", tmp_path)


def test_the_versions_last_verified_are_those_of_the_lock() -> None:
    assert versions.noted()["versions"] == versions.direct(), "ladder teach verified"


def test_versions_are_not_verified_where_others_are_installed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(versions, "unmet", lambda lock: ["pandas==9"])
    monkeypatch.setattr(versions, "FILE", Path("nowhere"))

    with pytest.raises(LadderError, match="lacks pandas==9 of requirements.lock"):
        versions.verify()


def test_the_letter_says_what_the_set_up_says(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    letter = (FOLDER / "letter.md").read_text(encoding="utf-8")
    monkeypatch.setattr(doctor, "CHECKS", [])
    doctor.main(types.SimpleNamespace())

    assert f"`{capsys.readouterr().out.strip()}`" in letter
    assert re.search(r"installs [\d.]+ GB into", letter)[0] in cli.help_page().replace("\n", " ")
