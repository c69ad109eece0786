"""Several processes of an application answer as one."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from level_runs import level_environment
from level_runs import starter

from ladder import ports
from ladder.places import LEVELS
from ladder.service import running

pytestmark = pytest.mark.slow

FLIGHT = {"carrier": "UA", "origin": "EWR", "dest": "IAH", "distance": 1400, "sched_dep_min": 317}
COUNTED = 'flighttime_requests_total{method="POST",route="/predict",status="200"} 20.0'
# A slow start, as on a slow machine: uvicorn's own limit of five seconds would restart the process
# forever. The applications start by the same code, so one level is enough.
SLOW_LEVEL = 1
SLOW = "import sys, time; time.sleep(6 if '--multiprocessing-fork' in sys.orig_argv else 0)\n"
# So that either process may get the next request.
ALONE = {"Connection": "close"}


@pytest.fixture
def workers(level: int, runs: Path, tmp_path: Path) -> Iterator[httpx.Client]:
    own, port = tmp_path / "runs", ports.somewhere()
    shutil.copytree(runs, own)
    address = f"http://{ports.LOOPBACK}:{port}"
    command = [starter().python, "-m", "flighttime.app", "--port", f"{port}", "--workers", "2"]
    environment = {**level_environment(level, own), "FLIGHTTIME_TOKEN": "sesame"}
    if level == SLOW_LEVEL:
        (tmp_path / "slow").mkdir()
        (tmp_path / "slow" / "sitecustomize.py").write_text(SLOW, encoding="utf-8")
        environment["PYTHONPATH"] = f"{tmp_path / 'slow'}"
    with (
        running(
            "the application",
            command,
            folder=LEVELS[level],
            environment=environment,
            log=tmp_path / "log",
        ) as server,
        httpx.Client(base_url=address, trust_env=False, timeout=60, headers=ALONE) as client,
    ):
        server.wait_until_answering(f"{address}/health/ready")
        yield client


def test_each_process_answers_alike_and_all_answers_are_counted(workers: httpx.Client) -> None:
    answers = [workers.post("/predict", json=FLIGHT).json() for _ in range(20)]

    assert len({answer["answers"][0]["minutes"] for answer in answers}) == 1
    assert len({answer["answers"][0]["prediction_id"] for answer in answers}) == 20
    assert all(COUNTED in workers.get("/metrics").text for _ in range(4))
    assert workers.get("/health/live", headers={"Host": "evil.example"}).status_code == 400
    drain = workers.put("/admin/drain", headers={"Authorization": "Bearer sesame"})
    assert (drain.status_code, drain.json()["detail"][:30]) == (
        403,
        "several processes answer here,",
    )
