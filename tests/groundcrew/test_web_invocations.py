"""POST /invocations gives clients of MLflow the same answers, in every form that they send."""

import json

import pytest
from fake_level import FEATURES
from fake_level import Level
from fastapi.testclient import TestClient

ROWS = [["UA", "EWR", "IAH", 1400, 317, 244, 149], ["B6", "JFK", "BQN", 1576, 340, None, None]]
RECORDS = [dict(zip(FEATURES, row, strict=True)) for row in ROWS]
COLUMNS = {name: [record[name] for record in RECORDS] for name in FEATURES}
CSV = ",".join(FEATURES) + "\nUA,EWR,IAH,1400,317,244,149\nB6,JFK,BQN,1576,340,,\n"
FORMS = {
    "dataframe_split": {"columns": FEATURES, "data": ROWS},
    "dataframe_records": RECORDS,
    "instances": RECORDS,
    "inputs": COLUMNS,
}
PREDICTED = {"predictions": [175.0, 197.0]}


@pytest.fixture
def client() -> TestClient:
    return Level().client()


@pytest.mark.parametrize("form", FORMS)
def test_every_json_form_is_understood(client: TestClient, form: str) -> None:
    assert client.post("/invocations", json={form: FORMS[form]}).json() == PREDICTED


def test_nan_in_a_table_is_a_missing_value(client: TestClient) -> None:
    table = json.dumps({"dataframe_records": RECORDS}).replace("null", "NaN")
    headers = {"content-type": "application/json"}

    response = client.post("/invocations", content=table, headers=headers)

    assert response.json() == PREDICTED


def test_csv_is_understood(client: TestClient) -> None:
    headers = {"content-type": "text/csv; charset=utf-8"}

    response = client.post("/invocations", content=CSV, headers=headers)

    assert response.json() == PREDICTED


NUL = json.dumps({"instances": [{**RECORDS[0], "flight_id": "\0"}]}).encode()
NEGATIVE = json.dumps({"instances": [{**RECORDS[0], "distance": -1}]}).encode()
UNREADABLE = "the body cannot be read as application/json"
UNKNOWN = "the body has none of the supported forms: send dataframe_split, "


@pytest.mark.parametrize(
    ("body", "status", "reason"),
    [
        (b"{", 400, UNREADABLE),
        (b"\xff", 400, UNREADABLE),
        (b"[" * 100_000, 400, UNREADABLE),
        (b"7", 422, UNKNOWN),
        (b'{"inputs": {}}', 422, 'the body is "a list of 0": List should have at least 1 item'),
        (b'{"inputs": {"carrier": ["UA"], "origin": []}}', 400, UNREADABLE),
        (b'{"dataframe_split": {"columns": ["dest"], "data": [["A", 1]]}}', 400, UNREADABLE),
        (b'{"dataframe_split": {"columns": ["dest"], "data": [7]}}', 422, UNKNOWN),
        (b'{"dataframe_split": {"columns": [[]], "data": [[1]]}}', 422, UNKNOWN),
        (b'{"inputs": {"carrier": 7}}', 422, UNKNOWN),
        (b'{"instances": [7]}', 422, "/0 is 7: Input should be a valid dictionary"),
        (NUL, 422, "should not contain the character NUL"),
        (NEGATIVE, 422, "/0/distance is -1: "),
    ],
)
def test_an_invalid_table_is_explained(
    client: TestClient, body: bytes, status: int, reason: str
) -> None:
    headers = {"content-type": "application/json"}

    response = client.post("/invocations", content=body, headers=headers)

    assert response.status_code == status
    assert reason in response.json()["detail"]


def test_another_content_type_is_named(client: TestClient) -> None:
    headers = {"content-type": "text/xml"}

    response = client.post("/invocations", content=b"<flight/>", headers=headers)

    assert response.status_code == 415
    assert response.json()["detail"] == (
        "the Content-Type is text/xml: send application/json or text/csv"
    )


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("UA,EWR,IAH,1,2,3,4,5", '/2/more cells than names is "a list of 1": Extra inputs are not'),
        ("UA,EWR,IAH,far,2,3,4", '/2/distance is "far": Input should be a valid number'),
        ("UA,EWR,IAH,nan,2,3,4", '/2/distance is "nan": Input should be a finite number'),
        ("UA,E\0R,IAH,1,2,3,4", '/2/origin is "E\\u0000R": String should not contain the '),
        ("UA,EWR", "/2/dest is null: Input should be a valid string"),
    ],
)
def test_an_invalid_line_of_a_csv_is_explained(client: TestClient, line: str, reason: str) -> None:
    headers = {"content-type": "text/csv"}

    response = client.post("/invocations", content=f"{CSV}{line}\n", headers=headers)

    assert response.status_code == 422
    assert reason in response.json()["detail"]
