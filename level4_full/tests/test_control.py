"""Mission control shows what there is, says what is missing, renews itself in few bytes, and holds up nobody."""

import asyncio
import html
import json
import re
import signal
import threading
import time
from collections.abc import AsyncIterator
from datetime import date
from types import SimpleNamespace

import httpx
import pytest
from fastapi.testclient import TestClient

from flighttime import course
from flighttime import lease
from flighttime import ledger
from flighttime import series
from flighttime import standing
from flighttime.app import app
from flighttime.errors import Refused
from flighttime.standing import Standing
from flighttime.web import control
from flighttime.web import events
from flighttime.web import mission
from flighttime.web import mission_chart
from flighttime.web import page
from flighttime.web.events import Look

LIMIT = 1.1
DECISIONS = [*course.ONWARD, *course.REFUSALS, *ledger.INTENTS, "confirmed", course.CALLED, course.RESUMED, "split", "split ended"]


class World:
    """What the sources tell; a test may change it, also to a problem that is raised."""

    def __init__(self) -> None:
        self.weeks: object = [week("2013-03-04", 9.0, 9.0), week("2013-03-11", 12.34, 8.0)]
        self.ledger: object = [entry("2013-03-01", "released", "1", by="Kim")]
        self.standing: object = Standing("1")
        self.loop: object = None


def week(first: str, mae: float | None, median: float | None, **other: object) -> dict:
    """As it is stored."""
    known = {"mae": mae, "route_median_mae": median, "ratio": mae and mae / median, "bias": 1.0, "certified": 8.39}
    counts = {"answers": 6000, "labels": 5900, "waiting": 12, "never": 88, "late": 0, "corrected": 0, "unknown": 0}
    told = {"coverage": 0.983, "failures": 0, "p50_ms": 1.5, "p99_ms": 9.0, "versions": {"1": 6000}, "slices": {}, "ages": {}}
    return {"first": first, "days": 7, **known, **counts, **told, "drift": {"carrier": {"psi": 0.01, "ks": 0.02}}, **other}


def entry(day: str, decision: str, version: str = "1", **other: object) -> dict:
    return {"at": f"{day}T09:00:00", "day": day, "decision": decision, "version": version, **other}


@pytest.fixture
def world(world: None, monkeypatch: pytest.MonkeyPatch) -> World:
    told = World()

    def source(name: str) -> object:
        def read(*_: object) -> object:
            if isinstance(found := getattr(told, name), Exception):
                raise found
            return found

        return read

    monkeypatch.setattr(series, "stored", source("weeks"))
    monkeypatch.setattr(ledger, "entries", source("ledger"))
    monkeypatch.setattr(standing, "read", source("standing"))
    monkeypatch.setattr(lease, "who", source("loop"))
    monkeypatch.setattr(control, "together", Look(control.parts))
    monkeypatch.setattr(control, "for_programs", Look(control.data))
    return told


@pytest.fixture
def client() -> TestClient:
    return TestClient(app, base_url="http://localhost", raise_server_exceptions=False)


def words(text: str) -> str:
    """What there is to read in a page, without its pictures."""
    text = re.sub(r"(?s)<(svg|script|head)\b.*?</\1>", " ", text)
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", text)).split())


def shown(client: TestClient) -> str:
    response = client.get("/control")
    assert response.status_code == 200
    return words(response.text)


def test_the_page_says_how_production_does(client: TestClient, world: World) -> None:
    told = shown(client)

    assert "Production errs more than it may" in told
    assert "In the week of 11 March 2013 the model erred by 12.34 minutes, 1.54 times as much" in told
    assert "over the limit of 1.10" in told
    assert "11 March 2013 5,900 12.34 8.00 1.54, over 8.39 1" in told
    assert "4 March 2013 5,900 9.00 9.00 1.00 8.39 1" in told
    assert "5,900 known, 12 awaited, 88 never came" in told


def test_the_pages_lead_to_each_other(client: TestClient, world: World) -> None:
    assert 'href="/control"' in client.get("/docs").text
    assert all(f'href="{place}"' in client.get("/control").text for place in ("/", "/model", "/docs"))


