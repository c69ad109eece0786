"""Mission control shows what its sources say, names those that fail, and updates itself."""

import asyncio
import html
import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import httpx
import pytest
from fake_level import FakeModel
from fake_level import Level
from fastapi import FastAPI
from fastapi.testclient import TestClient
from prediction_store import use_store

from groundcrew import ledger
from groundcrew.errors import UserError
from groundcrew.predictions import Recorder
from groundcrew.predictions import lease
from groundcrew.predictions import windows
from groundcrew.serving import Serving
from groundcrew.web import control
from groundcrew.web import control_decisions
from groundcrew.web import control_events
from groundcrew.web import control_sources
from groundcrew.web import control_view
from groundcrew.web import rendering


@dataclass
class LoopState:
    step: str = "watch"
    version: str = ""
    beside: str = ""
    day: str = ""
    sentence: str = ""
    calls: tuple[str, ...] = ()


class World:
    """What the sources return; an exception is raised instead."""

    def __init__(self) -> None:
        self.weeks: object = [week("2013-03-04", 9.0, 9.0), week("2013-03-11", 12.34, 8.0)]
        self.ledger: object = [entry("2013-03-01", "released", "1", by="Kim")]
        self.serving: object = Serving(FakeModel("1"))
        self.lease: object = None
        self.loop_state: object = LoopState()

    def source(self, name: str) -> Callable:
        def read(*arguments: object) -> object:
            value = getattr(self, name)
            if isinstance(value, Exception):
                raise value
            return value

        return read


def week(first: str, mae: float | None, median: float | None, **other: object) -> dict:
    """A week as it is stored."""
    errors = {"mae": mae, "route_median_mae": median, "ratio": mae and mae / median, "bias": 1.0}
    counts = {"answers": 6000, "labels": 5900, "cancelled": 88, "failures": 0}
    more = {"certified": 8.39, "p99_ms": 9.0, "versions": {"1": 6000}, "slices": {}, "ages": {}}
    drift = {"carrier": {"psi": 0.01, "ks": 0.02}}
    return {"first": first, "days": 7, **errors, **counts, **more, "drift": drift, **other}


def entry(day: str, decision: str, version: str = "1", **other: object) -> dict:
    return {"at": f"{day}T09:00:00", "day": day, "decision": decision, "version": version, **other}


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> World:
    use_store(tmp_path / "runs", monkeypatch)
    monkeypatch.setattr(control_events, "SECONDS_BETWEEN_REFRESHES", 0.0)
    world = World()
    monkeypatch.setattr(windows, "read", world.source("weeks"))
    monkeypatch.setattr(ledger, "entries", world.source("ledger"))
    monkeypatch.setattr(lease, "holder", world.source("lease"))
    return world


@pytest.fixture
def app(world: World) -> FastAPI:
    pages = [control.page(world.source("loop_state"), lambda: {"threshold": 1.1})]
    level = Level(record=Recorder("refuse"), pages=pages)
    level.serving = world.source("serving")
    return level.app()


@pytest.fixture
def client(app: FastAPI) -> TestClient:
    return TestClient(app, base_url="http://localhost", raise_server_exceptions=False)


def text_of(client: TestClient) -> str:
    """What a person reads on the page."""
    response = client.get("/control")
    assert response.status_code == 200
    text = re.sub(r"(?s)<(svg|script|head)\b.*?</\1>", " ", response.text)
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", text)).split())


def test_answers_that_do_not_count_are_shown(client: TestClient, world: World) -> None:
    left_out = {"late": 6546, "other_inputs": 60}
    world.weeks = [week("2013-03-11", 9.0, 9.0, left_out=left_out)]

    expected = "6,546 answers given after departure, 60 answers with other inputs"
    assert f"Left out {expected}" in text_of(client)


