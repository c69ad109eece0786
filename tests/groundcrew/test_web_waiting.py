"""The event loop waits for nothing: whatever is silent or locked, the others are answered."""

import asyncio
import contextlib
import sqlite3
import threading
import time
from collections.abc import Awaitable
from collections.abc import Callable
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from anyio import to_thread
from fake_level import FLIGHT
from fake_level import FakeModel
from fake_level import Level
from fastapi import FastAPI
from prediction_store import rows
from prediction_store import store_file
from prediction_store import use_store

from groundcrew import predictions
from groundcrew.errors import UserError
from groundcrew.predictions import Recorder
from groundcrew.predictions import failed_requests
from groundcrew.predictions import sqlite
from groundcrew.reload import Reloader
from groundcrew.serving import Serving
from groundcrew.web import assembly
from groundcrew.web import limits
from groundcrew.web import startup

# More than there are threads.
MANY = 2 * assembly.PREDICTION_THREADS


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use_store(tmp_path / "runs", monkeypatch)
    monkeypatch.setattr(failed_requests, "SECONDS_BETWEEN_WRITES", 3600)


@contextlib.contextmanager
def held_by_another_process() -> Iterator[None]:
    """Hold SQLite's write lock."""
    with contextlib.closing(sqlite3.connect(store_file(), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


def ask(app: FastAPI, conversation: Callable[[httpx.AsyncClient], Awaitable[None]]) -> None:
    async def talk() -> None:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            await asyncio.wait_for(conversation(client), 20)

    asyncio.run(talk())


async def begin(client: httpx.AsyncClient, count: int) -> list[asyncio.Task]:
    """Requests for predictions that have begun to wait."""
    tasks = [asyncio.create_task(client.post("/predict", json=FLIGHT)) for _ in range(count)]
    await asyncio.sleep(0.2)
    return tasks


@pytest.mark.parametrize("warm", [True, False], ids=["open", "not yet open"])
def test_a_locked_store_holds_up_only_what_is_recorded(warm: bool) -> None:
    store_file().parent.mkdir(parents=True)
    level = Level(record=Recorder("refuse"))

    async def conversation(client: httpx.AsyncClient) -> None:
        if warm:
            await client.post("/predict", json=FLIGHT)
        else:
            predictions.database.forget()
        with held_by_another_process():
            waiting = await begin(client, MANY)
            for path in ("/health/live", "/version", "/nothing"):
                assert (await client.get(path)).status_code == (404 if path == "/nothing" else 200)
            assert not any(task.done() for task in waiting)
        answered = await asyncio.gather(*waiting)
        assert {response.status_code for response in answered} == {200}

    ask(level.app(), conversation)

    assert len(rows()) == MANY + warm


def test_an_answer_waits_no_longer_than_stated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "APPEND_TIMEOUT", 0.3)
    predictions.log([])
    level = Level(record=Recorder("refuse"))

    async def conversation(client: httpx.AsyncClient) -> None:
        with held_by_another_process():
            refused = await asyncio.gather(*await begin(client, MANY))
        assert {response.status_code for response in refused} == {503}
        detail = refused[0].json()["detail"]
        assert detail.endswith(
            "(database is locked): end the process that writes to it for so long"
        )

    began = time.monotonic()
    ask(level.app(), conversation)

    assert time.monotonic() - began < 5


def test_a_model_that_loads_slowly_holds_up_only_predictions() -> None:
    loaded = threading.Event()

    def open(state: str | None) -> Serving:
        loaded.wait(20)
        return Serving(FakeModel(f"{state}"))

    level, slow = Level(), Reloader(lambda: "eight", open)
    level.serving = slow

    async def conversation(client: httpx.AsyncClient) -> None:
        waiting = await begin(client, MANY)
        assert (await client.get("/health/live")).status_code == 200
        assert not any(task.done() for task in waiting)
        loaded.set()
        answered = await asyncio.gather(*waiting)
        assert {response.json()["model"] for response in answered} == {"eight"}

    try:
        ask(level.app(), conversation)
    finally:
        slow.cache_clear()


def test_liveness_needs_neither_a_thread_nor_a_place_in_the_queue(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "MAX_REQUESTS", 0)

    async def conversation(client: httpx.AsyncClient) -> None:
        go_on = threading.Event()
        held = [asyncio.create_task(to_thread.run_sync(go_on.wait, 20)) for _ in range(MANY)]
        await asyncio.sleep(0.1)
        assert (await client.get("/health/ready")).status_code == 503
        assert (await client.get("/health/live")).status_code == 200
        go_on.set()
        await asyncio.gather(*held)

    ask(Level().app(), conversation)


def test_a_registry_that_is_silent_does_not_prevent_the_start(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(startup, "SECONDS_FOR_MODEL", 0.1)
    level, answers = Level(), threading.Event()
    level.serving = lambda: answers.wait(20)

    startup.report(level.app().state.services)
    answers.set()

    assert "the model is not loaded after 0.1 seconds: see that the registry answers" in caplog.text


def test_a_failure_that_no_one_foresaw_still_stops_the_start() -> None:
    level = Level()
    level.serving = lambda: 1 // 0

    with pytest.raises(ZeroDivisionError):
        startup.report(level.app().state.services)


def test_many_writers_of_one_process_wait_no_longer_than_stated_altogether(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sqlite, "APPEND_TIMEOUT", 0.3)
    predictions.log([])
    refused = []

    def write() -> None:
        try:
            predictions.log([])
            predictions.database.probe()
        except UserError as problem:
            refused.append(problem)

    began = time.monotonic()
    with held_by_another_process():
        threads = [threading.Thread(target=write) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert len(refused) == 20
    assert time.monotonic() - began < 3
