"""POST /predict answers valid requests, and names every broken rule of the others."""

import json
import re

import pytest
from fake_level import FEATURES
from fake_level import FLIGHT
from fake_level import BrokenModel
from fake_level import FakeModel
from fake_level import FakeRecord
from fake_level import Level
from fastapi import FastAPI
from fastapi.testclient import TestClient
from prometheus_client import REGISTRY
from sklearn.dummy import DummyRegressor
from threadpoolctl import threadpool_info

from groundcrew.serving import PipelineModel
from groundcrew.serving import Serving
from groundcrew.web import invocations
from groundcrew.web import predict
from groundcrew.web import problems
from groundcrew.web.schemas import MAX_FLIGHTS
from groundcrew.web.services import Services


@pytest.fixture
def level() -> Level:
    return Level()


@pytest.fixture
def client(level: Level) -> TestClient:
    return level.client()


def test_one_flight_gets_one_answer(client: TestClient) -> None:
    response = client.post("/predict", json={**FLIGHT, "flight_id": "mine"})

    assert response.status_code == 200
    (answer,) = response.json()["answers"]
    assert re.fullmatch(r"seven-[0-9a-f]{32}", answer.pop("prediction_id"))
    assert answer == {"model": "seven", "flight_id": "mine", "minutes": 175.0}


KNOWN = {"carrier": frozenset(["UA", "B6"]), "dest": frozenset(["IAH", "LAX"])}


def test_an_answer_names_the_inputs_that_its_model_has_never_seen() -> None:
    level = Level(models=Serving(FakeModel(known=KNOWN)))
    flights = [FLIGHT, FLIGHT | {"dest": "ILM"}, FLIGHT | {"carrier": "OO", "dest": "ILM"}]

    answers = level.client().post("/predict", json=flights).json()["answers"]

    assert [answer.get("unseen") for answer in answers] == [None, ["dest"], ["carrier", "dest"]]
    assert "unseen" not in answers[0]


def test_the_challenger_answers_with_what_it_has_seen_itself() -> None:
    champion, challenger = FakeModel(known=KNOWN), FakeModel("eight")
    level = Level(
        models=Serving(champion, challenger, share=0.5),
        arm=lambda serving, flight: challenger if flight["distance"] > 2000 else champion,
    )
    flights = [FLIGHT | {"dest": "ILM"}, FLIGHT | {"dest": "ILM", "distance": 2400}]

    answers = level.client().post("/predict", json=flights).json()["answers"]

    assert [(answer["model"], answer.get("unseen")) for answer in answers] == [
        ("seven", ["dest"]),
        ("eight", None),
    ]


@pytest.mark.parametrize("quick", [True, False])
def test_many_flights_get_their_answers_in_order(quick: bool) -> None:
    level = Level(Serving(FakeModel(quick=quick)))
    flights = [{**FLIGHT, "flight_id": f"{miles}", "distance": miles} for miles in range(80, 160)]

    body = level.client().post("/predict", json=flights).json()

    assert body["model"] == "seven"
    assert [answer["flight_id"] for answer in body["answers"]] == [
        flight["flight_id"] for flight in flights
    ]
    assert [answer["minutes"] for answer in body["answers"]] == [
        flight["distance"] / 8 for flight in flights
    ]


def test_a_scikit_learn_pipeline_answers() -> None:
    pipeline = DummyRegressor(strategy="constant", constant=99.5).fit([[0]], [0])
    model = PipelineModel("abc", pipeline, FEATURES, FEATURES[3:])

    body = Level(Serving(model)).client().post("/predict", json=FLIGHT).json()

    assert (body["model"], body["answers"][0]["minutes"]) == ("abc", 99.5)


def test_a_model_predicts_with_one_thread() -> None:
    threads = []

    class CountingModel(FakeModel):
        def predict_rows(self, rows: list[tuple]) -> list[float]:
            threads.extend(
                pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "openmp"
            )
            return super().predict_rows(rows)

    Level(Serving(CountingModel(quick=False))).client().post("/predict", json=FLIGHT)

    assert set(threads) == {1}