def test_the_page_says_how_production_does(client: TestClient, world: World) -> None:
    text = text_of(client)

    assert "Friday, 1 March 2013 The error in production is above the limit" in text
    error = "In the week of 11 March 2013 the model erred by 12.34 minutes, 1.54 times as much"
    assert error in text
    assert "above the limit of 1.10" in text
    assert "11 March 2013 5,900 12.34 8.00 1.54, above 8.39 1" in text
    assert "4 March 2013 5,900 9.00 9.00 1.00 8.39 1" in text
    assert "98.3 % of 6,000 flights that were answered" in text
    assert "5,900 known, 12 awaited, 88 cancelled or diverted" in text
    assert "6,000, none failed; 99 % within 9.0 ms" in text


def test_the_pages_link_to_each_other(client: TestClient) -> None:
    link = '<a href="/control" aria-current="page">Mission control</a>'

    assert link in client.get("/control").text
    assert '<a href="/control">Mission control</a>' in client.get("/docs").text
    assert all(f'href="{page}"' in client.get("/control").text for page in ("/", "/model", "/docs"))


def test_the_page_loads_nothing_from_other_sites_and_has_no_inline_code(
    client: TestClient,
) -> None:
    text = client.get("/control").text

    assert not re.search(r"<style|style=|\son\w+=|<script>", text)
    assert not re.search(r'(?:src|href)="(?!/|#|data:)', text)


def test_the_headline_is_what_the_loop_does(client: TestClient, world: World) -> None:
    sentence = "Version 2 is the shadow of version 1"
    world.loop_state = LoopState("shadow", "2", "1", "2013-03-18")

    assert f"Friday, 1 March 2013 {sentence}" in text_of(client)
    state = client.get("/control/state").json()
    assert state["headline"] == sentence
    assert (state["loop_state"]["step"], state["loop_state"]["beside"]) == ("shadow", "1")


def test_the_state_is_also_json(client: TestClient, world: World) -> None:
    world.ledger.append(entry("2013-03-18", "retrain", reason="two weeks above 1.1"))

    state = client.get("/control/state").json()

    assert state["today"] == "2013-03-01"
    assert [week["mae"] for week in state["weeks"]] == [9.0, 12.34]
    assert state["serving"]["version"] == "1" and state["policy"] == {"threshold": 1.1}
    assert state["decisions"][-1] == {
        "day": "2013-03-18",
        "sentence": "Alarm: a new version will be trained",
        "reason": "two weeks above 1.1",
    }
    assert (state["missing"], len(state["ledger"])) == ([], 2)


def test_a_shadow_is_shown_without_a_share(client: TestClient, world: World) -> None:
    world.serving = Serving(FakeModel("1"), shadow=FakeModel("2"))

    assert "1 champion 100% 100% 2 shadow not shown 0%" in text_of(client)


def test_a_challenger_is_shown_with_its_share(client: TestClient, world: World) -> None:
    world.serving = Serving(FakeModel("1"), FakeModel("2"), 0.2)
    world.weeks = [week("2013-03-11", 9.0, 9.0, versions={"1": 4500, "2": 1500})]

    assert "1 champion 80% 75% 2 challenger 20% 25%" in text_of(client)


def test_viewers_see_what_the_loop_does_and_not_where_it_runs(
    client: TestClient,
    world: World,
) -> None:
    doing = {"until": 1e9, "doing": "certifying version 3"}
    world.lease = {"holder": "a-machine:/a/folder, process 7", **doing}

    assert "The loop certifying version 3" in text_of(client)
    assert "a-machine" not in client.get("/control").text
    assert "a-machine" not in client.get("/control/state").text
    assert client.get("/control/state").json()["lease"] == doing


def test_a_person_is_called_while_the_loop_has_a_reason(client: TestClient, world: World) -> None:
    world.loop_state = LoopState(calls=("two retrainings in a row were refused",))
    called = text_of(client)
    world.loop_state = LoopState()
    after = text_of(client)

    assert "A person is called Two retrainings in a row were refused." in called
    assert "A person is called" not in after


@pytest.mark.parametrize("decision", control_decisions.DECISIONS)
def test_every_decision_has_its_own_sentence(
    world: World,
    client: TestClient,
    decision: str,
) -> None:
    world.ledger = [entry("2013-03-18", decision, "7", reason="why not")]

    text = text_of(client)

    assert f"{decision}, version 7" not in text
    assert "18 Mar why not" in text


