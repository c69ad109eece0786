"""Releases, rollbacks and a rotation of keys under load, also killed half-way: no request fails."""

import json
import shutil
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
from level_runs import level_environment
from level_runs import run_python
from level_runs import starter

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
VERSIONS = ["1", "2", "3", "4", "5", "6"]  # the last one is never released
TEN = ["2", "3", "4", "2", "3", "4", "2", "3", "4", "2"]
MAX_SECONDS_TO_SWITCH = 2.0
PAUSE = 0.04  # seconds between two requests of a caller: the releases need a processor too
TOLERANCE = 1e-9
CALLERS = [(1, True), (FLIGHTS, True), (1, False), (FLIGHTS, False)]

# Package versions that differ in a few small trees; print flights, and each version's answers.
PACKAGE = """
import json, sys
from flighttime import ingest, model, package, tracking
from flighttime.features import FEATURES, TARGET
from groundcrew import registry
versions = sys.argv[1:]
client, first = registry.client(), registry.version("1")
rows = ingest.TABLE.read().dropna(subset=TARGET).head(3000)
for version in versions[1:]:
    made = client.create_model_version(registry.NAME, first.source, first.run_id)
    assert str(made.version) == version
    pipeline = model.build().set_params(trees__max_iter=int(version))
    tracking.load = lambda _: pipeline.fit(rows[FEATURES], rows[TARGET])
    package.package(version)
flights = rows[FEATURES].dropna().head(100)
minutes = {version: package.load(version).predict(flights) for version in versions}
minutes = {version: list(map(float, answers)) for version, answers in minutes.items()}
print(json.dumps({"flights": flights.to_dict("records"), "minutes": minutes}))
"""

CERTIFY = """
import dataclasses, json, os, shutil, signal, sys, time
from datetime import date
from mlflow import MlflowClient
from flighttime import package, release, rollback
from groundcrew import certificates, files, ledger, registry, settings, smoke
day = date(2013, 3, 1)
def certify(version):
    subject = certificates.subject(package.path(version), registry.champion(), day, 30)
    certificates.write({**subject, "outcome": "PROMOTE", "reason": "better"})
"""

# Release each given version, then roll back the last one; print when each was switched to.
RELEASE = (
    CERTIFY
    + """
def set_champion(version):
    registry.set_champion(version)
    print(json.dumps([str(version), time.time()]), flush=True)
switch = dataclasses.replace(release.SWITCH, set_champion=set_champion)
release.SWITCH = rollback.SWITCH = switch
for version in sys.argv[1:]:
    certify(version)
    release.release(version, day, "Kim")
rollback.roll_back(day, "Kim")
"""
)

# Release version 2, if there was no release but the first; print the champion.
RELEASED = (
    CERTIFY
    + """
if registry.champion() == "1":
    certify("2")
    release.release("2", day, "Kim")
print(json.dumps([registry.champion()]))
"""
)

# Kill a release at each given step, then try again; print how both ended.
# Slow imports come before the fork.
KILL = (
    CERTIFY
    + """
import model_signing.verifying, mlflow.store.model_registry.sqlalchemy_store
import mlflow.store.tracking.sqlalchemy_store
def in_a_process(work):
    child = os.fork()
    if not child:
        work()
        os._exit(0)
    return os.waitpid(child, 0)[1]
def kill(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)
def kill_at_entry(decision):
    record = ledger.record
    def record_or_kill(today, entry, *args, **more):
        kill() if entry == decision else record(today, entry, *args, **more)
    ledger.record = record_or_kill
def kill_at_switch():
    release.SWITCH = dataclasses.replace(release.SWITCH, set_champion=kill)
STEPS = {
    "the copy": lambda: setattr(shutil, "copytree", kill),
    "the intent": lambda: kill_at_entry("releasing"),
    "the switch": kill_at_switch,
    "the alias": lambda: setattr(MlflowClient, "set_registered_model_alias", kill),
    "the smoke test": lambda: setattr(smoke, "check", kill),
    "the fact": lambda: kill_at_entry("released"),
}
def first(version, step):
    STEPS[step]()
    certify(version)
    release.release(version, day, "Kim")
def again(version):
    release.release(version, day, "Kim")
    files.write_json(result, [registry.champion(), ledger.pending()])
result = settings.runs() / "result.json"
for step, version in zip(sys.argv[1::2], sys.argv[2::2]):
    killed = in_a_process(lambda: first(version, step))
    ended = in_a_process(lambda: again(version))
    print(json.dumps([step, version, killed, ended, *files.read_json(result)]), flush=True)
"""
)


# Release two versions and rotate the key; roll back across the rotation, before and after the old
# key is revoked; then try to release what only that key has signed. Print what became of each.
ROTATE = (
    CERTIFY
    + """
from groundcrew import keys, signing
from groundcrew.errors import UserError
from groundcrew.keys import in_use
old = in_use.fingerprints()[0]
steps = []
for version in sys.argv[1:]:
    certify(version)
    release.release(version, day, "Kim")
new = keys.rotate(day, "Kim")
steps.append(rollback.roll_back(day, "Kim"))
steps.append(keys.revoke(old, day, "Kim") == old)
steps.append(rollback.roll_back(day, "Kim"))
try:
    certify("6")
    release.release("6", day, "Kim")
except UserError as problem:
    steps.append(f"{problem}")
steps += [registry.champion(), in_use.fingerprints() == [new], old]
print(json.dumps(steps))
"""
)


