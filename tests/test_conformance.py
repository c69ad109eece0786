"""The maturity model: each level proves what it claims and no more, and each check can fail."""

import argparse
import contextlib
import json
import re
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest

from ladder import check
from ladder import conformance
from ladder import publish
from ladder import stage
from ladder.conformance import judging
from ladder.conformance import matrix
from ladder.conformance import model
from ladder.conformance import mutations
from ladder.conformance import ownership
from ladder.conformance import page
from ladder.conformance import rubric
from ladder.conformance import show
from ladder.conformance import staircase
from ladder.conformance import starter as commands
from ladder.conformance import summary
from ladder.conformance.application import Application
from ladder.conformance.findings import CHECKS
from ladder.conformance.findings import NotMet
from ladder.conformance.findings import Result
from ladder.conformance.matrix import Cell
from ladder.conformance.sandbox import Sandbox
from ladder.conformance.starter import Command
from ladder.errors import LadderError
from ladder.places import LEVELS
from ladder.warm import Starter

MUTATIONS = mutations.read()
# A mistake in maturity.toml, as a replacement, and what is said of it.
MISTAKES = {
    "unknown key": ('says = "The compute', 'cots = "much"\nsays = "The compute', "no key 'cots'"),
    "no cell": ('[compute.1]\nsays = "The', '[computer.1]\nsays = "The', r"\[compute\]: lacks '1'"),
    "no reason": (
        'reason = "The model allows',
        'reason = ""\n# "The model allows',
        "lacks 'reason'",
    ),
    "no function": ('check = "run_is_on_record"', 'check = "no_such"', "does not exist: no_such"),
    "unused": (
        'check = "run_is_on_record"',
        'check = "says_its_error"',
        "names the check run_is_on",
    ),
    "other row": ('as = "compute.2"', 'as = "data.2"', "the same row one level below"),
    "no such level": ("holds_at = [2]", "holds_at = [2, 5]", "or no level"),
    "own level": ("holds_at = [2, 3]", "holds_at = [3]", "leaves out the statement's own level"),
    "usual": ("holds_at = [1, 2, 3, 4]", "holds_at = [2, 3, 4]", "says what is usual"),
    "no because": ("\nbecause = ", "\n# because = ", "holds_at and because come together"),
    "no module": ("flighttime/rebuild.py", "flighttime/rebuilt.py", "there is no file"),
    "status": ('status = "people"', 'status = "possible"', "status is one of"),
    "source": ('source = "edition"', 'source = "rumour"', "source is one of"),
    "row": ('row = "freshness"', 'row = "fresh"', "other rows than levels.toml"),
}


def test_every_cell_of_the_model_is_there_and_most_can_be_proven() -> None:
    found = conformance.statements()

    assert len(found) == 22 * 5
    assert [one.level for one in found] == [0, 1, 2, 3, 4] * 22
    assert sum(one.runs for one in found) >= 75


