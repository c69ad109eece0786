"""The incident matrix: a catalogue that declares outcomes, and cells that are measured."""

import argparse
import dataclasses
import json
import multiprocessing
import os
import re
import subprocess
import sys
import threading
import time
import types
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from groundcrew.predictions import recorder
from ladder import incident as live
from ladder.alone import only_writer
from ladder.errors import LadderError
from ladder.incidents import command
from ladder.incidents import difference
from ladder.incidents import judge
from ladder.incidents import live_level
from ladder.incidents import measured
from ladder.incidents import page
from ladder.incidents import processes
from ladder.incidents import publish
from ladder.incidents import runner
from ladder.incidents import side_by_side
from ladder.incidents import states
from ladder.incidents import stored
from ladder.incidents import terminal
from ladder.incidents import tiles
from ladder.incidents.catalogue import CATALOGUE
from ladder.incidents.catalogue import ORDER
from ladder.incidents.catalogue import disk_full
from ladder.incidents.incident import CONTROLS
from ladder.incidents.incident import OUTCOMES
from ladder.incidents.outcomes import WORDS
from ladder.incidents.scenarios import SCENARIOS
from ladder.places import ROOT

INCIDENTS = list(CATALOGUE.values())
NAMES = [one.name for one in INCIDENTS]
REAL = [one for one in INCIDENTS if not one.control]


def test_there_are_twenty_incidents_and_three_controls() -> None:
    files = Path(command.__file__).parent.joinpath("catalogue").glob("[!_]*.py")

    assert len(REAL) == 20
    assert len(INCIDENTS) - len(REAL) == 3
    assert {path.stem for path in files} == set(ORDER)
    assert [name.replace("-", "_") for name in NAMES] == ORDER


@pytest.mark.parametrize("one", INCIDENTS, ids=NAMES)
def test_an_incident_says_all_that_a_room_needs(one) -> None:
    sentences = re.findall(r"[^.!?]+[.!?](?:\s|$)", one.story)
    texts = [one.title, one.touches, one.case.title, one.case.fact]

    assert len(sentences) == 3
    assert all(texts) and one.case.url.startswith("https://")
    assert one.question.text.endswith("?") and one.question.answer
    assert len(one.question.wrong) >= 2
    assert one.scenario in SCENARIOS


@pytest.mark.parametrize("one", INCIDENTS, ids=NAMES)
def test_each_outcome_is_declared_beforehand_with_its_reason(one) -> None:
    possible = CONTROLS if one.control else OUTCOMES

    assert sorted(one.expected) == [0, 1, 2, 3, 4]
    assert all(outcome in possible and why for outcome, why in one.expected.values())


@pytest.mark.parametrize("one", [one for one in INCIDENTS if one.code], ids=lambda one: one.name)
def test_the_lines_that_made_the_difference_exist(one) -> None:
    for level in one.code:
        path, number, lines = difference.lines_of(one, level)

        assert number > 1 or len(lines) > 1
        assert (ROOT / path).is_file()


# The judge.


def answers(**minutes: list[float]) -> pd.DataFrame:
    rows = [
        {"flight_id": f"{day} UA{number} EWR-IAH", "minutes": value, "day": f"2013-03-{day}"}
        for day, values in minutes.items()
        for number, value in enumerate(values)
    ]
    return pd.DataFrame(rows).assign(day=lambda rows: rows["day"].str.replace("-d", "-"))


def judged(own: pd.DataFrame, name: str = "altered-model") -> judge.Harm:
    without = answers(d11=[100.0] * 4, d13=[100.0] * 4, d16=[100.0] * 4)
    truth = pd.Series(100.0, index=without["flight_id"])
    return judge.harm(own, without, truth, CATALOGUE[name])


def test_equal_answers_are_no_harm() -> None:
    found = judged(answers(d11=[100.0] * 4, d13=[100.0] * 4, d16=[100.0] * 4))

    assert (found.wrong, found.missing, found.days, found.ended) == (0, 0, [], "")


def test_wrong_answers_are_counted_with_their_minutes_and_their_end() -> None:
    found = judged(answers(d11=[100.0] * 4, d13=[125.0] * 3 + [100.0], d16=[100.0] * 4))

    assert (found.wrong, found.minutes, found.days) == (3, 25.0, ["2013-03-13"])
    assert found.ended == "2013-03-16"


def test_missing_answers_are_harm_too() -> None:
    found = judged(answers(d11=[100.0] * 4, d16=[100.0] * 4))

    assert (found.wrong, found.missing, found.days) == (0, 4, ["2013-03-13"])