def test_a_project_adds_decisions_of_its_own(world: World) -> None:
    decisions = {"paused": (control_decisions.CALL, "Version {version} is paused {today}")}
    page = control.page(world.source("loop_state"), lambda: {"threshold": 1.1}, decisions)
    world.ledger = [entry("2013-03-18", "paused", "7"), entry("2013-03-19", "unknown", "7")]

    text = text_of(Level(pages=[page]).client())

    assert "Version 7 is paused {today} 18 Mar" in text
    assert "unknown, version 7 19 Mar" in text


def test_an_intent_is_shown_until_its_outcome_is_recorded(
    client: TestClient,
    world: World,
) -> None:
    world.ledger.append(entry("2013-03-18", "releasing", "2"))
    before, numbers = text_of(client), entry_numbers(client)
    world.ledger.append(entry("2013-03-18", "released", "2"))

    assert "Version 2 is being released" in before
    assert "Version 2 is being released" not in text_of(client)
    # The browser announces entries with a higher number than any before.
    assert (numbers, entry_numbers(client)) == ([2, 1], [3, 1])


def entry_numbers(client: TestClient) -> list[int]:
    found = re.findall(r'data-entry="(\d+)"', client.get("/control").text)
    return [int(number) for number in found]


def test_text_in_the_ledger_is_escaped(client: TestClient, world: World) -> None:
    world.ledger.append(entry("2013-03-18", "retrain", reason="<script>alert(1)</script>"))

    text = client.get("/control").text

    assert "<script>alert" not in text
    assert "<script>alert(1)</script>" in html.unescape(text)


def test_before_the_first_release_the_page_says_how_to_make_one(
    client: TestClient,
    world: World,
) -> None:
    world.weeks, world.ledger, world.serving = [], [], UserError("no version is released")

    text = text_of(client)

    assert "No model is in production yet Train a model with python -m flighttime.pipeline" in text
    assert "None: no version is released." in text
    assert client.get("/control/state").json()["missing"] == []


def test_before_the_first_week_the_page_says_how_weeks_are_measured(
    client: TestClient,
    world: World,
) -> None:
    world.weeks = [week("2013-02-25", None, None, answers=0, labels=0, versions={})]

    text = text_of(client)

    assert "No week has been measured yet 1 Mar: Version 1 answers: it is the champion" in text
    assert "Version 1 answers, and each answer is stored." in text


def test_the_input_with_the_largest_drift_comes_first(client: TestClient, world: World) -> None:
    psi = {"carrier": 0.04, "seats": None, "sched_block": 0.3}
    drift = {name: {"psi": value, "ks": None} for name, value in psi.items()}
    ages = {"labels": 1, "weather": None}
    world.weeks = [week("2013-03-11", 9.0, 9.0, drift=drift, ages=ages)]

    text = text_of(client)

    assert "PSI seats infinite minutes scheduled 0.30 carrier 0.04 Drift explains" in text
    assert "Newest landing 1 day before the last measurement" in text and "weather" not in text


@pytest.mark.parametrize("source", ["weeks", "ledger", "serving", "lease", "loop_state"])
def test_a_source_that_fails_is_named_and_the_others_are_shown(
    client: TestClient,
    world: World,
    source: str,
) -> None:
    broken, short = OSError("gone\n(a long story)"), UserError("the disk is gone: replace it")
    setattr(world, source, short if source == "weeks" else broken)

    text = text_of(client)

    assert "Some information is missing" in text
    expected = "the disk is gone: replace it" if source == "weeks" else ": gone Everything else"
    assert expected in text
    assert "Traceback" not in text and "a long story" not in text
    assert ("12.34 minutes" in text) == (source != "weeks")
    assert client.get("/control/state").json()["missing"]


def test_after_a_release_a_missing_model_is_a_failure(client: TestClient, world: World) -> None:
    world.serving = UserError("the package is damaged: restore it")

    assert "Some information is missing the models: the package is damaged" in text_of(client)


