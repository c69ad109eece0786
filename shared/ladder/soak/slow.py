"""Clients that stop in the middle: the application must close their connections in time."""

import asyncio
import contextlib
import socket
import time
from collections.abc import Callable
from collections.abc import Coroutine

from ladder.ports import LOOPBACK
from ladder.soak import wire
from ladder.soak.tally import MET_THE_RESTART
from ladder.soak.trial import Trial

# A busy machine checks its clocks late.
GRACE = 5
EACH = 3
PAUSE = 0.5
# More answers than the buffers between the two can hold.
MORE_THAN_FITS = 300
HEAD = b"POST /predict HTTP/1.1\r\nHost: 127.0.0.1\r\n"
BODY = wire.post("/predict", b" " * 10_000)[:-9_900]

Dawdle = Callable[[asyncio.StreamWriter, float], Coroutine]


async def say_nothing(writer: asyncio.StreamWriter, seconds: float) -> None:
    await asyncio.sleep(100 * seconds)


async def drip(writer: asyncio.StreamWriter, seconds: float) -> None:
    while True:
        writer.write(b"x")
        await asyncio.sleep(seconds / 10)


async def drip_head(writer: asyncio.StreamWriter, seconds: float) -> None:
    writer.write(HEAD)
    await drip(writer, seconds)


async def drip_body(writer: asyncio.StreamWriter, seconds: float) -> None:
    writer.write(BODY)
    await drip(writer, seconds)


async def drip_after_an_answer(writer: asyncio.StreamWriter, seconds: float) -> None:
    writer.write(b"GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    await asyncio.sleep(seconds / 10)
    await drip_head(writer, seconds)


# What the client sends, and the beginning of the one answer that it gets.
WAYS: dict[str, tuple[Dawdle, bytes]] = {
    "opened, and said nothing": (say_nothing, b""),
    "a head, drop by drop": (drip_head, b""),
    "a body, drop by drop": (drip_body, b"HTTP/1.1 408"),
    "drop by drop after an answer": (drip_after_an_answer, b"HTTP/1.1 200"),
}
UNTAKEN = "never took an answer"
KINDS = [*WAYS, UNTAKEN]


def clients(trial: Trial) -> list[Coroutine]:
    return [
        *(
            dawdle(trial, name, how, first)
            for name, (how, first) in WAYS.items()
            for _ in range(EACH)
        ),
        *(never_take(trial) for _ in range(EACH)),
    ]


async def dawdle(trial: Trial, name: str, how: Dawdle, first: bytes) -> None:
    async for began in trial.again_and_again(PAUSE):
        try:
            async with wire.connected(trial.port) as (reader, writer):
                talking = asyncio.create_task(how(writer, trial.patience))
                received = await until_hung_up(reader, 2 * trial.patience + GRACE)
                talking.cancel()
        except OSError:
            trial.tally.note(name, MET_THE_RESTART)
            continue
        judge(trial, name, began, received, first)


async def until_hung_up(reader: asyncio.StreamReader, most: float) -> bytes | None:
    """What was received until the other side hung up; None if it did not."""
    received = b""
    with contextlib.suppress(ConnectionError):
        try:
            async with asyncio.timeout(most):
                while part := await reader.read(65_536):
                    received += part
        except TimeoutError:
            return None
    return received


def judge(trial: Trial, name: str, began: float, received: bytes | None, first: bytes) -> None:
    if received is None:
        trial.tally.note(name, "held on")
        trial.tally.blame(name, f"not given up after {time.monotonic() - began:.0f} seconds")
        return
    status = received[9:12].decode() or "hung up on"
    trial.tally.note(name, status, seconds=time.monotonic() - began)
    fine = received.startswith(first) if first else not received
    fine = fine or trial.application.excuses(began)
    trial.tally.require(fine, name, f"received {received[:100]!r}")


async def never_take(trial: Trial) -> None:
    """Ask for many answers and read none."""
    async for began in trial.again_and_again(PAUSE):
        with socket.socket() as line:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            line.setblocking(False)
            try:
                await asyncio.get_running_loop().sock_connect(line, (LOOPBACK, trial.port))
            except OSError:
                trial.tally.note(UNTAKEN, MET_THE_RESTART)
                continue
            asking = asyncio.create_task(ask_on(line))
            given_up = await dropped(trial, line.getsockname()[1])
            asking.cancel()
        trial.tally.note(
            UNTAKEN, "given up" if given_up else "held on", seconds=time.monotonic() - began
        )
        trial.tally.require(
            given_up,
            UNTAKEN,
            f"its connection is still there after {time.monotonic() - began:.0f} seconds",
        )


async def ask_on(line: socket.socket) -> None:
    with contextlib.suppress(OSError):
        for _ in range(MORE_THAN_FITS):
            await asyncio.get_running_loop().sock_sendall(line, wire.get("/openapi.json"))


async def all_gone(trial: Trial) -> bool:
    """Whether the application closes every connection after its clients have gone."""
    until = time.monotonic() + trial.patience + GRACE
    while trial.application.client_ports():
        if time.monotonic() > until:
            return False
        await asyncio.sleep(0.1)
    return True


async def dropped(trial: Trial, port: int) -> bool:
    """Whether the application closes this client's connection in time."""
    until = time.monotonic() + trial.to_take + trial.patience + GRACE
    was_open = False
    while time.monotonic() < until:
        await asyncio.sleep(trial.patience / 10)
        is_open = port in trial.application.client_ports()
        if was_open and not is_open:
            return True
        was_open = was_open or is_open
    return not was_open
