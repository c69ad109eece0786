"""Tests: they pass as the project is, and fail when a fault is put into its code."""

import json
from pathlib import Path

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
    wrong = lambda rows: [minutes + 7 * _fault for minutes in right(rows)]
    object.__setattr__(serving.champion, "predict_rows", wrong)
    return serving
"""
HALF_THE_ERROR = """
def _with_fault(*given):
    errors = _without_fault(*given)
    return errors.assign(error=errors["error"] / 2)
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
    return _first[0] if _fault else _without_fault(*given)
"""
FAULTS = {
    "features": {
        "check": "tests_notice_wrong_features",
        "module": "flighttime.features",
        "functions": ["minutes_after_midnight"],
        "code": CLOCK_AS_MINUTES,
        "first": "sched_block",
        "files": ["test_features.py"],
    },
    "answers": {
        "check": "tests_notice_a_wrong_model",
        "module": "flighttime.serving",
        "functions": ["open_state", "load"],
        "code": WRONG_ANSWERS,
        "first": "application_answers",
        "files": ["test_app.py", "test_release.py"],
    },
    "error": {
        "check": "tests_notice_a_wrong_model",
        "module": "flighttime.train",
        "functions": ["measure"],
        "code": HALF_THE_ERROR,
        "first": "measured_on_the_holdout",
        "files": ["test_train.py"],
    },
    "script": {
        "check": "tests_notice_a_wrong_script",
        "module": "flighttime.score",
        "functions": ["score"],
        "code": WRONG_SCRIPT,
        "first": "one_flight",
        "files": ["test_app.py"],
    },
    "following": {
        "check": "tests_notice_wrong_wiring",
        "module": "flighttime.serving",
        "functions": ["read_state"],
        "code": NEVER_FOLLOWS,
        # A release would ask the application for ten seconds.
        "meanwhile": ["groundcrew.smoke", "SECONDS_TO_FOLLOW", 3],
        "first": "answers_without_a_restart",
        "files": ["test_release.py"],
    },
}
FILES = ["test_app.py", "test_features.py", "test_release.py", "test_train.py"]


@check
def tests_notice_wrong_features(project: Project) -> str:
    return noticed(project, "features", "clock times are taken for minutes")


@check
def tests_notice_a_wrong_model(project: Project) -> str:
    """Answers that are not the model's, and a model that is said to err half as much as it does."""
    found = noticed(project, "answers", "the application answers otherwise than its model")
    return f"{found}; {noticed(project, 'error', 'half of the error is reported')}"


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
    """The test that fails with a fault; raises NotMet if none does, or it fails without one too."""
    report = reported(project)
    require(report["ran"].get(name), f"no test runs that could notice it: {fault}")
    test = report["noticed"].get(name)
    require(test, f"{fault}, and every test passes")
    require(test not in report["bad"], f"{test} fails without any fault too")
    return f"{fault}: {test.rpartition('::')[2]} fails"


def reported(project: Project) -> dict:
    """What the tests did, with each fault that is asked about and that this project can have."""
    sandbox = project.empty()
    require(sandbox.has("flighttime.features"), "no package whose tests could be run")
    require((sandbox.code / "tests").is_dir(), "no tests")
    if "tests" not in project.notes:
        tests = [f"tests/{name}" for name in FILES if (sandbox.code / "tests" / name).is_file()]
        asked = {name: fault for name, fault in FAULTS.items() if project.asks(fault["check"])}
        faults = {name: fault for name, fault in asked.items() if possible(sandbox.code, fault)}
        if not tests:  # the project names its tests otherwise
            tests = ["tests"]
            faults = {name: {**fault, "files": []} for name, fault in faults.items()}
        arguments = (str(SCRIPT), json.dumps(faults), *OPTIONS, *tests)
        # Its temporary files are removed with the sandbox, and those of other runs stay.
        scratch = {"PYTEST_DEBUG_TEMPROOT": f"{sandbox.state.parent}"}
        project.notes["tests"] = sandbox.importable().given(**scratch).start(*arguments)
    done = project.notes["tests"]
    if done not in project.evidence:
        project.evidence.append(done)
    require(done.code == 0, f"the tests do not run: {done.last_line}")
    report = json.loads(done.last_line)
    require(report["ran"] or not report["code"], f"no test ran: {done.output[-300:]}")
    return report


def possible(code: Path, fault: dict) -> bool:
    module = code.joinpath(*fault["module"].split(".")).with_suffix(".py")
    if not module.is_file():
        return False
    text = module.read_text(encoding="utf-8")
    return any(f"def {name}(" in text for name in fault["functions"])