@dataclass
class Production:
    """A running application, and what each of its versions answers to some flights."""

    address: str
    environment: dict[str, str]
    flights: list[dict]
    minutes: dict[str, list[float]]

    def run(self, script: str, *arguments: str) -> list:
        """Run a script in the level's folder; returns the JSON documents that it printed."""
        printed = run_python(script, LEVEL, self.environment, *arguments)
        return [json.loads(line) for line in printed.splitlines() if line.startswith(("[", "{"))]


@pytest.fixture(scope="module")
def production(runs: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Production]:
    own = tmp_path_factory.mktemp("releases") / "runs"
    shutil.copytree(runs / LEVELS[4].name, own / LEVELS[LEVEL].name)
    port = ports.somewhere()
    address = f"http://{ports.LOOPBACK}:{port}"
    environment = level_environment(LEVEL, own)
    production = Production(address, environment | {"FLIGHTTIME_APP": address}, [], {})
    packaged = production.run(PACKAGE, *VERSIONS)[0]
    production.flights, production.minutes = packaged["flights"], packaged["minutes"]
    command = [starter().python, "-m", "flighttime.app", "--port", f"{port}"]
    with running(
        "the application", command, folder=LEVELS[LEVEL], environment=environment, log=own / "log"
    ) as server:
        server.wait_until_answering(f"{address}/health/ready")
        yield production


@dataclass
class Load:
    """What was answered, and when, while callers of every kind sent requests without a pause."""

    production: Production
    answers: list[tuple[float, int, httpx.Response]] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def call(self, count: int, *, keeps: bool) -> None:
        body = self.production.flights[:count] if count > 1 else self.production.flights[0]
        with ExitStack() as kept:
            http = kept.enter_context(self.client())
            while not self.over.is_set():
                try:
                    if not keeps:
                        http.close()
                        http = kept.enter_context(self.client())
                    self.answers.append((time.time(), count, http.post("/predict", json=body)))
                    time.sleep(PAUSE)
                except httpx.HTTPError as problem:
                    self.failures.append(repr(problem))

    def go_on(self, requests: int) -> None:
        """Wait until so many more requests were answered, so that the last switch shows too."""
        wanted = len(self.answers) + requests
        while len(self.answers) < wanted and not self.failures:
            time.sleep(0.01)

    def client(self) -> httpx.Client:
        address = self.production.address
        return httpx.Client(base_url=address, trust_env=False, verify=False, timeout=30)

    def versions(self) -> list[tuple[float, str]]:
        """The time and version of each answer, in order; each answer must be of one version."""
        assert self.failures == []
        found = []
        for at, count, response in sorted(self.answers, key=lambda answer: answer[0]):
            assert response.status_code == 200, response.text
            content = response.json()
            version = content["model"]
            assert {answer["model"] for answer in content["answers"]} == {version}
            given = [answer["minutes"] for answer in content["answers"]]
            expected = self.production.minutes[version][:count]
            differences = map(lambda one, other: abs(one - other), given, expected)
            assert len(given) == len(expected) and max(differences) < TOLERANCE
            found.append((at, version))
        return found


@pytest.fixture
def load(production: Production) -> Iterator[Load]:
    load = Load(production)
    with ThreadPoolExecutor(len(CALLERS)) as callers:
        calls = [callers.submit(load.call, count, keeps=keeps) for count, keeps in CALLERS]
        try:
            yield load
        finally:
            load.over.set()
    for call in calls:
        call.result()


def test_ten_releases_and_a_rollback_under_load_fail_no_request_and_mix_no_answers(
    production: Production, load: Load
) -> None:
    switches = production.run(RELEASE, *TEN)
    load.go_on(3 * len(CALLERS))
    load.over.set()

    assert [version for version, _ in switches] == [*TEN, "4"]
    answered = load.versions()
    for version, switched in switches:
        first = min(at for at, by in answered if by == version and at > switched)
        assert first - switched < MAX_SECONDS_TO_SWITCH
    assert {version for _, version in answered} == {"1", *TEN}
    assert len(answered) > 200


def test_a_release_that_is_killed_at_any_step_is_finished_or_undone_without_a_failed_request(
    production: Production, load: Load
) -> None:
    steps = ["the copy", "the intent", "the switch", "the alias", "the smoke test", "the fact"]
    # Of these, only the first was never copied to production before.
    versions = ["5", "2", "3", "2", "3", "2"]
    pairs = zip(steps, versions, strict=True)
    ended = production.run(KILL, *(argument for pair in pairs for argument in pair))
    load.go_on(3 * len(CALLERS))
    load.over.set()

    # Killed by signal 9; the next try succeeded, its version is champion, nothing is pending.
    assert ended == [
        [step, version, 9, 0, version, None] for step, version in zip(steps, versions, strict=True)
    ]
    assert load.versions()[-1][1] == versions[-1]


def test_keys_rotate_under_load_and_rollbacks_across_the_rotation_fail_no_request(
    production: Production, load: Load
) -> None:
    first = production.run(RELEASED)[0][0]
    others = [version for version in ["3", "4", "5"] if version != first][:2]

    ended = production.run(ROTATE, *others)[0]
    load.go_on(3 * len(CALLERS))
    load.over.set()

    back, revoked, back_again, refusal, champion, only_new, old = ended
    assert (back, revoked, back_again) == (others[0], True, first)
    assert "packages/6 is not signed by the key in" in refusal.replace("\\", "/")
    assert f"signed by the key {old[:12]}, which was revoked on 2013-03-01" in refusal
    assert (champion, only_new) == (first, True)
    answered = [version for _, version in load.versions()]
    assert set(answered) >= {first, *others}
    assert answered[-1] == first
