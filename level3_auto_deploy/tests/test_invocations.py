"""Clients of MLflow get the answers that every other client gets, in whichever form they ask."""

import json
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from flighttime.app import app
from flighttime.features import FEATURES

FLIGHTS = [["UA", "EWR", "IAH", 1400, 317, 244, 149], ["B6", "JFK", "BQN", 1576, 340, None, None]]
RECORDS = [dict(zip(FEATURES, flight, strict=True)) for flight in FLIGHTS]
COLUMNS = {name: [record[name] for record in RECORDS] for name in FEATURES}
CSV = ",".join(FEATURES) + "\nUA,EWR,IAH,1400,317,244,149\nB6,JFK,BQN,1576,340,,\n"
FORMS = {
    "dataframe_split": {"columns": FEATURES, "data": FLIGHTS},
    "dataframe_records": RECORDS,
    "instances": RECORDS,
    "inputs": COLUMNS,
}


@pytest.fixture
def client() -> TestClient:
    return TestClient(app, raise_server_exceptions=False)


@pytest.fixture
def expected(client: TestClient, settled: Path) -> list[float]:
    return [answer["minutes"] for answer in client.post("/predict", json=RECORDS).json()["answers"]]


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_json_is_understood(client: TestClient, expected: list[float], form: str) -> None:
    assert client.post("/invocations", json={form: FORMS[form]}).json() == {"predictions": expected}


def test_a_table_of_pandas_is_understood_with_what_it_does_not_know(client: TestClient, expected: list[float]) -> None:
    table = json.dumps({"dataframe_records": RECORDS}).replace("null", "NaN")

    response = client.post("/invocations", content=table, headers={"content-type": "application/json"})

    assert response.json() == {"predictions": expected}


def test_a_table_as_csv_is_understood(client: TestClient, expected: list[float]) -> None:
    response = client.post("/invocations", content=CSV, headers={"content-type": "text/csv; charset=utf-8"})

    assert response.json() == {"predictions": expected}


@pytest.mark.parametrize(
    ("sent", "status", "reason"),
    [
        (b"{", 400, "the body cannot be read as application/json"),
        (b"\xff", 400, "the body cannot be read as application/json"),
        (b"[" * 100_000, 400, "the body cannot be read as application/json"),
        (b"7", 422, "send dataframe_split, dataframe_records, instances or inputs"),
        (b'{"inputs": {}}', 422, 'the body is "a list of 0": List should have at least 1 item'),
        (b'{"inputs": {"carrier": ["UA"], "origin": []}}', 400, "the body cannot be read"),
        (b'{"dataframe_split": {"columns": ["carrier"], "data": [["UA", 1]]}}', 400, "the body cannot be read"),
        (b'{"dataframe_split": {"columns": ["carrier"], "data": [7]}}', 422, "in none of the forms"),
        (b'{"dataframe_split": {"columns": [[]], "data": [[1]]}}', 422, "in none of the forms"),
        (b'{"inputs": {"carrier": 7}}', 422, "in none of the forms"),
        (b'{"instances": [7]}', 422, "/0 is 7: Input should be a valid dictionary"),
        (json.dumps({"instances": [{**RECORDS[0], "flight_id": "\0"}]}).encode(), 422, "should not hold the character NUL"),
        (json.dumps({"instances": [{**RECORDS[0], "distance": -1}]}).encode(), 422, "/0/distance is -1: "),
    ],
)
def test_a_bad_request_is_told_what_is_wrong(
    client: TestClient,
    settled: Path,
    sent: bytes,
    status: int,
    reason: str,
) -> None:
    response = client.post("/invocations", content=sent, headers={"content-type": "application/json"})

    assert response.status_code == status
    assert reason in response.json()["detail"]


def test_another_kind_of_body_is_named(client: TestClient, settled: Path) -> None:
    response = client.post("/invocations", content=b"<flight/>", headers={"content-type": "text/xml"})

    assert response.status_code == 415
    assert response.json()["detail"].startswith("text/xml is not a kind that is read here: send application/json")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("UA,EWR,IAH,1,2,3,4,5", '/2/more cells than names is "a list of 1": Extra inputs are not permitted'),
        ("UA,EWR,IAH,far,2,3,4", '/2/distance is "far": Input should be a valid number'),
        ("UA,EWR,IAH,nan,2,3,4", '/2/distance is "nan": Input should be a finite number'),
        ("UA,E\0R,IAH,1,2,3,4", '/2/origin is "E\\u0000R": String should not hold the character NUL'),
        ("UA,EWR", "/2/dest is null: Input should be a valid string"),
    ],
)
def test_a_bad_line_of_a_csv_is_refused(client: TestClient, settled: Path, line: str, reason: str) -> None:
    response = client.post("/invocations", content=f"{CSV}{line}\n", headers={"content-type": "text/csv"})

    assert response.status_code == 422
    assert reason in response.json()["detail"]
