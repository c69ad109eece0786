"""Several processes of an application answer as one."""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from conftest import world
from ladder import ports
from ladder.places import LEVELS
from ladder.service import running

pytestmark = pytest.mark.slow

FLIGHT = {"carrier": "UA", "origin": "EWR", "dest": "IAH", "distance": 1400, "sched_dep_min": 317}
COUNTED = 'flighttime_requests_total{method="POST",route="/predict",status="200"} 20.0'
# A slow machine takes that long to load a process; one that were given five seconds would be ended again and again.
SLOW = "import sys, time; time.sleep(12 if '--multiprocessing-fork' in sys.orig_argv else 0)\n"
# So that either process may get the next request.
ALONE = {"Connection": "close"}


@pytest.fixture
def workers(level: int, runs: Path, tmp_path: Path) -> Iterator[httpx.Client]:
    own, port = tmp_path / "runs", ports.somewhere()
    shutil.copytree(runs, own)
    address = f"http://{ports.LOOPBACK}:{port}"
    command = [sys.executable, "-m", "flighttime.app", "--port", f"{port}", "--workers", "2"]
    slow = tmp_path / "a slow machine"
    slow.mkdir()
    (slow / "sitecustomize.py").write_text(SLOW, encoding="utf-8")
    environment = {**world(level, own), "FLIGHTTIME_TOKEN": "sesame", "PYTHONPATH": f"{slow}"}
    with (
        running("It", command, folder=LEVELS[level], environment=environment, log=tmp_path / "log") as server,
        httpx.Client(base_url=address, trust_env=False, timeout=60, headers=ALONE) as client,
    ):
        server.wait_until_answering(f"{address}/health/ready")
        yield client


def test_whichever_is_asked_all_answers_are_right_and_counted(workers: httpx.Client) -> None:
    answers = [workers.post("/predict", json=FLIGHT).json() for _ in range(20)]

    assert len({answer["answers"][0]["minutes"] for answer in answers}) == 1
    assert len({answer["answers"][0]["prediction_id"] for answer in answers}) == 20
    assert all(COUNTED in workers.get("/metrics").text for _ in range(4))
    assert workers.get("/health/live", headers={"Host": "evil.example"}).status_code == 400
    drain = workers.put("/admin/drain", headers={"Authorization": "Bearer sesame"})
    assert (drain.status_code, drain.json()["detail"][:30]) == (403, "several processes answer here,")
