"""Level 2 says in one line why a run cannot be rebuilt, and compares both digests and the file."""

from pathlib import Path

import level_process

SCRIPT = """
import json
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

from flighttime import rebuild
from groundcrew import provenance, registry, settings
from groundcrew.errors import UserError

tags = {
    "commit": 40 * "c", "changed": "no", "today": "2013-01-20", "data_version": "0",
    "data_digest": 64 * "d", "model_digest": 64 * "e",
}
here = Path.cwd()
provenance.code_at = lambda commit: nullcontext(here)
provenance.apply_settings = provenance.other_packages = lambda *arguments: ""
registry.stored_problem = lambda run: ""
outcomes = {}


def attempt(name, change, made=None):
    run = SimpleNamespace(data=SimpleNamespace(tags={**tags, **change}, params={}))
    for lacking in [key for key, value in change.items() if value is None]:
        del run.data.tags[lacking]
    registry.run = lambda name: run
    try:
        outcomes[name] = rebuild.rebuild("7")
    except UserError as error:
        outcomes[name] = str(error)


attempt("no digest", {"model_digest": None, "changed": None})
attempt("no data", {})
rebuild.train = lambda folder, tags: {"data_digest": 64 * "d", "model_digest": 64 * "0"}
attempt("other model", {})
rebuild.train = lambda folder, tags: {"data_digest": 64 * "0", "model_digest": 64 * "e"}
attempt("other data", {})
rebuild.train = lambda folder, tags: {"data_digest": 64 * "d", "model_digest": 64 * "e"}
registry.stored_problem = lambda run: f"the file of a run that used {run.data.tags['today']}"
attempt("other file", {})
print(json.dumps(outcomes))
"""


def test_what_cannot_be_rebuilt_and_what_differs_is_named(tmp_path: Path) -> None:
    outcomes = level_process.run(2, SCRIPT, tmp_path / "runs", "2013-02-01")

    assert outcomes["no digest"] == "the record of run 7 lacks changed, model_digest: train again"
    assert "the code of commit cccccccccccc does not train: " in outcomes["no data"]
    assert "run python -m flighttime.ingest" in outcomes["no data"]
    assert outcomes["other model"]["model"] == "SHA-256 000000000000…, recorded eeeeeeeeeeee…"
    assert outcomes["other model"]["data"] == ""
    assert outcomes["other data"]["data"] == "SHA-256 000000000000…, recorded dddddddddddd…"
    assert outcomes["other data"]["model"] == ""
    assert outcomes["other file"]["model"] == "the file of a run that used 2013-01-20"