def test_nothing_comes_from_elsewhere_and_nothing_is_written_into_the_page(client: TestClient, world: World) -> None:
    text = client.get("/control").text

    assert not re.search(r"<style|style=|\son\w+=|<script>", text)
    assert not re.search(r'(?:src|href)="(?!/|#|data:)', text)


@pytest.mark.parametrize(
    ("history", "told"),
    [
        ([], "Production errs more than it may"),
        ([("retrain", "1")], "A new version is being trained"),
        ([("retrain", "1"), ("trained", "2")], "Version 2 is before the gate"),
        ([("retrain", "1"), ("trained", "2"), ("REJECT", "2")], "Production errs more than it may"),
        ([("retrain", "1"), ("trained", "2"), ("PROMOTE", "2")], "Version 2 has passed the gate"),
    ],
)
def test_the_headline_is_what_is_under_way(client: TestClient, world: World, history: list[tuple], told: str) -> None:
    world.ledger += [entry("2013-03-18", *step, by=course.BY) for step in history]

    assert f"Friday, 1 March 2013 {told}" in shown(client)
    assert client.get("/control/state").json()["headline"] == told


def test_a_trial_is_told_with_who_is_in_whose_shadow(client: TestClient, world: World) -> None:
    world.ledger = [entry("2013-03-18", "on trial", "2", by=course.BY, beside="1")]
    world.standing = Standing("1", "2", 0.0)
    told = shown(client)

    assert "Version 2 is on trial, in the shadow of version 1" in told
    assert "1 champion 100% 100% 2 shadow unseen 0%" in told


def test_an_arm_of_a_split_is_told_with_its_share(client: TestClient, world: World) -> None:
    world.standing = Standing("1", "2", 0.2)
    world.weeks = [week("2013-03-11", 9.0, 9.0, versions={"1": 4500, "2": 1500})]

    assert "1 champion 80% 75% 2 challenger 20% 25%" in shown(client)


def test_what_the_loop_is_at_is_told_and_not_where_it_runs(client: TestClient, world: World) -> None:
    world.loop = {"holder": "a-machine:/a/place, process 7", "until": 1e9, "doing": "certifying version 3"}

    assert "The loop certifying version 3" in shown(client)
    assert "a-machine" not in client.get("/control").text
    assert "a-machine" not in client.get("/control/state").text
    assert client.get("/control/state").json()["loop"] == {"until": 1e9, "doing": "certifying version 3"}


def test_a_person_is_called_until_somebody_has_looked(client: TestClient, world: World) -> None:
    world.ledger.append(entry("2013-03-18", course.CALLED, reason="two in a row came to nothing"))
    called = shown(client)
    world.ledger.append(entry("2013-03-19", course.RESUMED, by="Kim"))
    control.together.until = 0.0
    resumed = shown(client)

    assert "A person is called Two in a row came to nothing." in called
    assert "The loop goes on within its limits" not in resumed
    assert "The loop is told to go on" in resumed


@pytest.mark.parametrize("decision", DECISIONS)
def test_every_decision_has_words_of_its_own(world: World, client: TestClient, decision: str) -> None:
    world.ledger = [entry("2013-03-18", decision, "7", reason="why not")]
    told = shown(client)

    assert f"{decision}, version 7" not in told
    assert "18 Mar why not" in told


def test_what_was_only_announced_is_told_while_nothing_says_how_it_ended(client: TestClient, world: World) -> None:
    world.ledger.append(entry("2013-03-18", "releasing", "2"))
    announced, numbers = shown(client), numbered(client)
    world.ledger.append(entry("2013-03-18", "released", "2"))
    control.together.until = 0.0

    assert "Version 2 is taking over" in announced
    assert "Version 2 is taking over" not in shown(client)
    # What is told by a higher number than any before is new to who looks on.
    assert (numbers, numbered(client)) == ([2, 1], [3, 1])