def test_a_lost_store_is_named(app: FastAPI, client: TestClient) -> None:
    app.state.services.record.lost = "the disk is full"

    assert "The prediction store the disk is full" in text_of(client)


def test_the_number_of_viewers_is_limited(app: FastAPI, client: TestClient) -> None:
    client.get("/control")
    app.state.control.sections.viewers = control.MAX_VIEWERS

    refused = client.get("/control/events")

    assert refused.status_code == 503
    assert refused.json()["detail"] == "60 viewers are connected, the maximum: try again"
    assert refused.headers["Retry-After"] == "5"


def test_a_draining_instance_sends_viewers_elsewhere(app: FastAPI, client: TestClient) -> None:
    app.state.draining = True

    assert client.get("/control/events").status_code == 503


@pytest.mark.parametrize("path", ["/control", "/control/state"])
def test_a_slow_source_occupies_one_thread(
    app: FastAPI,
    monkeypatch: pytest.MonkeyPatch,
    path: str,
) -> None:
    reads, go_on = [], threading.Event()

    def slow() -> None:
        reads.append(path)
        go_on.wait(2)

    async def ask() -> list[int]:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            viewers = [asyncio.create_task(client.get(path)) for _ in range(control.MAX_VIEWERS)]
            while not reads:
                await asyncio.sleep(0.01)
            live = await client.get("/health/live")
            assert not any(viewer.done() for viewer in viewers)
            go_on.set()
            answers = await asyncio.gather(*viewers)
            return [live.status_code] + [answer.status_code for answer in answers]

    monkeypatch.setattr(lease, "holder", slow)
    monkeypatch.setattr(control_events, "SECONDS_BETWEEN_REFRESHES", 60.0)

    assert set(asyncio.run(ask())) == {200}
    assert reads == [path]


def test_a_browser_that_reconnects_gets_what_it_does_not_have(
    client: TestClient,
    world: World,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(control_events, "SECONDS_BETWEEN_REFRESHES", 0.01)
    monkeypatch.setattr(control_events, "STREAM_SECONDS", 0.1)
    have = re.search(r'data-have="([^"]+)"', client.get("/control").text)[1]
    first = client.get("/control/events", params={"have": have})
    world.weeks = []
    headers = {"Last-Event-ID": have}
    second = client.get("/control/events", params={"have": "old"}, headers=headers)

    assert first.headers["content-type"].startswith("text/event-stream")
    assert first.text == "retry: 500\n\n"
    changed = re.search(r"data: (.*)", second.text)[1]
    assert {"state", "chart", "versions", "drift", "health"} == set(json.loads(changed))


def test_every_section_has_a_template() -> None:
    files = (rendering.FOLDER / "templates").glob("control_*.html")
    templates = {file.stem.removeprefix("control_") for file in files}

    assert templates - {"sign"} == set(control.SECTIONS)


def test_the_champion_is_as_old_as_its_release(client: TestClient, world: World) -> None:
    world.ledger = [entry(f"{date(2013, 2, 19)}", "released", "1")]

    assert "Champion version 1 10 days old" in text_of(client)


def test_a_calendar_that_was_set_back_is_stated_and_no_age_is_negative(
    client: TestClient, world: World
) -> None:
    world.ledger = [entry("2013-03-01", "released", "1"), entry("2013-03-12", "released", "2")]
    world.weeks = [week("2013-03-11", 9.0, 9.0, ages={"labels": 1, "champion": -11})]

    text = text_of(client)

    assert "Friday, 1 March 2013, set back from 12 March 2013, the day of the newest" in text
    assert "Champion version 1 since 12 March 2013" in text
    assert "End of training data 11 days after the last measurement" in text
    assert "-11" not in text


def test_the_state_of_the_loop_is_read_off_the_decisions_up_to_today() -> None:
    decisions = [entry("2013-03-01", "released"), entry("2014-03-01", "retrain")]
    view = control_view.View({}, today=date(2013, 3, 1), ledger=decisions)

    assert control_sources.until_today(view) == decisions[:1]