@pytest.mark.parametrize(("old", "new", "said"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_in_the_model_is_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    text = model.FILE.read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "maturity.toml").write_text(text.replace(old, new, 1), encoding="utf-8")

    with pytest.raises(LadderError, match=said):
        model.read(tmp_path / "maturity.toml", CHECKS)


def test_a_commit_that_git_refuses_is_no_commit(tmp_path: Path) -> None:
    with pytest.raises(LadderError, match="git init failed in .*absent"):
        stage.commit(tmp_path / "absent", "nothing")


def test_a_cost_in_lines_is_that_of_the_module_as_it_is() -> None:
    (found,) = (one for one in conformance.statements() if one.id == "feedback.2")
    lines = (LEVELS[2] / "flighttime/rebuild.py").read_text(encoding="utf-8").count("\n")

    assert found.cost == f"a module of {lines} lines, and a table that keeps its versions"
    costs = [one.cost for one in conformance.statements()]
    assert [cost for cost in costs if "{" in cost] == []


@pytest.mark.slow
@pytest.mark.parametrize("level", sorted(LEVELS, reverse=True))
def test_a_level_proves_what_it_claims_and_each_of_its_faults_is_found(
    level: int, starter: Starter, pytestconfig: pytest.Config
) -> None:
    """One test a level: the faults build on the states that the checks have made.

    What a level takes over from a lower one is judged there. With --every it is judged at this
    level too, and slow faults are applied, most of which take a training.
    """
    asked = [one for one in conformance.statements() if one.runs and not one.same_as]
    faults = [one for one in MUTATIONS if one.level == level]
    if not pytestconfig.getoption("every"):
        faults = [one for one in faults if not one.slow]
        asked = [one for one in asked if one.level >= level]
    published = {one["id"]: one["holds"] for one in summary.published()["statements"]}

    with commands.ready(starter) as ready, judging.opened(LEVELS[level], ready) as project:
        results = [*judging.judge(project, asked)]
        survivors = [text for one in faults if (text := mutations.survives(one, project))]

    cells = [Cell(one, level, result) for one, result in zip(asked, results, strict=True)]
    assert [(cell.statement.id, cell.result.found) for cell in cells if cell.surprises] == []
    assert survivors == []
    assert {cell.statement.id for cell in cells if cell.result.passed} == {
        one.id for one in asked if level in published[one.id]
    }


def test_an_error_of_a_check_is_not_a_result_of_a_level(monkeypatch: pytest.MonkeyPatch) -> None:
    def mistaken(project: object) -> str:
        raise KeyError("a mistake in the check")

    monkeypatch.setitem(CHECKS, "data_has_its_own_owner", mistaken)

    (result,) = conformance.judge(LEVELS[2], ["data-engineers.2"])

    assert result.passed is None
    assert "a mistake in the check" in result.found


def test_a_project_of_ones_own_is_judged_and_only_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no command runs, no libraries are imported for commands: that takes seconds."""
    monkeypatch.setattr(commands.warm, "running", lambda: pytest.fail("it was not needed"))
    owners = (LEVELS[2] / ".github" / "CODEOWNERS").read_text(encoding="utf-8")
    (tmp_path / "CODEOWNERS").write_text(owners, encoding="utf-8")

    found = {one.id: one for one in conformance.judge(tmp_path, ["data-engineers.2", "data.1"])}

    assert found["data-engineers.2"].found == "no file flighttime/ingest.py"
    assert found["data.1"].found == "no module flighttime.ingest"
    assert [path.name for path in tmp_path.iterdir()] == ["CODEOWNERS"]


def test_an_unknown_statement_and_a_missing_folder_are_named(tmp_path: Path) -> None:
    with pytest.raises(LadderError, match="there is no statement 'data.9'"):
        list(conformance.judge(LEVELS[1], ["data.9"]))
    with pytest.raises(LadderError, match="is not a folder"):
        list(conformance.judge(tmp_path / "none", ["data.1"]))


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda one: f"{one.check}, {one.fault}")
def test_a_fault_still_fits_its_level(tmp_path: Path, mutation: mutations.Mutation) -> None:
    source = LEVELS[mutation.level]
    place = mutation.delete or mutation.file
    if (source / place).is_dir():
        (tmp_path / place).mkdir()
    else:
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).write_bytes((source / place).read_bytes())

    mutation.apply(tmp_path)

    changed = tmp_path / place
    assert not changed.exists() or changed.read_bytes() != (source / place).read_bytes()


def test_a_fault_that_no_longer_fits_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "flighttime").mkdir()
    fault = next(one for one in MUTATIONS if one.file.startswith("flighttime/"))
    (tmp_path / fault.file).write_text("nothing of it", encoding="utf-8")

    with pytest.raises(LadderError, match="has the text .* 0 times"):
        fault.apply(tmp_path)


def test_a_check_that_nothing_makes_fail_is_an_error(tmp_path: Path) -> None:
    text = mutations.FILE.read_text(encoding="utf-8")
    without = re.sub(r'\[\[mutation\]\]\ncheck = "answers_a_day".*?(?=\[\[)', "", text, flags=re.S)
    (tmp_path / "mutations.toml").write_text(without, encoding="utf-8")

    with pytest.raises(LadderError, match="nothing shows that answers_a_day can fail"):
        mutations.read(tmp_path / "mutations.toml")


OWNED = [
    ("*.py", "a/b.py", True),
    ("*.py", "b.pyc", False),
    ("docs/", "docs/x/y.md", True),
    ("docs/", "a/docs/y.md", True),
    ("/docs/", "a/docs/y.md", False),
    ("docs/*", "docs/y.md", True),
    ("docs/*", "a/docs/y.md", False),
    ("a/**/z.md", "a/b/c/z.md", True),
    ("*train.py", "flighttime/train.py", True),
]


@pytest.mark.parametrize(("pattern", "path", "matches"), OWNED)
def test_owners_are_read_as_github_reads_them(pattern: str, path: str, matches: bool) -> None:
    assert bool(ownership.pattern(pattern).search(path)) is matches


def test_only_a_measured_matrix_is_published() -> None:
    with pytest.raises(LadderError, match="--publish writes what --matrix measures"):
        check.main(argparse.Namespace(matrix=False, publish=True))

    surprising = matrix_of(passed=False)
    with pytest.raises(LadderError, match="not published: cells are not as expected"):
        summary.publish(surprising)


def matrix_of(*, passed: bool | None) -> matrix.Matrix:
    """A matrix in which every cell came out the same, with something to escape in its evidence."""
    found = conformance.statements()
    command = Command("python -m x", "<script>", 1, 1.0)
    cells = {
        (one.id, level): Cell(
            one,
            level,
            Result(one.id, passed, "found <b>", "", "", 1.0, "", "", "", PLACE, (command,)),
        )
        for one in found
        if one.runs
        for level in LEVELS
    }
    return matrix.Matrix(found, cells)


PLACE = judging.place(CHECKS["answers_a_day"])


def test_the_page_shows_the_evidence_escaped_and_the_lines_that_decided() -> None:
    shown = page.page(matrix_of(passed=True))

    assert "&lt;script&gt;" in shown and "<script" not in shown
    assert "found &lt;b&gt;" in shown
    assert "def answers_a_day(project: Project)" in shown
    assert "Not as expected: headline.1 on Level 0" in shown
    assert "http" not in re.sub(r"http-equiv", "", shown)


def test_the_staircase_has_a_column_a_level_and_names_surprises() -> None:
    lines = staircase.text(matrix_of(passed=None)).splitlines()

    drawn = [line for line in lines if " answers_a_day" in line]
    assert drawn == [f"  0  {'answers_a_day':<29}" + 5 * "   !?"]
    assert "- Level 3, data.1: should hold: One command gathers" in "\n".join(lines)
    assert "110 statements: 72 executable, 13 settings, 13 people, 12 not observable" in lines


def test_the_readme_and_the_picture_are_those_of_the_published_matrix() -> None:
    found = summary.published()
    text = publish.README.read_text(encoding="utf-8")

    assert summary.with_table(text, found) == text
    assert summary.PICTURE.read_text(encoding="utf-8") == summary.drawn(found)
    assert {one["id"]: one["says"] for one in found["statements"]} == {
        one.id: one.says for one in conformance.statements() if one.runs
    }


def test_the_score_of_googles_rubric_is_that_of_the_published_matrix() -> None:
    shown = rubric.PAGE.read_text(encoding="utf-8")

    assert rubric.markdown(summary.holds(summary.published())) == shown


def test_a_rubric_that_points_to_lines_that_are_gone_is_an_error(tmp_path: Path) -> None:
    text = rubric.FILE.read_text(encoding="utf-8").replace("| never | 11.01 |", "| never | 1 |")
    (tmp_path / "rubric.toml").write_text(text, encoding="utf-8")

    with pytest.raises(LadderError, match="README.md of Level 4 has no such text"):
        rubric.read(tmp_path / "rubric.toml")


def test_the_evidence_of_every_cell_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    monkeypatch.setattr(matrix, "measure", lambda *_: matrix_of(passed=True))
    monkeypatch.setattr(show, "EVIDENCE", tmp_path / "runs" / "maturity.json")
    monkeypatch.setattr(show, "PAGE", tmp_path / "runs" / "maturity.html")

    code = show.main([*LEVELS])

    kept = json.loads(show.EVIDENCE.read_text(encoding="utf-8"))
    assert code == 1 and kept["coverage"]["executable"] == 72
    assert kept["cells"][0]["evidence"][0]["line"] == "python -m x"
    assert show.PAGE.is_file() and f"the evidence: {show.PAGE}" in capsys.readouterr().out


SPOILED = {
    "no file": (None, "ended well, and wrote no answers-2013-02-01.csv"),
    "empty": ("", "answers-2013-02-01.csv is no table that can be read: No columns"),
    "no minutes": ("flight_id\n1\n", "the answers have no column minutes: they have flight_id"),
    "words": ("minutes\nlong\n", "the minutes are no numbers: ['long']"),
    "late": ("late", "had not ended after 300 seconds"),
}


@pytest.mark.parametrize(("written", "said"), SPOILED.values(), ids=SPOILED.keys())
def test_a_mistake_in_what_a_project_writes_is_no_mistake_of_the_check(
    tmp_path: Path, written: str | None, said: str
) -> None:
    class Score:
        def run(self, arguments: tuple[str, ...], **_: object) -> Command:
            if written == "late":
                raise subprocess.TimeoutExpired(arguments, commands.SECONDS)
            if written is not None:
                Path(arguments[-1]).write_text(written)
            return Command("python -m flighttime.score", "", 0, 0.0)

    (tmp_path / "flighttime").mkdir()
    (tmp_path / "flighttime" / "score.py").touch()
    sandbox = Sandbox(Score(), tmp_path, tmp_path / "state", "2013-02-01")
    project = SimpleNamespace(at=lambda _: sandbox, tidy=lambda: None)

    passed, found, _, _ = judging.run(project, CHECKS["answers_a_day"])

    assert passed is False
    assert said in found and "\n" not in found


REPLIES = {
    "no JSON": ("five minutes", "POST /predict gave no JSON: five minutes"),
    "a list": ("[5]", "POST /predict gave no JSON object: [5]"),
    "no answers": ('{"minutes": 5}', "POST /predict gave no answers: {'minutes': 5}"),
    "too late": (None, "POST /predict got no answer: it took too long"),
}


@pytest.mark.parametrize(("body", "said"), REPLIES.values(), ids=REPLIES.keys())
def test_an_application_that_answers_otherwise_does_not_meet_the_statement(
    body: str | None, said: str
) -> None:
    def reply(request: httpx.Request) -> httpx.Response:
        if body is None:
            raise httpx.ReadTimeout("it took too long")
        return httpx.Response(200, text=body)

    client = httpx.Client(transport=httpx.MockTransport(reply), base_url="http://application")
    with client, pytest.raises(NotMet, match=re.escape(said)):
        Application("", client, SimpleNamespace(evidence=[])).predict()


def test_two_threads_may_ask_one_starter_at_the_same_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As they do where two levels are measured together: each process has a log of its own."""
    at_once = threading.Barrier(2, timeout=10)
    logs = []

    class Slow(type(tmp_path)):
        def __truediv__(self, name: str) -> Path:
            with contextlib.suppress(threading.BrokenBarrierError):
                at_once.wait()
            logs.append(name)
            return super().__truediv__(name)

    warm = SimpleNamespace(python="", programs="")
    started = commands.Starter(lambda: warm, Slow(tmp_path))
    monkeypatch.setattr(commands.subprocess, "Popen", lambda *_, **__: Ended())

    def run(_: int) -> None:
        with started.running([], cwd=tmp_path, env={}):
            pass

    with ThreadPoolExecutor(2) as pool:
        assert [*pool.map(run, range(2))] == [None, None]
    assert sorted(logs) == ["0.log", "1.log"]


class Ended:
    """A process that has ended."""

    def poll(self) -> int:
        return 0