def numbered(client: TestClient) -> list[int]:
    return [int(number) for number in re.findall(r'data-entry="(\d+)"', client.get("/control").text)]


def test_what_people_wrote_is_shown_and_not_run(client: TestClient, world: World) -> None:
    world.ledger.append(entry("2013-03-18", "retrain", reason="<script>alert(1)</script>"))

    assert "<script>alert" not in client.get("/control").text
    assert "<script>alert(1)</script>" in html.unescape(client.get("/control").text)


def test_without_a_model_it_says_how_to_get_one(client: TestClient, world: World) -> None:
    world.weeks, world.ledger, world.standing = [], [], None

    told = shown(client)

    assert "No model is in production yet Train a model with python -m flighttime.pipeline" in told
    assert "Nobody: no version has been released." in told


def test_without_a_week_it_says_who_measures_one(client: TestClient, world: World) -> None:
    world.weeks = [week("2013-02-25", None, None, answers=0, labels=0, versions={})]

    told = shown(client)

    assert "No week has been judged yet 1 Mar: Version 1 answers: it is the champion" in told
    assert "Version 1 answers, and each answer is written down." in told


def test_what_moved_is_told_with_the_farthest_first(client: TestClient, world: World) -> None:
    moved = {"carrier": {"psi": 0.04, "ks": None}, "seats": {"psi": None, "ks": None}, "sched_block": {"psi": 0.3, "ks": 0.2}}
    world.weeks = [week("2013-03-11", 9.0, 9.0, drift=moved, ages={"labels": 1, "weather": None})]
    told = shown(client)

    assert "What As a bar PSI seats all of it minutes scheduled 0.30 carrier 0.04 This explains" in told
    assert "Newest landing 1 day before the last look" in told and "weather" not in told


@pytest.mark.parametrize("lost", ["weeks", "ledger", "standing", "loop"])
def test_what_cannot_be_seen_is_named_and_the_rest_is_shown(client: TestClient, world: World, lost: str) -> None:
    setattr(world, lost, Refused("the disk is gone: mend it") if lost == "weeks" else OSError("gone\n(a long story)"))

    told = shown(client)

    assert "Not everything can be seen" in told
    assert ("the disk is gone: mend it" if lost == "weeks" else ": gone What is left") in told
    assert "Traceback" not in told and "a long story" not in told
    assert ("12.34 minutes" in told) == (lost != "weeks")
    assert client.get("/control/state").json()["missing"]


def test_places_in_the_picture_agree_with_the_numbers() -> None:
    weeks = [week("2013-02-25", None, None, answers=0), week("2013-03-04", 5.0, 5.0), week("2013-03-11", None, None), week("2013-03-18", 15.0, 10.0)]
    alarm = entry("2013-03-18", "retrain") | {"kind": "alarm"}
    drawn = mission_chart.draw(weeks, [entry("2013-03-01", "released") | {"kind": "switch"}, alarm], LIMIT)

    assert drawn.levels[0] == (mission_chart.ERROR[1], 0) and drawn.levels[-1] == (mission_chart.ERROR[0], 15)
    assert len(drawn.lines["model"]) == 2
    assert [over for *_, over in drawn.bars] == [False, True]
    assert drawn.breaches == [pytest.approx(200 / 16)]
    assert drawn.dots[-1][1] == mission_chart.ERROR[0]
    assert drawn.marks == [(pytest.approx(200 / 16), alarm)]
    assert [(version, named) for _, _, version, _, named in drawn.who] == [("1", True), ("1", False), ("1", False)]
    assert drawn.months == [(pytest.approx(28 / 7 / 16 * 100), date(2013, 4, 1)), (pytest.approx(58 / 7 / 16 * 100, abs=0.01), date(2013, 5, 1)), (pytest.approx(89 / 7 / 16 * 100, abs=0.01), date(2013, 6, 1))]


