"""What was answered is on the disk before anybody has the answer, and is found again by its day."""

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from collections.abc import Sequence
from datetime import date
from functools import cache
from pathlib import Path

import httpx
import pandas as pd
import pytest
import sqlalchemy as sql
from fastapi.testclient import TestClient

from flighttime import holdings
from flighttime import observe
from flighttime import production
from flighttime import score
from flighttime import settings
from flighttime import store
from flighttime import tables
from flighttime.app import app
from flighttime.errors import Refused
from flighttime.production import Production

PATIENCE = 60  # seconds
FLIGHT = {
    "carrier": "UA",
    "origin": "EWR",
    "dest": "IAH",
    "distance": 1400.0,
    "sched_dep_min": 317.0,
    "sched_block": 244.0,
    "seats": 149.0,
}
A_DAY = date(2013, 3, 5)
# An application whose model is one line, so that only the record of answers is on trial.
APPLICATION = """
import sys
from flighttime import app, production

class Model:
    def predict_rows(self, rows):
        return [row[3] / 8 for row in rows]

production.serving = lambda: production.Production("7", Model())
app.serve("127.0.0.1", int(sys.argv[1]))
"""
WRITER = """
import sys
from flighttime import observe

for number in range(50):
    observe.record([[f"{{number}} of {{sys.argv[1]}}", *{answer!r}]])
"""


def record(*flight_ids: str | None, **values: object) -> list[str]:
    """Write answers down as the application does; returns their names."""
    given = {"minutes": 200.5, "model": "7", "role": "champion", "milliseconds": 0.25}
    answers = [{"flight_id": flight_id, **FLIGHT, **given, **values} for flight_id in flight_ids]
    names = score.prediction_ids("7", len(answers))
    observe.record([[name, *answer.values()] for name, answer in zip(names, answers, strict=True)])
    return names


def test_an_answer_is_read_back_as_it_was_given() -> None:
    names = record("2013-03-05 UA1 EWR-IAH")

    (kept,) = observe.read(A_DAY, A_DAY).to_dict(orient="records")
    given = {"minutes": 200.5, "model": "7", "role": "champion", "milliseconds": 0.25}
    assert kept.pop("answered_at").startswith("20")
    assert kept == {"prediction_id": names[0], "flight_id": "2013-03-05 UA1 EWR-IAH", **FLIGHT, **given}


def test_every_answer_has_a_name_of_its_own() -> None:
    names = score.prediction_ids("7", 500)

    assert len(set(names)) == 500
    assert all(name.startswith("7-") for name in names)


@pytest.mark.parametrize("unknown", [None, float("nan")])
def test_what_nobody_knew_is_kept_as_unknown(unknown: float | None) -> None:
    record("2013-03-05 UA1 EWR-IAH", "2013-03-05 UA2 EWR-IAH", seats=unknown)

    assert observe.read(A_DAY, A_DAY)["seats"].isna().all()


def test_an_answer_without_a_flight_is_kept_and_belongs_to_no_day() -> None:
    record(None)
    score.record(pd.DataFrame([{**FLIGHT, "minutes": 200.5, "model": "7", "prediction_id": "7-of a file"}]))

    assert count() == 2
    assert observe.read(date(2000, 1, 1), date(2100, 1, 1)).empty


def test_the_last_answer_for_a_flight_counts() -> None:
    record("2013-03-05 UA1 EWR-IAH", minutes=100.0)
    record("2013-03-05 UA1 EWR-IAH", minutes=110.0)
    together = [[f"7-{minutes}", "2013-03-05 UA2 EWR-IAH", *FLIGHT.values(), minutes, "7", "champion", None] for minutes in (120, 130)]
    observe.record(together)

    assert observe.read(A_DAY, A_DAY).set_index("flight_id")["minutes"].to_dict() == {
        "2013-03-05 UA1 EWR-IAH": 110.0,
        "2013-03-05 UA2 EWR-IAH": 130.0,
    }


def test_days_are_read_from_the_first_to_the_last_and_no_others() -> None:
    flights = [f"2013-03-{day:02} {carrier} EWR-IAH" for day in range(1, 11) for carrier in ("9E1", "YV9")]
    record(*flights, "my own flight", "")

    found = observe.read(date(2013, 3, 4), date(2013, 3, 6))["flight_id"].tolist()

    assert found == [flight for flight in flights if "2013-03-04" <= flight[:10] <= "2013-03-06"]


def test_before_the_first_answer_there_is_nothing_to_read() -> None:
    assert observe.read(A_DAY, A_DAY).empty


