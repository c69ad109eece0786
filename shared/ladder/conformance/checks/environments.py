"""Environments: each opens only packages that are signed with a key that it trusts."""

import hashlib
from pathlib import Path

from ladder.conformance import record
from ladder.conformance.findings import NotMet
from ladder.conformance.findings import check
from ladder.conformance.findings import require
from ladder.conformance.project import Project
from ladder.conformance.steps import BY


@check
def each_environment_trusts_its_own_key(project: Project) -> str:
    """The same bytes go through three environments, and production opens only what it trusts."""
    sandbox = project.at("candidate")
    sandbox.need("flighttime.environments")
    distrusting = sandbox.copy()
    stranger = distrusting.state.parent / "stranger"
    keys = distrusting.given(FLIGHTTIME_RUNS=str(stranger))
    trusted = distrusting.state / "production/trusted.pem"
    trusted.unlink()  # the next command adds a key to those that the file has
    keys.run("groundcrew.signing", "--trust", str(trusted))
    refused = distrusting.refused("flighttime.release", "--version", "2", *BY)
    require("trusted.pem" in refused.output, f"refused for another reason: {refused.last_line}")
    require(record.champion(distrusting) == "1", "a package that is not trusted was released")
    sandbox.run("flighttime.release", "--version", "2", *BY)
    places = [sandbox.state, sandbox.state / "staging", sandbox.state / "production"]
    digests = {digest(place / "packages" / "2") for place in places}
    require(len(digests) == 1, "the environments do not hold the same bytes")
    return f"production with another key: {refused.last_line[:90]}; else the same bytes in all"


def digest(folder: Path) -> str:
    """One digest of all files of a folder; raises NotMet if there is none."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    if not files:
        raise NotMet(f"no package in {folder.parent.parent.name}")
    found = hashlib.sha256()
    for path in files:
        found.update(path.relative_to(folder).as_posix().encode() + path.read_bytes())
    return found.hexdigest()