def test_optional_values_may_be_omitted(client: TestClient) -> None:
    flight = {name: value for name, value in FLIGHT.items() if name not in ("sched_block", "seats")}

    assert client.post("/predict", json=flight).status_code == 200


def test_the_maximum_number_of_flights_is_answered(client: TestClient) -> None:
    response = client.post("/predict", json=[FLIGHT] * MAX_FLIGHTS)

    assert len(response.json()["answers"]) == MAX_FLIGHTS


INVALID = {
    "empty": b"",
    "no JSON": b"{",
    "no text": b"\xff\xfe",
    "null": b"null",
    "a number": b"7",
    "no flight": b"{}",
    "no flights": b"[]",
    "too many flights": json.dumps([FLIGHT] * (MAX_FLIGHTS + 1)).encode(),
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


@pytest.mark.parametrize("body", INVALID.values(), ids=INVALID.keys())
def test_an_invalid_body_is_explained(client: TestClient, body: bytes) -> None:
    headers = {"content-type": "application/json"}

    response = client.post("/predict", content=body, headers=headers)

    assert response.status_code in (400, 422)
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["detail"]


def test_field_value_and_rule_of_each_error_are_named(client: TestClient) -> None:
    response = client.post("/predict", json=[FLIGHT, {**FLIGHT, "distance": -1, "seats": "many"}])

    rule = "Input should be greater than 0"
    assert response.json()["errors"][0] == {"field": "/1/distance", "value": -1, "rule": rule}
    assert response.json()["errors"][1]["value"] == "many"
    assert response.json()["detail"] == f"/1/distance is -1: {rule} (and 1 more)"


def test_nul_in_a_text_is_refused_in_words_and_in_the_openapi_document(client: TestClient) -> None:
    response = client.post("/predict", json={**FLIGHT, "flight_id": "mine\0", "carrier": "U\0A"})
    document = client.get("/openapi.json").json()
    properties = document["components"]["schemas"]["Flight"]["properties"]

    rule = "String should not contain the character NUL"
    assert response.json()["errors"] == [
        {"field": "/flight_id", "value": "mine\0", "rule": rule},
        {"field": "/carrier", "value": "U\0A", "rule": rule},
    ]
    texts = [properties[name] for name in ("carrier", "origin", "dest")]
    for schema in (properties["flight_id"]["anyOf"][0], *texts):
        assert re.search(schema["pattern"], "any\nother")
        assert not re.search(schema["pattern"], "U\0A")


def test_another_content_type_is_refused(client: TestClient) -> None:
    headers = {"content-type": "text/plain"}

    response = client.post("/predict", content=json.dumps(FLIGHT), headers=headers)

    assert response.status_code == 415
    assert "send Content-Type: application/json" in response.json()["detail"]


def test_without_a_model_nothing_is_predicted(client: TestClient, level: Level) -> None:
    level.models = None

    response = client.post("/predict", json=FLIGHT)

    assert (response.status_code, response.json()["detail"][:29]) == (
        503,
        "no model is in production: <p",
    )


def test_answers_are_recorded_before_they_are_sent() -> None:
    level = Level(record=FakeRecord())

    response = level.client().post("/predict", json=[FLIGHT | {"flight_id": "mine"}, FLIGHT])

    first, second = level.record.answers
    sent = response.json()["answers"]
    assert [first.prediction_id, second.prediction_id] == [one["prediction_id"] for one in sent]
    assert (first.flight_id, first.features) == ("mine", ("UA", "EWR", "IAH", 1400, 317, 244, 149))
    assert (first.minutes, first.model, first.role) == (175, "seven", "champion")
    assert first.milliseconds > 0
    assert second.flight_id is None


def test_an_answer_that_cannot_be_recorded_is_not_sent() -> None:
    level = Level(record=FakeRecord(error="the disk is full: free some space"))
    before = counted("seven")

    response = level.client().post("/predict", json=FLIGHT)

    assert response.status_code == 503
    assert response.json()["detail"] == "the disk is full: free some space"
    assert level.record.failures == [("/predict", 503)]
    assert counted("seven") == before


def test_a_shadow_is_recorded_and_never_sent() -> None:
    level = Level(Serving(FakeModel(), shadow=FakeModel("eight", late=5)), record=FakeRecord())

    sent = level.client().post("/predict", json=[FLIGHT] * 2).json()["answers"]

    recorded = [(one.model, one.role, one.minutes) for one in level.record.answers]
    assert recorded == [("seven", "champion", 175)] * 2 + [("eight", "shadow", 180)] * 2
    assert {one["model"] for one in sent} == {"seven"}


def test_a_failing_shadow_fails_no_request(capsys: pytest.CaptureFixture) -> None:
    level = Level(Serving(FakeModel(), shadow=BrokenModel("eight")), record=FakeRecord())

    response = level.client().post("/predict", json=FLIGHT)

    assert response.status_code == 200
    assert [one.role for one in level.record.answers] == ["champion"]
    assert "the shadow, version eight, does not answer: it is broken" in capsys.readouterr().err


def test_each_flight_is_answered_by_its_arm() -> None:
    challenger = FakeModel("eight", late=5)

    def arm(serving: Serving, flight: dict) -> FakeModel:
        return serving.challenger if flight["dest"] == "IAH" else serving.champion

    level = Level(Serving(FakeModel(), challenger, 0.5), arm=arm, record=FakeRecord())

    body = level.client().post("/predict", json=[FLIGHT, FLIGHT | {"dest": "SFO"}, FLIGHT]).json()

    assert body["model"] == "seven"
    assert [one["model"] for one in body["answers"]] == ["eight", "seven", "eight"]
    assert [one["minutes"] for one in body["answers"]] == [180, 175, 180]
    assert [one.role for one in level.record.answers] == ["challenger", "champion", "challenger"]


def test_answered_flights_are_counted_by_model(client: TestClient) -> None:
    before = counted("seven")

    client.post("/predict", json=[FLIGHT] * 7)

    flights, minutes = counted("seven")
    assert (flights, minutes) == (before[0] + 7, before[1] + 7 * 175)


def counted(version: str) -> tuple[float, float]:
    names = ("flighttime_flights_total", "flighttime_minutes_total")
    return tuple(REGISTRY.get_sample_value(name, {"model": version}) or 0 for name in names)


REQUESTS = {
    "a flight": ("/predict", json.dumps(FLIGHT), "application/json"),
    "flights": ("/predict", json.dumps([FLIGHT] * 3), "application/json; charset=utf-8"),
    "a mistake": ("/predict", json.dumps(FLIGHT | {"distance": -1}), "application/json"),
    "no JSON": ("/predict", "{", "application/json"),
    "text": ("/predict", "{}", "text/plain"),
    "a table": ("/invocations", json.dumps({"instances": [FLIGHT]}), "application/json"),
    "no table": ("/invocations", "7", "application/json"),
}


@pytest.mark.parametrize(("path", "body", "kind"), REQUESTS.values(), ids=REQUESTS.keys())
def test_the_fast_path_answers_as_the_framework_does(
    client: TestClient, level: Level, path: str, body: str, kind: str
) -> None:
    headers = {"Content-Type": kind}

    fast, plain = (
        one.post(path, content=body, headers=headers) for one in (client, without_fast_path(level))
    )

    assert fast.status_code == plain.status_code
    assert fast.headers["content-type"] == plain.headers["content-type"]
    assert lasting(fast.json()) == lasting(plain.json())


def without_fast_path(level: Level) -> TestClient:
    app = FastAPI()
    app.state.services = Services(level.serving, FEATURES, level.flights, lambda serving: {})
    app.include_router(predict.router)
    app.include_router(invocations.router)
    problems.install(app)
    return TestClient(app)


def lasting(body: dict) -> dict:
    """The response without the ids, which are new each time."""
    answers = [(answer["flight_id"], answer["minutes"]) for answer in body.get("answers", [])]
    return {**body, "answers": answers, "request_id": None}


def test_another_method_is_not_allowed(client: TestClient) -> None:
    assert client.get("/predict").status_code == 405
