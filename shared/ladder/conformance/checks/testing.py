"""Tests: they pass as the project is, and fail when a fault is put into its code."""

import json
from pathlib import Path

from ladder.conformance.findings import NotMet
from ladder.conformance.findings import check
from ladder.conformance.findings import require
from ladder.conformance.project import Project

SCRIPT = Path(__file__).parents[1] / "with_faults.py"
OPTIONS = ("-q", "-p", "no:cacheprovider", "--no-header", "--tb=line", "-W", "ignore")
CLOCK_AS_MINUTES = "def _with_fault(clock):\n    return clock.astype('float64')\n"
WRONG_ANSWERS = """
def _with_fault(*given):
    serving = _without_fault(*given)
    right = serving.champion.predict_rows
    object.__setattr__(
        serving.champion, "predict_rows", lambda rows: [minutes + 7 for minutes in right(rows)]
    )
    return serving
"""
LEAKING_HOLDOUT = """
def _with_fault(table, today):
    rows, holdout = _without_fault(table, today)
    return pd.concat([rows, holdout]), holdout
"""
WRONG_SCRIPT = """
def _with_fault(*given, **named):
    answers = _without_fault(*given, **named)
    return answers.assign(minutes=answers["minutes"] + 7)
"""
NEVER_FOLLOWS = """
_first = []


def _with_fault(*given):
    _first[:] = _first or [_without_fault(*given)]
    return _first[0]
"""
FAULTS = {
    "features": {
        "module": "flighttime.features",
        "functions": ["minutes_after_midnight"],
        "code": CLOCK_AS_MINUTES,
        "files": ["test_features.py"],
    },
    "answers": {
        "module": "flighttime.serving",
        "functions": ["open_state", "load"],
        "code": WRONG_ANSWERS,
        "files": ["test_app.py", "test_release.py"],
    },
    "holdout": {
        "module": "flighttime.train",
        "functions": ["split"],
        "code": LEAKING_HOLDOUT,
        "files": ["test_train.py"],
    },
    "script": {
        "module": "flighttime.score",
        "functions": ["score"],
        "code": WRONG_SCRIPT,
        "files": ["test_app.py"],
    },
    "following": {
        "module": "flighttime.serving",
        "functions": ["read_state"],
        "code": NEVER_FOLLOWS,
        "files": ["test_release.py"],
    },
}
FILES = ["test_app.py", "test_features.py", "test_release.py", "test_train.py"]


@check
def tests_notice_wrong_features(project: Project) -> str:
    return noticed(project, "features", "clock times are taken for minutes")


@check
def tests_notice_a_wrong_model(project: Project) -> str:
    """Answers that are not the model's, and a model that has learned from its own holdout."""
    found = noticed(project, "answers", "the application answers otherwise than its model")
    return f"{found}; {noticed(project, 'holdout', 'the model learns from its holdout')}"


@check
def tests_notice_a_wrong_script(project: Project) -> str:
    return noticed(project, "script", "the script adds seven minutes to every answer")


@check
def tests_notice_wrong_wiring(project: Project) -> str:
    """A fault between modules: a release that the running application never follows."""
    project.root.need("flighttime.serving")
    serving = (project.root.code / "flighttime" / "serving.py").read_text(encoding="utf-8")
    require(
        "read_state" in serving, "the running application follows no release that could be tested"
    )
    return noticed(project, "following", "the application never follows a release")


def noticed(project: Project, name: str, fault: str) -> str:
    """Which test fails with the fault; raises NotMet if none does, or all fail without it."""
    report = reported(project)
    require(not report["failed"][""], f"without any fault these fail: {report['failed'][''][:2]}")
    require(name in report["ran"], f"no test ran with the fault that {fault}")
    failed = report["failed"][name]
    require(failed, f"{fault}, and every test passes")
    return f"{fault}: {failed[0].rpartition('::')[2]} fails"


def reported(project: Project) -> dict:
    """What the tests did, with each fault that this project can have."""
    sandbox = project.empty()
    require(sandbox.has("flighttime.features"), "no package whose tests could be run")
    tests = [f"tests/{name}" for name in FILES if (sandbox.code / "tests" / name).is_file()]
    folder = [] if tests else ["tests"] * (sandbox.code / "tests").is_dir()
    if not tests + folder:
        raise NotMet("no tests")
    if "tests" not in project.notes:
        faults = {name: fault for name, fault in FAULTS.items() if possible(sandbox.code, fault)}
        arguments = (str(SCRIPT), json.dumps(faults), *OPTIONS, *tests, *folder)
        done = sandbox.given(PYTHONPATH=str(sandbox.code)).start(*arguments)
        project.notes["tests"] = done
    done = project.notes["tests"]
    if done not in project.evidence:
        project.evidence.append(done)
    if done.code:
        raise NotMet(f"the tests do not run: {done.last_line}")
    report = json.loads(done.last_line)
    if not report["ran"].get(""):
        raise NotMet(f"no test ran: {done.output[-300:]}")
    return report


def possible(code: Path, fault: dict) -> bool:
    module = code.joinpath(*fault["module"].split(".")).with_suffix(".py")
    if not module.is_file():
        return False
    text = module.read_text(encoding="utf-8")
    return any(f"def {name}(" in text for name in fault["functions"])
