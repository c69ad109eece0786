"""Ten releases and a rollback under load, and a release killed at each of its steps: nobody who asks notices."""

import json
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from dataclasses import field
from pathlib import Path

import httpx
import pytest

from conftest import world
from ladder import ports
from ladder.places import LEVELS
from ladder.service import running

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif("sys.platform == 'win32'", reason="kills processes that it has forked"),
    # What the highest level has made is all that this one needs, and other tests need it too.
    pytest.mark.parametrize("level", [4], indirect=True),
]
LEVEL = 3
FLIGHTS = 100
VERSIONS = ["1", "2", "3", "4", "5"]
TEN = ["2", "3", "4", "2", "3", "4", "2", "3", "4", "2"]
SOON = 2.0  # seconds
A_MOMENT = 0.04  # seconds, between two requests of a caller: the releases need a processor too
AS_PROMISED = 1e-9
CALLERS = [(1, True), (FLIGHTS, True), (1, False), (FLIGHTS, False)]

# Versions that differ in a few small trees, each packaged and signed as any other; prints some flights, and what
# each version says of them.
MAKE = """
import functools, json, sys
from datetime import date
from flighttime import flavor, ingest, model, package, tracking
from flighttime.features import FEATURES, TARGET
day, versions = date(2013, 3, 1), sys.argv[1:]
ingest.read = functools.cache(ingest.read)
flavor.register = lambda *_: None
first = tracking.find("1")
rows = ingest.read().dropna(subset=TARGET).head(3000)
for version in versions[1:]:
    assert str(tracking.store().create_model_version(tracking.NAME, first.source, first.run_id).version) == version
    pipeline = model.build().set_params(trees__max_iter=int(version))
    tracking.load = lambda _: pipeline.fit(rows[FEATURES], rows[TARGET])
    package.package(version)
flights = rows[FEATURES].dropna().head(100)
minutes = {version: package.load(version).predict(flights).tolist() for version in versions}
print(json.dumps({"flights": flights.to_dict("records"), "minutes": minutes}))
"""

CERTIFIED = """
import json, os, shutil, signal, sys, time
from datetime import date
from mlflow import MlflowClient
from flighttime import certificates, ledger, package, production, release, rollback, settings, smoke, standing
day = date(2013, 3, 1)
def certified(version):
    given = json.loads(certificates.place("1").read_text("utf-8"))
    given |= {"version": version, "champion": production.released(), "outcome": "PROMOTE"}
    package.write(certificates.place(version), given)
"""

# Releases each version it is told, then takes the last one back; prints when each was switched to.
RELEASE = CERTIFIED + """
write = standing.write
def noted(version):
    write(version)
    print(json.dumps([str(version), time.time()]), flush=True)
standing.write = noted
for version in sys.argv[1:]:
    certified(version)
    release.release(version, day, "Kim")
rollback.roll_back(day, "Kim")
"""

# For each step that it is told, lets a release die there as by kill -9, then tries again; prints how both ended.
# What takes long to import is imported before the processes part.
KILL = CERTIFIED + """
import model_signing.verifying, mlflow.store.model_registry.sqlalchemy_store, mlflow.store.tracking.sqlalchemy_store
def in_a_process(deed):
    child = os.fork()
    if not child:
        deed()
        os._exit(0)
    return os.waitpid(child, 0)[1]
def kill(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)
def recording(decision):
    record = ledger.record
    def until(today, what, *args, **more):
        kill() if what == decision else record(today, what, *args, **more)
    ledger.record = until
STEPS = {
    "the copy": lambda: setattr(shutil, "copytree", kill),
    "the intent": lambda: recording("releasing"),
    "the switch": lambda: setattr(standing, "write", kill),
    "the alias": lambda: setattr(MlflowClient, "set_registered_model_alias", kill),
    "the smoke test": lambda: setattr(smoke, "check", kill),
    "the fact": lambda: recording("released"),
}
def first(version, step):
    STEPS[step]()
    certified(version)
    release.release(version, day, "Kim")
def again(version):
    release.release(version, day, "Kim")
    kept.write_text(json.dumps([production.released(), ledger.pending()]))
kept = settings.runs() / "told.json"
for step, version in zip(sys.argv[1::2], sys.argv[2::2]):
    killed = in_a_process(lambda: first(version, step))
    ended = in_a_process(lambda: again(version))
    print(json.dumps([step, version, killed, ended, *json.loads(kept.read_text())]), flush=True)
"""