def test_what_cannot_be_written_down_is_refused_in_words() -> None:
    place().mkdir(parents=True)

    with pytest.raises(Refused, match="cannot use the record of answers .*observed.db .*see to the disk"):
        record("2013-03-05 UA1 EWR-IAH")


def test_a_connection_that_broke_is_opened_again() -> None:
    record("2013-03-04 UA1 EWR-IAH")
    store.writer(place()).close()
    with pytest.raises(Refused):
        record("2013-03-05 UA1 EWR-IAH")

    record("2013-03-05 UA1 EWR-IAH")

    assert count() == 2


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not let go of a file that is open")
def test_a_record_that_was_moved_away_is_begun_anew(tmp_path: Path) -> None:
    record("2013-03-05 UA1 EWR-IAH")
    for part in place().parent.glob("observed.db*"):
        part.rename(tmp_path / part.name)

    kept = record("2013-03-05 UA1 EWR-IAH")

    assert names() == set(kept)


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> TestClient:
    class Model:
        def predict_rows(self, rows: Sequence[tuple]) -> list[float]:
            return [row[3] / 8 for row in rows]

    monkeypatch.setattr(production, "serving", cache(lambda: production.Production("7", Model())))
    return TestClient(app, raise_server_exceptions=False)


def test_the_application_gives_each_answer_with_the_name_it_was_written_down_under(client: TestClient) -> None:
    flights = [{**FLIGHT, "flight_id": f"2013-03-05 UA{number} EWR-IAH", "distance": 800.0 + number} for number in range(9)]

    answers = client.post("/predict", json=flights).json()["answers"]

    kept = observe.read(A_DAY, A_DAY)[["prediction_id", "model", "flight_id", "minutes"]]
    assert answers == kept.sort_values("minutes").to_dict(orient="records")


def test_the_application_gives_no_answer_that_nobody_could_check(client: TestClient) -> None:
    place().mkdir(parents=True)

    response = client.post("/predict", json=FLIGHT)

    assert response.status_code == 503
    assert "see to the disk" in response.json()["detail"]


class Says:
    def __init__(self, minutes: float) -> None:
        self.said = minutes

    def predict_rows(self, rows: Sequence[tuple]) -> list[float]:
        return [self.said for _ in rows]

    def predict(self, flights: pd.DataFrame) -> pd.Series:
        return pd.Series(self.said, index=flights.index)


class Broken(Says):
    def predict_rows(self, rows: Sequence[tuple]) -> list[float]:
        raise ValueError("it is broken")


def both(monkeypatch: pytest.MonkeyPatch, other: Says, share: float) -> Production:
    model = Production("7", Says(100.0), Production("8", other), share)
    monkeypatch.setattr(production, "serving", cache(lambda: model))
    return model