def test_answers_that_are_better_by_chance_are_no_harm() -> None:
    without = answers(d11=[110.0] * 4)
    truth = pd.Series(100.0, index=without["flight_id"])

    found = judge.harm(answers(d11=[101.0] * 4), without, truth, CATALOGUE["altered-model"])

    assert found.days == []


RECORD = {"notes": {}, "alarms": [], "detected": None, "detected_by": "", "acted": False}
NO_HARM = judge.Harm(asked=4, wrong=0, minutes=0.0, missing=0, days=[], ended="")
ENDED = dataclasses.replace(NO_HARM, wrong=4, days=["2013-03-11"], ended="2013-03-13")
GOES_ON = dataclasses.replace(ENDED, ended="")


@pytest.mark.parametrize(
    ("found", "changes", "outcome"),
    [
        (NO_HARM, {}, "prevented"),
        (NO_HARM, {"detected": "2013-03-11", "acted": True}, "prevented"),
        (ENDED, {}, "silent"),
        (ENDED, {"detected": "2013-03-11"}, "healed"),
        (GOES_ON, {"detected": "2013-03-11"}, "person"),
        (ENDED, {"detected": "2013-03-11", "acted": True}, "person"),
        (ENDED, {"detected": "2013-03-11", "detected_by": "users"}, "person"),
    ],
)
def test_the_outcome_follows_from_harm_notice_and_acts(found, changes, outcome) -> None:
    assert judge.outcome(CATALOGUE["summer"], RECORD | changes, found, harmed=False) == outcome


def test_wrong_rows_are_harm_where_every_answer_is_right() -> None:
    assert judge.outcome(CATALOGUE["celsius"], RECORD, NO_HARM, harmed=True) == "silent"


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({}, "quiet"),
        ({"alarms": ["2013-04-15: a call"]}, "false alarm"),
        ({"notes": {"retrained": ["2013-04-15"]}}, "false alarm"),
    ],
)
def test_an_alarm_or_a_retraining_in_a_control_is_a_false_one(changes, outcome) -> None:
    found = judge.outcome(CATALOGUE["ordinary-month"], RECORD | changes, NO_HARM, harmed=False)

    assert found == outcome


# What is published.

MEASURED = len(NAMES)  # how many incidents the published matrix has, at all levels


def test_the_published_matrix_is_of_the_catalogue_and_as_declared() -> None:
    rows = publish.published()["rows"]
    published = [row["name"] for row in rows]
    declared = {
        (one.name, level): outcome
        for one in INCIDENTS
        for level, (outcome, _) in one.expected.items()
        if one.name in published
    }
    found = {
        (row["name"], int(level)): cell["outcome"]
        for row in rows
        for level, cell in row["levels"].items()
    }

    assert published == [name for name in NAMES if name in published]
    assert len(published) >= MEASURED
    assert found == declared
    assert measured.surprises(rows) == []


def test_the_pictures_are_those_of_the_published_matrix() -> None:
    drawn = publish.pictures(publish.published())

    for name, expected in drawn.items():
        assert (publish.FOLDER / name).read_text(encoding="utf-8") == expected
    assert "shared/incidents/matrix.svg" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_shape_and_word_tell_outcomes_apart_without_colour() -> None:
    drawn = (tiles.sign(outcome, 0, 0) for outcome in WORDS)
    signs = {re.search(' d="([^"]+)"', sign)[1] for sign in drawn}

    assert len(signs) == len(WORDS)
    assert len({words.name for words in WORDS.values()}) == len(WORDS)
    assert set(WORDS) == {*OUTCOMES, *CONTROLS}


def test_a_surprise_is_named_and_fails() -> None:
    (row, *_) = publish.published()["rows"]
    changed = json.loads(json.dumps(row))
    changed["levels"]["0"] |= {"outcome": "silent", "surprise": True}

    named = measured.surprises([changed])

    assert named == [f"{row['name']}, Level 0: silent, declared {row['levels']['0']['expected']}"]
    assert terminal.report(named) == 1
    assert terminal.report([]) == 0


def test_a_surprise_is_not_published(tmp_path: Path) -> None:
    result = publish.published()
    result["rows"][0]["levels"]["0"] |= {"outcome": "silent", "surprise": True}

    with pytest.raises(LadderError, match="not published"):
        publish.publish(result, tmp_path / "published")

    assert not (tmp_path / "published").exists()


# The commands.


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda: command.chosen(["celcius"]), "no incident 'celcius'"),
        (lambda: command.levels_of("5"), "--levels 5"),
        (lambda: command.levels_of("x"), "--levels x"),
        (lambda: live.require([7], 1.0), "no Level 7"),
        (lambda: live.require([2, 2], 1.0), "--versus 2"),
        (lambda: live.require([2], -1.0), "--pace -1.0"),
    ],
)
def test_what_cannot_be_is_refused_in_words(call, named) -> None:
    with pytest.raises(LadderError, match=named):
        call()