def test_a_year_fills_the_picture_and_no_more() -> None:
    days = [date.fromordinal(date(2013, 3, 4).toordinal() + 7 * number) for number in range(52)]
    drawn = mission_chart.draw([week(f"{day}", 30.0, 1.0) for day in days], [], LIMIT)

    places = [x + wide for x, _, wide, _, _ in drawn.bars] + [x for x, *_ in drawn.dots] + [x + wide for x, wide, *_ in drawn.who]
    assert 0 < min(places) and max(places) <= 100.01
    assert all(mission_chart.RATIO[0] <= top <= mission_chart.RATIO[1] for _, top, *_ in drawn.bars)


def test_where_the_loop_has_rested_the_weeks_keep_their_distance() -> None:
    days = ["2013-03-04", "2013-07-01", "2013-07-08", "2013-07-15"]
    drawn = mission_chart.draw([week(day, 12.0, 10.0) for day in days], [], LIMIT)

    across = [x for x, *_ in drawn.dots]
    assert across == pytest.approx([100 * (number + 3 / 7) / 20 for number in (0, 17, 18, 19)], abs=0.01)
    assert drawn.who[-1][0] + drawn.who[-1][1] == pytest.approx(100)


def test_without_an_answered_week_there_is_no_picture() -> None:
    assert mission_chart.draw([week("2013-02-25", None, None, answers=0)], [], LIMIT) is None