def test_a_shadow_scores_every_flight_and_answers_none(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    both(monkeypatch, Says(120.0), 0.0)
    flights = [{**FLIGHT, "flight_id": f"2013-03-05 UA{number} EWR-IAH"} for number in range(3)]

    answers = client.post("/predict", json=flights).json()["answers"]

    assert [(answer["model"], answer["minutes"]) for answer in answers] == [("7", 100.0)] * 3
    said = sorted((row.flight_id, row.role, row.model, row.minutes) for row in rows())
    names = [flight["flight_id"] for flight in flights]
    assert said == [(name, *who) for name in names for who in (("champion", "7", 100.0), ("shadow", "8", 120.0))]
    assert observe.read(A_DAY, A_DAY)["model"].tolist() == ["7"] * 3
    assert all(row.prediction_id.startswith(f"{row.model}-") and row.milliseconds >= 0 for row in rows())


def test_a_shadow_that_fails_harms_no_answer(
    client: TestClient,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture,
) -> None:
    both(monkeypatch, Broken(0.0), 0.0)

    response = client.post("/predict", json=FLIGHT)

    assert response.status_code == 200
    assert [row.role for row in rows()] == ["champion"]
    assert "version 8, which only looks on, does not answer: it is broken" in capsys.readouterr().err


def test_the_other_arm_of_a_split_is_noted_as_the_challenger(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    both(monkeypatch, Says(120.0), 0.5)
    flights = [{**FLIGHT, "flight_id": f"2013-03-05 UA{number} EWR-IAH"} for number in range(20)]

    client.post("/predict", json=flights)

    assert {(row.role, row.model) for row in rows()} == {("champion", "7"), ("challenger", "8")}
    assert len(rows()) == len(observe.read(A_DAY, A_DAY)) == 20


def test_a_file_of_flights_has_its_shadow_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(production, "current", lambda: both(monkeypatch, Says(120.0), 0.0))
    flights = pd.DataFrame([{**FLIGHT, "flight_id": "2013-03-05 UA1 EWR-IAH"}, {**FLIGHT, "flight_id": None}])
    flights.to_csv(tmp_path / "flights.csv", index=False)

    score.main(score.parser().parse_args([f"{tmp_path / 'flights.csv'}", "-o", f"{tmp_path / 'answers.csv'}"]))

    given = pd.read_csv(tmp_path / "answers.csv")
    assert given["minutes"].tolist() == [100.0, 100.0] and "role" not in given
    assert sorted((row.role, row.model, row.minutes) for row in rows()) == [("champion", "7", 100.0)] * 2 + [("shadow", "8", 120.0)] * 2


def test_answers_in_a_file_are_written_down_too(settled: Path, tmp_path: Path, today: date) -> None:
    before = count()

    score.main(score.parser().parse_args(["--day", f"{today}", "--out", str(tmp_path / "predictions.csv")]))

    scored = pd.read_csv(tmp_path / "predictions.csv")
    kept = observe.read(today, today)[["flight_id", "prediction_id", "minutes"]]
    assert count() == before + len(scored)
    assert kept.to_dict("records") == scored.sort_values("flight_id")[[*kept]].to_dict("records")


def test_a_file_that_is_refused_at_its_end_leaves_no_answers_behind(
    settled: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tables, "CHUNK", 4)
    flights = pd.DataFrame([FLIGHT] * 9).assign(dest=["IAH"] * 8 + [None])
    flights.to_csv(tmp_path / "flights.csv", index=False)
    before = count()

    with pytest.raises(Refused, match="^flight 9 of flights.csv"):
        score.main(score.parser().parse_args([f"{tmp_path / 'flights.csv'}", "-o", f"{tmp_path / 'predictions.csv'}"]))

    assert count() == before


def test_two_processes_write_at_once_from_the_first_answer_on() -> None:
    answer = ["2013-03-05 UA1 EWR-IAH", *FLIGHT.values(), 200.5, "7", "champion", None]
    command = [sys.executable, "-c", WRITER.format(answer=answer)]

    writers = [subprocess.Popen([*command, f"{writer}"], cwd=settings.ROOT) for writer in range(2)]

    assert [writer.wait(PATIENCE) for writer in writers] == [0, 0]
    assert count() == 100


@pytest.fixture
def running() -> Iterator[tuple[subprocess.Popen, str]]:
    """The application in a process of its own, and its address."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with subprocess.Popen([sys.executable, "-c", APPLICATION, f"{port}"], cwd=settings.ROOT) as process:
        address = f"http://127.0.0.1:{port}"
        try:
            wait_for(address, process)
            yield process, address
        finally:
            process.kill()


def wait_for(address: str, process: subprocess.Popen) -> None:
    deadline = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        try:
            httpx.get(f"{address}/health/live", trust_env=False)
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    pytest.fail(f"the application did not answer within {PATIENCE} s")


def test_no_answer_that_was_given_is_lost_when_the_application_is_killed(running: tuple[subprocess.Popen, str]) -> None:
    process, address = running
    given: list[str] = []
    askers = [threading.Thread(target=ask_until_it_dies, args=(address, given)) for _ in range(4)]

    for asker in askers:
        asker.start()
    wait_for_answers(given, 300)
    process.kill()
    for asker in askers:
        asker.join()

    assert len(given) >= 300
    assert set(given) <= names()


def ask_until_it_dies(address: str, given: list[str]) -> None:
    flights = [{**FLIGHT, "flight_id": f"2013-03-05 UA{number} EWR-IAH"} for number in range(3)]
    with httpx.Client(base_url=address, trust_env=False, timeout=PATIENCE) as client:
        while True:
            try:
                answers = client.post("/predict", json=flights).json()["answers"]
            except httpx.TransportError:
                return
            given.extend(answer["prediction_id"] for answer in answers)


def wait_for_answers(given: list[str], least: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while len(given) < least and time.monotonic() < deadline:
        time.sleep(0.01)


def names() -> set[str]:
    return {row.prediction_id for row in rows()}


def rows() -> list[sql.Row]:
    with store.transaction() as connection:
        return connection.execute(sql.select(holdings.predictions)).all()


def count() -> int:
    return len(names())


def place() -> Path:
    return store.file_of(store.address())