def test_states_are_built_before_the_cells_that_begin_with_them() -> None:
    tasks = runner.plan([("celsius", 2, 0)], again=True)
    names = [task.name for task in tasks]

    assert names[-1] == "celsius, Level 2"
    assert tasks[-1].after <= {*names, "state 2013-03-01, Level 2"}


def test_the_longest_cells_are_played_first(home: Path) -> None:
    tasks = runner.plan([("celsius", 1, 0), ("celsius", 4, 0)], again=True)
    names = [task.name for task in tasks]

    assert names.index("celsius, Level 4") < names.index("celsius, Level 1")
    assert names.index("state 2013-03-01-to-2013-03-11, Level 4") < names.index("celsius, Level 4")


def test_a_shown_event_fits_its_column_and_shows_why_a_command_failed() -> None:
    event = {"at": "06:00:03", "kind": "command", "text": "python -m flighttime.pipeline"}
    failed = event | {"code": 2, "output": "step 1\nerror: the delivery is refused"}

    lines = side_by_side.lines_of(failed, 40)

    assert lines[0].startswith("06:00 $ python -m flighttime")
    assert all(len(line) <= 40 for line in lines)
    assert "exit code 2: error: the delivery" in " ".join(" ".join(lines).split())


def test_of_two_levels_the_slower_one_is_played_to_its_end(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    days = {2: ["2013-03-11", "2013-03-12", "2013-03-13"], 3: ["2013-03-11"]}
    ended = []

    def play(_name: str, level: int, _seed: int, end: types.SimpleNamespace) -> None:
        for day in days[level]:
            end.send({"day": day, "at": "06:00", "kind": "world", "text": f"at Level {level}"})
            end.send("evening")
            end.recv()
        end.send(None)
        ended.append(level)

    def pipe() -> tuple:
        ours, theirs = multiprocessing.Pipe()
        # In a thread the other end is the same object, which must stay open.
        return ours, types.SimpleNamespace(send=theirs.send, recv=theirs.recv, close=lambda: None)

    def start(_target: object, *arguments: object) -> threading.Thread:
        thread = threading.Thread(target=play, args=arguments, daemon=True)
        thread.start()
        return thread

    monkeypatch.setattr(processes, "context", lambda: types.SimpleNamespace(Pipe=pipe))
    monkeypatch.setattr(processes, "start", start)
    monkeypatch.setattr(processes, "end", lambda _thread: None)

    side_by_side.follow("celsius", [2, 3], 0, 0)

    shown = capsys.readouterr().out
    assert sorted(ended) == [2, 3]
    assert (shown.count("at Level 2"), shown.count("at Level 3")) == (3, 1)
    assert "\n2013-03-13\n06:00 ~ at Level 2\n" in shown


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(stored, "HOME", tmp_path / "incidents")
    return tmp_path / "incidents"


@pytest.mark.parametrize("when", ["in its day", "after its evening"])
def test_a_level_that_dies_is_an_error_that_names_its_log(
    when: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def start(_target: object, *arguments: object) -> types.SimpleNamespace:
        name, level, seed, end = arguments
        if when == "after its evening":
            end.send("evening")
        return types.SimpleNamespace(join=lambda _seconds: None)  # it has ended

    monkeypatch.setattr(processes, "context", lambda: multiprocessing)
    monkeypatch.setattr(processes, "start", start)
    monkeypatch.setattr(processes, "end", lambda _process: None)

    with pytest.raises(LadderError, match="the process of Level 3 has ended") as error:
        side_by_side.follow("celsius", [3], 0, 0)

    assert f"{home / 'sandboxes' / 'celsius-level3-0' / 'log'}" in f"{error.value}"


def test_two_threads_of_a_level_do_not_write_to_its_pipe_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    writing, together = threading.Lock(), []

    def send(message: object) -> None:
        together.append(not writing.acquire(blocking=False))
        time.sleep(0.01)
        if not together[-1]:
            writing.release()

    def cell(_name: str, _level: int, _seed: int, tell: Callable, evening: Callable) -> None:
        incident = threading.Thread(target=lambda: [tell({}) for _ in range(5)])
        incident.start()
        for _ in range(5):
            evening()
        incident.join()

    monkeypatch.setattr(live_level.cells, "play_cell", cell)

    live_level.play("celsius", 3, 0, types.SimpleNamespace(send=send, recv=lambda: None))

    assert together == [False] * 11


def test_an_incident_waits_for_no_other_run_that_writes_the_same_states(home: Path) -> None:
    arguments = argparse.Namespace(name="celsius", level=2, versus=None, pace=0)

    with only_writer(home), pytest.raises(LadderError, match="another run is writing"):
        live.main(arguments)


# The states.


@pytest.mark.parametrize("part", ["teams/level1.py", "states.py", "world.py", "assumptions.toml"])
def test_a_state_is_made_again_when_what_makes_it_changes(
    part: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, read = stored.digest(1), Path.read_bytes

    def changed(path: Path) -> bytes:
        return read(path) + b"#" * path.as_posix().endswith(part)

    monkeypatch.setattr(Path, "read_bytes", changed)

    assert stored.digest(1) != before


def test_before_the_first_day_level_4_looks_on_the_day_of_the_week_that_is_assumed() -> None:
    calls: list[str] = []
    play = types.SimpleNamespace(
        scenario=SCENARIOS["may"],
        level=4,
        assumed={"level4": {"look_weekday": 2}},
        team=types.SimpleNamespace(begin=print, build=print, answers=print),
        run=lambda name: calls.append(f"{play.today:%A} {name}"),
    )

    states.make_first(play)

    assert calls == ["Wednesday loop"] * 4


def test_the_page_needs_no_network_and_leads_to_each_incident() -> None:
    text = page.matrix({**publish.published(), "elapsed_s": 1.0})

    assert "default-src 'none'" in text and "src=" not in text.replace("default-src=", "")
    assert all(f'href="incidents/{name}.html"' in text for name in NAMES)


FAMILY = """
import multiprocessing, os, sys
from ladder.incidents import processes
def say(): os.write(1, f"{os.getppid()} ".encode())
def cell():
    say()
    processes.start(say).join()
if __name__ == "__main__":
    processes.context = lambda: multiprocessing.get_context("forkserver")  # with no libraries
    processes.start(cell).join()
"""


@pytest.mark.skipif(
    "forkserver" not in multiprocessing.get_all_start_methods(), reason="this system cannot fork"
)
def test_what_a_cell_starts_comes_from_the_fork_server_of_all(tmp_path: Path) -> None:
    script = tmp_path / "family.py"
    script.write_text(FAMILY, encoding="utf-8")

    done = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=60)

    of_cell, of_its_process = done.stdout.split()
    assert of_cell == of_its_process


# A few cells, played: the real commands of two levels.

CELLS = [("delivered-twice", 1, 0), ("half-delivery", 1, 0), ("celsius", 1, 0), ("celsius", 2, 0)]
PLAY = f"""
from ladder.incidents import runner
if __name__ == "__main__":
    runner.run(runner.plan({CELLS!r}, again=False), 1, print)
"""


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, int], dict]:
    folder = tmp_path_factory.mktemp("incidents")
    script = folder / "play.py"
    script.write_text(PLAY, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(script)],
        env={**os.environ, "LADDER_RUNS": str(folder / "runs")},
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    played = folder / "runs" / "incidents" / "cells"
    return {
        (name, level): json.loads((played / f"{name}-level{level}-{seed}.json").read_text("utf-8"))
        for name, level, seed in CELLS
    }


