"""Serving: what the running application does while models come and go."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import field
from itertools import groupby

from ladder.conformance import application
from ladder.conformance import record
from ladder.conformance import steps
from ladder.conformance.application import FLIGHT
from ladder.conformance.findings import NotMet
from ladder.conformance.findings import check
from ladder.conformance.findings import require
from ladder.conformance.project import Project
from ladder.conformance.steps import BY

SECONDS_TO_FOLLOW = 5.0
PAUSE = 0.01  # seconds between two requests
AFTERWARDS = "2013-02-02T12:00"


@check
def restart_serves_the_new_model(project: Project) -> str:
    """After a restart the application answers with the model that was released meanwhile."""
    sandbox = project.at("candidate")
    with application.running(sandbox) as app:
        before = app.predict()["answers"][0]["minutes"]
    steps.put_second_in_production(sandbox)
    started = time.perf_counter()
    with application.running(sandbox) as app:
        after = app.predict()["answers"][0]["minutes"]
        seconds = time.perf_counter() - started
    require(before != after, "after the restart the old model still answers")
    return f"{before:.1f} minutes, after the restart {after:.1f}; it was away for {seconds:.1f} s"


@dataclass
class Load:
    """Requests one after the other in the background, and what came of them."""

    app: application.Application
    models: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)

    def send(self) -> None:
        while not self.ended.is_set():
            try:
                reply = self.app.client.post("/predict", json=FLIGHT)
                if reply.status_code == 200:
                    self.models.append(reply.json()["model"])
                else:
                    self.failures.append(f"{reply.status_code}")
            except Exception as problem:
                self.failures.append(f"{type(problem).__name__}: {problem}")
            time.sleep(PAUSE)

    def wait_for(self, condition: Callable[[], bool]) -> None:
        """Wait until it is so, or for some seconds."""
        deadline = time.monotonic() + SECONDS_TO_FOLLOW
        while not condition() and time.monotonic() < deadline:
            time.sleep(0.05)


@check
def release_drops_no_request(project: Project) -> str:
    """A release under load: the running application follows it, and every request is answered."""
    sandbox = project.at("candidate")
    with application.running(sandbox) as app:
        load = Load(app)
        thread = threading.Thread(target=load.send)
        thread.start()
        try:
            load.wait_for(lambda: len(load.models) > 5)
            steps.put_second_in_production(sandbox.given(FLIGHTTIME_APP=app.address))
            load.wait_for(lambda: load.models[-1:] != load.models[:1])
            count = len(load.models)
            load.wait_for(lambda: len(load.models) > count + 5)
        finally:
            load.ended.set()
            thread.join()
    sent = len(load.models) + len(load.failures)
    require(
        not load.failures, f"{len(load.failures)} of {sent} requests failed: {load.failures[:1]}"
    )
    require(len(load.models) > 10, f"only {len(load.models)} requests were answered meanwhile")
    before, after = load.models[0], load.models[-1]
    require(
        before != after, f"after the release the running application still answers with {before}"
    )
    order = [name for name, _ in groupby(load.models)]
    require(order == [before, after], f"answers went to and fro: {order[:6]}")
    return f"{sent} requests during the release, none failed, from version {before} to {after}"


@check
def deployment_traces_to_its_data(project: Project) -> str:
    """From who was champion at a time, and from an answer's id, to run, commit and data."""
    sandbox = project.at("in_production")
    with application.running(sandbox) as app:
        answer = app.predict()["answers"][0]
    require("prediction_id" in answer, "an answer has no id")
    then = sandbox.run("groundcrew.ledger", "who-was-champion", AFTERWARDS).output
    require("version 1 since" in then, f"nothing says what was deployed at a time: {then.strip()}")
    traced = sandbox.run("groundcrew.ledger", "lineage", answer["prediction_id"]).output
    run = record.version(sandbox, "1")
    for name, expected in {
        "run": run.run,
        "commit": run.tags["commit"],
        "data version": run.tags["data_version"],
    }.items():
        found = f"{name} {expected}" in traced
        require(found, f"the {name} is not {expected[:12]}: {traced[:200]}")
    return f"{then.strip()}; an answer of it: {traced.strip()}"


@check
def challenger_answers_its_share(project: Project) -> str:
    """A share of the flights is answered by the challenger, each flight always by the same arm."""
    sandbox = project.at("candidate")
    sandbox.need("flighttime.split")
    flights = [{**FLIGHT, "flight_id": f"2013-02-22 UA{number} EWR-IAH"} for number in range(400)]
    with application.running(sandbox) as app:
        sandbox.run("flighttime.split", "--version", "2", "--share", "0.3", *BY)
        follow(app, flights, "2")
        first, again = (arms(app.predict(flights)) for _ in range(2))
        sandbox.run("flighttime.split", "--version", "2", "--share", "0", *BY)
        share = first.count("2") / len(first)
    require(first == again, "the same flight got the other model the second time")
    require(set(first) == {"1", "2"}, f"only {set(first)} answered")
    require(0.2 < share < 0.4, f"of 30% of the flights the challenger answered {share:.0%}")
    return f"version 2 answered {share:.0%} of 400 flights beside version 1, the same flights twice"


def follow(app: application.Application, flights: list[dict], version: str) -> None:
    """Wait until a version answers some of the flights; raises NotMet if it does not."""
    deadline = time.monotonic() + SECONDS_TO_FOLLOW
    while version not in arms(app.client.post("/predict", json=flights).json()):
        if time.monotonic() > deadline:
            raise NotMet(f"version {version} answers no flight")
        time.sleep(0.05)


def arms(reply: dict) -> list[str]:
    return [answer.get("model", reply.get("model", "")) for answer in reply["answers"]]