@dataclass
class There:
    """The application, what its versions say of some flights, and where it lives."""

    address: str
    environment: dict[str, str]
    flights: list[dict]
    minutes: dict[str, list[float]]

    def run(self, script: str, *arguments: str) -> list[list]:
        """Run a script in the level's folder; returns what it printed, a JSON document a line."""
        command = [sys.executable, "-c", script, *arguments]
        ended = subprocess.run(command, cwd=LEVELS[LEVEL], env=self.environment, capture_output=True, encoding="utf-8")
        assert ended.returncode == 0, ended.stdout + ended.stderr
        return [json.loads(line) for line in ended.stdout.splitlines() if line.startswith(("[", "{"))]


@pytest.fixture(scope="module")
def there(runs: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[There]:
    own = tmp_path_factory.mktemp("releases") / "runs"
    shutil.copytree(runs / LEVELS[4].name, own / LEVELS[LEVEL].name)
    port = ports.somewhere()
    address = f"http://{ports.LOOPBACK}:{port}"
    environment = world(LEVEL, own)
    there = There(address, environment | {"FLIGHTTIME_APP": address}, [], {})
    made = there.run(MAKE, *VERSIONS)[0]
    there.flights, there.minutes = made["flights"], made["minutes"]
    command = [sys.executable, "-m", "flighttime.app", "--port", f"{port}"]
    with running("It", command, folder=LEVELS[LEVEL], environment=environment, log=own / "log") as server:
        server.wait_until_answering(f"{address}/health/ready")
        yield there


@dataclass
class Load:
    """What was answered, and when, while callers of every kind asked without a pause."""

    there: There
    answers: list[tuple[float, int, httpx.Response]] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def call(self, count: int, *, keeps: bool) -> None:
        body = self.there.flights[:count] if count > 1 else self.there.flights[0]
        with ExitStack() as kept:
            http = kept.enter_context(self.client())
            while not self.over.is_set():
                try:
                    if not keeps:
                        http.close()
                        http = kept.enter_context(self.client())
                    self.answers.append((time.time(), count, http.post("/predict", json=body)))
                    time.sleep(A_MOMENT)
                except httpx.HTTPError as problem:
                    self.failures.append(repr(problem))

    def client(self) -> httpx.Client:
        return httpx.Client(base_url=self.there.address, trust_env=False, verify=False, timeout=30)

    def versions(self) -> list[tuple[float, str]]:
        """When which version answered, in order; fails where an answer is not what exactly one version says."""
        assert self.failures == []
        found = []
        for at, count, response in sorted(self.answers, key=lambda answer: answer[0]):
            assert response.status_code == 200, response.text
            told = response.json()
            version = told["model"]
            assert {answer["model"] for answer in told["answers"]} == {version}
            given = [answer["minutes"] for answer in told["answers"]]
            promised = self.there.minutes[version][:count]
            assert max(abs(one - other) for one, other in zip(given, promised, strict=True)) < AS_PROMISED
            found.append((at, version))
        return found


@pytest.fixture
def load(there: There) -> Iterator[Load]:
    load = Load(there)
    with ThreadPoolExecutor(len(CALLERS)) as callers:
        calls = [callers.submit(load.call, count, keeps=keeps) for count, keeps in CALLERS]
        try:
            yield load
        finally:
            load.over.set()
    for call in calls:
        call.result()


def test_ten_releases_and_a_rollback_under_load_fail_no_request_and_mix_no_answers(there: There, load: Load) -> None:
    switches = there.run(RELEASE, *TEN)
    load.over.set()

    assert [version for version, _ in switches] == [*TEN, "4"]
    answered = load.versions()
    for version, switched in switches:
        assert min(at for at, by in answered if by == version and at > switched) - switched < SOON
    assert {version for _, version in answered} == {"1", *TEN}
    assert len(answered) > 200


def test_a_release_that_is_killed_anywhere_is_finished_or_undone_and_nobody_notices(there: There, load: Load) -> None:
    steps = ["the copy", "the intent", "the switch", "the alias", "the smoke test", "the fact"]
    # Of these, only the first was never copied to production before.
    versions = ["5", "2", "3", "2", "3", "2"]
    told = there.run(KILL, *(part for pair in zip(steps, versions, strict=True) for part in pair))
    load.over.set()

    # Killed by signal 9; the next try ended well, with its version as champion and nothing left undone.
    assert told == [[step, version, 9, 0, version, None] for step, version in zip(steps, versions, strict=True)]
    assert load.versions()[-1][1] == versions[-1]