@pytest.fixture
def request_(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Of a viewer to whom no time is lost."""
    monkeypatch.setattr(events, "SECONDS_BETWEEN_LOOKS", 0.005)
    return SimpleNamespace(app=SimpleNamespace(state=SimpleNamespace(draining=False)))


async def taken(stream: AsyncIterator[bytes], count: int) -> list[bytes]:
    return [await anext(stream) for _ in range(count)]


def data(sent: bytes) -> dict:
    return json.loads(sent.split(b"data: ")[1])


def test_a_viewer_gets_what_differs_and_then_only_what_changes(request_: SimpleNamespace) -> None:
    parts = {"state": "a", "chart": "b"}
    look = Look(lambda: dict(parts))

    async def watched() -> tuple[list[bytes], bytes]:
        stream = events.news(request_, look, events.names({"state": "a", "chart": "old"}))
        first = await taken(stream, 2)
        parts["state"] = "c"
        return first, await anext(stream)

    (again, first), second = asyncio.run(watched())

    assert again.startswith(b"retry: ")
    assert data(first) == {"chart": "b"}
    assert data(second) == {"state": "c"}
    assert second.startswith(f"id: {events.names(parts)}\n".encode())


def test_where_nothing_is_new_there_is_a_sign_of_life_now_and_then(
    request_: SimpleNamespace,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(events, "SECONDS_OF_SILENCE", 0.02)
    monkeypatch.setattr(events, "SECONDS_IN_ALL", 0.2)
    parts = {"state": "a"}

    async def watched() -> list[bytes]:
        return [sent async for sent in events.news(request_, Look(lambda: parts), events.names(parts))]

    sent = asyncio.run(watched())

    assert 2 <= len(sent) <= 11
    assert set(sent[1:]) == {b":\n\n"}


@pytest.mark.parametrize("why", ["it drains", "it stops", "it has lasted long enough"])
def test_the_news_end_before_the_application_does(
    request_: SimpleNamespace,
    monkeypatch: pytest.MonkeyPatch,
    why: str,
) -> None:
    handler = type("Server", (), {"should_exit": False, "handle_exit": lambda self: None})()
    monkeypatch.setattr(signal, "getsignal", lambda number: handler.handle_exit)
    monkeypatch.setattr(events, "SECONDS_IN_ALL", 0.1 if why == "it has lasted long enough" else 60)
    look = Look(lambda: {"state": "a"})

    async def watched() -> None:
        stream = events.news(request_, look, "")
        await taken(stream, 2)
        assert look.viewers == 1
        request_.app.state.draining = why == "it drains"
        handler.should_exit = why == "it stops"
        assert [sent async for sent in stream] == []

    asyncio.run(asyncio.wait_for(watched(), 5))

    assert look.viewers == 0


def test_all_viewers_look_together(request_: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "SECONDS_BETWEEN_LOOKS", 60.0)
    looks = []
    look = Look(lambda: looks.append(1) or {"state": "a"})

    async def watched() -> None:
        await asyncio.gather(*(taken(events.news(request_, look, ""), 2) for _ in range(20)))

    asyncio.run(watched())

    assert len(looks) == 1


def test_who_looks_on_leaves_room_for_who_asks(client: TestClient, world: World) -> None:
    control.together.viewers = control.MOST_VIEWERS
    refused = client.get("/control/events")

    assert refused.status_code == 503
    assert refused.json()["detail"] == "60 look on already: try again"


@pytest.mark.parametrize("path", ["/control", "/control/state"])
def test_a_look_that_takes_long_takes_one_thread(world: World, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    looks, answers = [], threading.Event()

    def silent() -> None:
        looks.append(path)
        answers.wait(2)

    async def asked() -> list[int]:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client:
            viewers = [asyncio.create_task(client.get(path)) for _ in range(control.MOST_VIEWERS)]
            while not looks:
                await asyncio.sleep(0.01)
            live = await client.get("/health/live")
            assert not any(viewer.done() for viewer in viewers)
            answers.set()
            return [live.status_code] + [viewer.status_code for viewer in await asyncio.gather(*viewers)]

    monkeypatch.setattr(lease, "who", silent)
    monkeypatch.setattr(events, "SECONDS_BETWEEN_LOOKS", 60.0)

    assert set(asyncio.run(asked())) == {200}
    assert looks == [path]


@pytest.mark.parametrize(("seconds", "told"), [(0, "a"), (events.SECONDS_OLD, "b")], ids=["lately", "long ago"])
def test_while_one_looks_the_others_have_what_was_seen_lately_or_wait(seconds: int, told: str) -> None:
    seen, answers = iter(["a", "b"]), threading.Event()
    looking = threading.Event()

    def make() -> dict:
        state = next(seen)
        if state == "b":
            looking.set()
            answers.wait(2)
        return {"state": state}

    look = Look(make)

    async def watched() -> list[dict]:
        first = await look.now()
        look.until = time.monotonic() - seconds
        one = asyncio.create_task(look.now())
        await asyncio.to_thread(looking.wait, 2)
        others = [asyncio.create_task(look.now()) for _ in range(3)]
        await asyncio.sleep(0.01)
        assert [other.done() for other in (one, *others)] == [False] + [told == "a"] * 3
        answers.set()
        return [first, *await asyncio.gather(*others), await one]

    assert asyncio.run(watched()) == [{"state": "a"}] + [{"state": told}] * 3 + [{"state": "b"}]


def test_a_look_that_fails_is_not_the_last() -> None:
    made = iter([ZeroDivisionError(), {"state": "a"}])

    def make() -> dict:
        if isinstance(one := next(made), Exception):
            raise one
        return one

    async def watched(look: Look) -> list:
        return await asyncio.wait_for(asyncio.gather(look.now(), look.now(), return_exceptions=True), 2)

    failed, seen = asyncio.run(watched(Look(make)))

    assert isinstance(failed, ZeroDivisionError) and seen == {"state": "a"}


def test_a_browser_that_asks_again_says_what_it_has(client: TestClient, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "SECONDS_IN_ALL", 0.1)
    have = re.search(r'data-have="([^"]+)"', client.get("/control").text)[1]
    first = client.get("/control/events", params={"have": have})
    world.weeks = []
    control.together.until = 0.0
    second = client.get("/control/events", params={"have": "something old"}, headers={"Last-Event-ID": have})

    assert first.headers["content-type"].startswith("text/event-stream")
    assert first.text == "retry: 500\n\n"
    assert set(data(second.content)) == {"state", "chart", "versions", "drift", "health"}


def test_every_part_has_a_name_and_a_template() -> None:
    templates = {place.stem.removeprefix("control_") for place in (page.HERE / "templates").glob("control_*.html")}

    assert templates - {"words"} == set(control.PARTS)
    assert set(mission.KINDS) <= set(DECISIONS)
