"""The application answers good requests, and tells bad ones what is wrong with them."""

import json
import re
from pathlib import Path

import pandas as pd
import pytest
from fastapi.testclient import TestClient

from flighttime import content
from flighttime import production
from flighttime import score
from flighttime import settings
from flighttime.app import app
from flighttime.app import main
from flighttime.app import parser
from flighttime.errors import Refused
from flighttime.features import FEATURES
from flighttime.web.api import MOST_FLIGHTS

FLIGHT = {
    "carrier": "UA",
    "origin": "EWR",
    "dest": "IAH",
    "distance": 1400,
    "sched_dep_min": 317,
    "sched_block": 244,
    "seats": 149,
}


@pytest.fixture
def client() -> TestClient:
    return TestClient(app, raise_server_exceptions=False)


def test_one_flight_gets_one_answer(client: TestClient, settled: Path) -> None:
    response = client.post("/predict", json={**FLIGHT, "flight_id": "mine"})

    assert response.status_code == 200
    answers = response.json()["answers"]
    assert [answer["flight_id"] for answer in answers] == ["mine"]
    assert 150 < answers[0]["minutes"] < 250


def test_many_flights_get_the_answers_of_a_scored_file_in_their_order(
    client: TestClient,
    settled: Path,
    table: pd.DataFrame,
) -> None:
    flights = table[["flight_id", *FEATURES]].tail(200)

    answers = client.post("/predict", json=json.loads(flights.to_json(orient="records"))).json()

    scored = score.score(flights, production.current())
    assert answers["model"] == production.current().version
    assert [answer["flight_id"] for answer in answers["answers"]] == scored["flight_id"].tolist()
    assert [answer["minutes"] for answer in answers["answers"]] == scored["minutes"].tolist()


def test_what_nobody_knows_may_be_left_out(client: TestClient, settled: Path) -> None:
    known = {name: value for name, value in FLIGHT.items() if name not in ("sched_block", "seats")}

    assert client.post("/predict", json=known).status_code == 200


def test_the_most_flights_at_once_are_answered(client: TestClient, settled: Path) -> None:
    response = client.post("/predict", json=[FLIGHT] * MOST_FLIGHTS)

    assert len(response.json()["answers"]) == MOST_FLIGHTS


BAD = {
    "nothing": b"",
    "no JSON": b"{",
    "no text": b"\xff\xfe",
    "null": b"null",
    "a number": b"7",
    "no flight": b"{}",
    "no flights": b"[]",
    "too many flights": json.dumps([FLIGHT] * (MOST_FLIGHTS + 1)).encode(),
    "too deep": b"[" * 100_000,
    "a number too long": b'{"distance": ' + b"1" * 5000 + b"}",
    **{
        f"{name}={value!r}": json.dumps({**FLIGHT, name: value}).encode()
        for name, value in [
            ("carrier", None),
            ("carrier", ""),
            ("carrier", 7),
            ("carrier", "U" * 41),
            ("carrier", "\ud800"),
            ("carrier", "U\0A"),
            ("flight_id", "\0"),
            ("dest", ["IAH"]),
            ("distance", None),
            ("distance", "far"),
            ("distance", "1400"),
            ("distance", True),
            ("distance", -1),
            ("distance", 0),
            ("distance", float("nan")),
            ("distance", float("inf")),
            ("sched_dep_min", 1441),
            ("sched_block", float("nan")),
            ("seats", {}),
            ("air_time", 227),
            ("\ud800", 1),
        ]
    },
}


@pytest.mark.parametrize("body", BAD.values(), ids=BAD.keys())
def test_a_bad_request_is_told_what_is_wrong(client: TestClient, settled: Path, body: bytes) -> None:
    response = client.post("/predict", content=body, headers={"content-type": "application/json"})

    assert response.status_code in (400, 422)
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["detail"]


def test_field_value_and_rule_of_each_mistake_are_named(client: TestClient, settled: Path) -> None:
    response = client.post("/predict", json=[FLIGHT, {**FLIGHT, "distance": -1, "seats": "many"}])

    assert response.json()["errors"][0] == {"field": "/1/distance", "value": -1, "rule": "Input should be greater than 0"}
    assert response.json()["errors"][1]["value"] == "many"
    assert response.json()["detail"] == "/1/distance is -1: Input should be greater than 0 (and 1 more)"


def test_nul_in_a_text_is_refused_in_words_and_the_document_says_so(client: TestClient, settled: Path) -> None:
    response = client.post("/predict", json={**FLIGHT, "flight_id": "mine\0", "carrier": "U\0A"})
    declared = client.get("/openapi.json").json()["components"]["schemas"]["Flight"]["properties"]

    rule = "String should not hold the character NUL"
    assert response.json()["errors"] == [
        {"field": "/flight_id", "value": "mine\0", "rule": rule},
        {"field": "/carrier", "value": "U\0A", "rule": rule},
    ]
    for schema in (declared["flight_id"]["anyOf"][0], declared["carrier"], declared["origin"], declared["dest"]):
        assert re.search(schema["pattern"], "any\nother") and not re.search(schema["pattern"], "U\0A")


def test_a_body_of_another_kind_is_refused_as_such(client: TestClient, settled: Path) -> None:
    response = client.post("/predict", content=json.dumps(FLIGHT), headers={"content-type": "text/plain"})

    assert response.status_code == 415
    assert "send Content-Type: application/json" in response.json()["detail"]


def test_health_and_version_name_what_answers(client: TestClient, settled: Path) -> None:
    model = production.current().version

    assert client.get("/health/ready").json() == {"status": "ready", "model": model}
    assert client.get("/version").json() == {"application": content.version(settings.ROOT), "model": model}


@pytest.mark.parametrize("path", ["/health/ready", "/ping", "/version"])
def test_without_a_model_it_is_not_ready_and_says_why(client: TestClient, path: str) -> None:
    response = client.get(path)

    assert response.status_code == 503
    assert "no model is in production" in response.json()["detail"]


def test_without_a_model_it_lives_all_the_same(client: TestClient) -> None:
    assert client.get("/health/live").json() == {"status": "live"}


def test_without_a_model_nothing_is_predicted(client: TestClient) -> None:
    assert client.post("/predict", json=FLIGHT).status_code == 503


def test_an_address_where_nothing_is_says_where_to_look(client: TestClient) -> None:
    response = client.get("/predictions")

    assert response.status_code == 404
    assert response.json()["detail"] == "there is nothing at this address: /docs lists what there is"


def test_flights_answered_are_counted_by_model(client: TestClient, settled: Path) -> None:
    flights = f'flighttime_flights_total{{model="{production.current().version}"}} '
    minutes = flights.replace("flights", "minutes")
    one = client.post("/predict", json=FLIGHT).json()["answers"][0]["minutes"]
    before = {line: counted(client, line) for line in (flights, minutes)}

    client.post("/predict", json=[FLIGHT] * 7)

    assert counted(client, flights) == before[flights] + 7
    assert counted(client, minutes) == pytest.approx(before[minutes] + 7 * one)


def counted(client: TestClient, line: str) -> float:
    (found,) = [told for told in client.get("/metrics").text.splitlines() if told.startswith(line)]
    return float(found.removeprefix(line))


def test_nobody_to_answer_is_refused() -> None:
    with pytest.raises(Refused, match="--workers 0: at least 1 has to answer"):
        main(parser().parse_args(["--workers", "0"]))