def test_a_delivery_that_comes_twice_is_stored_once(records) -> None:
    record = records["delivered-twice", 1]

    assert record["notes"]["records"] == 0
    assert record["detected"] is None


def test_half_a_delivery_is_learned_from_in_silence(records) -> None:
    record = records["half-delivery", 1]

    assert record["notes"]["records"] > 1000
    assert record["detected"] is None


def test_celsius_goes_through_at_level_1_and_is_refused_at_level_2(records) -> None:
    below, above = records["celsius", 1], records["celsius", 2]
    failed = [event for event in above["events"] if event.get("code")]

    assert below["notes"]["records"] > 4000 and below["detected"] is None
    assert above["notes"]["records"] == 0 and above["detected"] == "2013-03-11"
    assert "in Fahrenheit" in failed[0]["output"]
    assert above["steps"][1] == "tells the source what is wrong"


def test_who_makes_room_on_a_disk_waits_until_the_application_tries_again(monkeypatch) -> None:
    done = []
    play = types.SimpleNamespace(person=done.append, notes={"unlimited": -1})
    monkeypatch.setattr(disk_full, "limit", lambda play, most: done.append(most))
    monkeypatch.setattr(disk_full.time, "sleep", done.append)

    disk_full.help(play)

    assert done == ["makes room on the disk", -1, recorder.SECONDS_BETWEEN_TRIES]
