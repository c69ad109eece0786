"""Gates: what is tested before a release, what is refused, and why."""

from ladder.conformance import application
from ladder.conformance import record
from ladder.conformance import steps
from ladder.conformance.findings import check
from ladder.conformance.findings import require
from ladder.conformance.project import Project
from ladder.conformance.steps import BY


@check
def altered_package_is_refused(project: Project) -> str:
    """A version is one signed package; with a byte altered it is released by no one."""
    sandbox = project.at("candidate")
    sandbox.need("flighttime.package")
    altered = sandbox.copy()
    parts = [path for path in (altered.state / "packages" / "2").rglob("*") if path.is_file()]
    require(parts, "packaging left no package")
    largest = max(parts, key=lambda path: path.stat().st_size)
    content = bytearray(largest.read_bytes())
    content[len(content) // 2] ^= 1
    largest.write_bytes(content)
    refused = altered.refused("flighttime.release", "--version", "2", *BY)
    require(largest.name in refused.output, f"the refusal does not name {largest.name}")
    require(record.champion(altered) == "1", "an altered package became the champion")
    sandbox.run("flighttime.release", "--version", "2", *BY)
    require(record.champion(sandbox) == "2", "the unaltered package is not the champion")
    return f"altered {largest.name}: refused; unaltered: certified, approved, released"


@check
def each_release_is_tested(project: Project) -> str:
    """An application that answers otherwise than the release promises is rejected in staging."""
    sandbox = project.at("candidate")
    sandbox.need("flighttime.gate")
    promised = steps.judge(sandbox, "2")
    require("outcome: PROMOTE" in promised, f"the good version is not promoted: {promised[-200:]}")
    faulty = sandbox.copy(code=True)
    faulty.append("flighttime/serving.py", WRONG_BY_7)
    with application.running(faulty.given(FLIGHTTIME_ENVIRONMENT="staging")) as app:
        there = sandbox.given(FLIGHTTIME_STAGING=app.address)
        judged = there.run("flighttime.gate", "--version", "2")
    require("outcome: REJECT" in judged.output, "the gate promotes a release that answers wrongly")
    reason = [line for line in judged.output.splitlines() if line.startswith("version 2")]
    return f"as promised: PROMOTE; seven minutes off: {reason[-1][:120] if reason else 'REJECT'}"


# Every answer of the application is seven minutes too late, as after a mistake in its wiring.
WRONG_BY_7 = """

_right = open_state


def open_state(state):
    serving = _right(state)
    right = serving.champion.predict_rows
    wrong = lambda rows: [minutes + 7 for minutes in right(rows)]
    object.__setattr__(serving.champion, "predict_rows", wrong)
    return serving


current = reload_on_change(read_state, open_state)
"""


@check
def gate_says_why(project: Project) -> str:
    """A worse model is refused with a reason in minutes, so that no one has to ask its author."""
    sandbox = project.at("candidate")
    sandbox.need("flighttime.gate")
    worse = sandbox.copy(code=True)
    worse.append("flighttime/model.py", HARDLY_LEARNS)
    worse.run("flighttime.pipeline")
    worse.run("flighttime.package", "--version", "3")
    output = worse.given(FLIGHTTIME_STAGING="").run("flighttime.gate", "--version", "3").output
    said = [line for line in output.splitlines() if line.startswith("version 3: ")]
    require(said, "the gate gives no reason")
    require("REJECT" in said[0], f"a model that has hardly learned is not rejected: {said[0]}")
    require("error" in said[0], f"the reason has no number: {said[0]}")
    refused = worse.refused("flighttime.release", "--version", "3", *BY)
    require("REJECT" in refused.output, f"the release does not say why: {refused.last_line}")
    return said[0]


HARDLY_LEARNS = """

_as_it_was = build


def build():
    return _as_it_was().set_params(trees__max_iter=1)
"""
