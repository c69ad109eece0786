"""Read the record of experiments without the project's code, from MLflow's own store."""

import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlparse
from urllib.request import url2pathname

from ladder.conformance.findings import NotMet
from ladder.conformance.sandbox import Sandbox

STORE = "mlflow.db"


@dataclass(frozen=True)
class Run:
    """A registered version: its run's tags, parameters and metrics, and where its files are."""

    version: str
    run: str
    tags: dict[str, str]
    params: dict[str, str]
    metrics: dict[str, float]
    files: Path


def versions(sandbox: Sandbox) -> dict[str, Run]:
    """Every registered version; raises NotMet if there is no record of experiments."""
    store = sandbox.state / STORE
    if not store.is_file():
        raise NotMet("no experiment is on record: the state holds no MLflow store")
    with closing(sqlite3.connect(store)) as rows:
        registered = rows.execute("SELECT version, run_id, storage_location FROM model_versions")
        return {f"{row[0]}": _run(rows, sandbox, *row) for row in registered.fetchall()}


def version(sandbox: Sandbox, number: str) -> Run:
    found = versions(sandbox)
    if number not in found:
        raise NotMet(f"version {number} is not registered: the registry has {sorted(found)}")
    return found[number]


def champion(sandbox: Sandbox) -> str:
    """The version that the registry says is in production; "" if none is."""
    with closing(sqlite3.connect(sandbox.state / STORE)) as rows:
        asked = "SELECT version FROM registered_model_aliases WHERE alias = 'champion'"
        found = rows.execute(asked).fetchone()
    return f"{found[0]}" if found else ""


def ledger(sandbox: Sandbox) -> list[dict]:
    """The entries of the decision ledger; raises NotMet if there is none."""
    path = sandbox.state / "ledger.jsonl"
    if not path.is_file():
        raise NotMet("no decision is on record: the state holds no ledger")
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _run(rows: sqlite3.Connection, sandbox: Sandbox, number: int, run: str, location: str) -> Run:
    def pairs(table: str) -> dict:
        return dict(rows.execute(f"SELECT key, value FROM {table} WHERE run_uuid = ?", [run]))

    place = Path(url2pathname(urlparse(location or "").path))
    # The place as it was written, which is another one in a copy of the state.
    parts = place.parts[place.parts.index("artifacts") :] if "artifacts" in place.parts else ()
    files = sandbox.state.joinpath(*parts)
    return Run(f"{number}", run, pairs("tags"), pairs("params"), pairs("metrics"), files)
