"""Viewers share one view, get only what changes, and do not delay the end of the application."""

import asyncio
import json
import signal
import threading
import time
from collections.abc import AsyncIterator
from types import SimpleNamespace

import pytest

from groundcrew.web import control_events
from groundcrew.web.control_events import SharedView


@pytest.fixture
def request_(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """The request of a viewer; the view is refreshed without a pause."""
    monkeypatch.setattr(control_events, "SECONDS_BETWEEN_REFRESHES", 0.005)
    return SimpleNamespace(app=SimpleNamespace(state=SimpleNamespace(draining=False)))


async def take(stream: AsyncIterator[bytes], count: int) -> list[bytes]:
    return [await anext(stream) for _ in range(count)]


def data(sent: bytes) -> dict:
    return json.loads(sent.split(b"data: ")[1])


def test_a_viewer_gets_what_differs_and_then_what_changes(request_: SimpleNamespace) -> None:
    sections = {"state": "a", "chart": "b"}
    view = SharedView(lambda: dict(sections))
    have = control_events.content_versions({"state": "a", "chart": "old"})

    async def watch() -> list[bytes]:
        stream = control_events.stream(request_, view, have)
        first = await take(stream, 2)
        sections["state"] = "c"
        return [*first, await anext(stream)]

    retry, first, second = asyncio.run(watch())

    assert retry.startswith(b"retry: ")
    assert data(first) == {"chart": "b"}
    assert data(second) == {"state": "c"}
    assert second.startswith(f"id: {control_events.content_versions(sections)}\n".encode())


def test_without_changes_a_comment_keeps_the_connection_open(
    request_: SimpleNamespace,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(control_events, "SECONDS_BETWEEN_COMMENTS", 0.02)
    monkeypatch.setattr(control_events, "STREAM_SECONDS", 0.2)
    sections = {"state": "a"}
    have = control_events.content_versions(sections)

    async def watch() -> list[bytes]:
        stream = control_events.stream(request_, SharedView(lambda: sections), have)
        return [sent async for sent in stream]

    sent = asyncio.run(watch())

    assert 2 <= len(sent) <= 11
    assert set(sent[1:]) == {b":\n\n"}


@pytest.mark.parametrize("reason", ["it drains", "it stops", "the time is over"])
def test_the_stream_ends_before_the_application_does(
    request_: SimpleNamespace,
    monkeypatch: pytest.MonkeyPatch,
    reason: str,
) -> None:
    attributes = {"should_exit": False, "handle_exit": lambda self: None}
    server = type("Server", (), attributes)()
    monkeypatch.setattr(signal, "getsignal", lambda number: server.handle_exit)
    seconds = 0.1 if reason == "the time is over" else 60
    monkeypatch.setattr(control_events, "STREAM_SECONDS", seconds)
    view = SharedView(lambda: {"state": "a"})

    async def watch() -> None:
        stream = control_events.stream(request_, view, "")
        await take(stream, 2)
        assert view.viewers == 1
        request_.app.state.draining = reason == "it drains"
        server.should_exit = reason == "it stops"
        assert [sent async for sent in stream] == []

    asyncio.run(asyncio.wait_for(watch(), 5))

    assert view.viewers == 0


def test_viewers_share_one_view(
    request_: SimpleNamespace,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(control_events, "SECONDS_BETWEEN_REFRESHES", 60.0)
    made = []
    view = SharedView(lambda: made.append(1) or {"state": "a"})

    async def watch() -> None:
        streams = [control_events.stream(request_, view, "") for _ in range(20)]
        await asyncio.gather(*(take(stream, 2) for stream in streams))

    asyncio.run(watch())

    assert len(made) == 1


@pytest.mark.parametrize(
    ("age", "seen"),
    [(0, "a"), (control_events.MAX_AGE_SECONDS, "b")],
    ids=["a recent view", "an old view"],
)
def test_during_a_refresh_a_recent_view_is_shown_and_an_old_one_is_not(
    age: int,
    seen: str,
) -> None:
    states, go_on, refreshing = iter(["a", "b"]), threading.Event(), threading.Event()

    def make() -> dict:
        state = next(states)
        if state == "b":
            refreshing.set()
            go_on.wait(2)
        return {"state": state}

    view = SharedView(make)

    async def watch() -> list[dict]:
        first = await view.current()
        view.fresh_until = time.monotonic() - age
        one = asyncio.create_task(view.current())
        await asyncio.to_thread(refreshing.wait, 2)
        others = [asyncio.create_task(view.current()) for _ in range(3)]
        await asyncio.sleep(0.01)
        assert [task.done() for task in (one, *others)] == [False] + [seen == "a"] * 3
        go_on.set()
        return [first, *await asyncio.gather(*others), await one]

    expected = [{"state": "a"}] + [{"state": seen}] * 3 + [{"state": "b"}]
    assert asyncio.run(watch()) == expected


def test_after_a_failed_refresh_the_next_viewer_refreshes() -> None:
    results = iter([ZeroDivisionError(), {"state": "a"}])

    def make() -> dict:
        if isinstance(result := next(results), Exception):
            raise result
        return result

    async def watch(view: SharedView) -> list:
        viewers = asyncio.gather(view.current(), view.current(), return_exceptions=True)
        return await asyncio.wait_for(viewers, 2)

    failed, seen = asyncio.run(watch(SharedView(make)))

    assert isinstance(failed, ZeroDivisionError) and seen == {"state": "a"}
