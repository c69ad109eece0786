"""Health, versions, metrics and draining."""

import pytest
from fake_level import FLIGHT
from fake_level import FakeModel
from fake_level import FakeRecord
from fake_level import Level
from fastapi.testclient import TestClient

from groundcrew import application
from groundcrew import web
from groundcrew.errors import UserError
from groundcrew.serving import Serving


@pytest.fixture
def level() -> Level:
    return Level()


@pytest.fixture
def client(level: Level) -> TestClient:
    return level.client()


def test_readiness_and_version_name_the_model(client: TestClient) -> None:
    ready, version = client.get("/health/ready").json(), client.get("/version").json()

    assert ready == {"status": "ready", "model": "seven"}
    assert version == {"application": application.content_version(), "model": "seven"}


def test_the_version_is_of_the_running_code_whatever_is_on_disk_now(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    running = client.get("/version").json()["application"]
    monkeypatch.setattr(application, "content_version", lambda: "edited since")

    assert client.get("/version").json()["application"] == running


def test_the_version_names_a_challenger_and_its_share(client: TestClient, level: Level) -> None:
    level.models = Serving(FakeModel(), FakeModel("eight"), 0.2)

    version = client.get("/version").json()

    assert (version["model"], version["challenger"], version["share"]) == ("seven", "eight", 0.2)


def test_the_version_names_a_shadow(client: TestClient, level: Level) -> None:
    level.models = Serving(FakeModel(), shadow=FakeModel("eight"))

    assert client.get("/version").json()["shadow"] == "eight"


def test_readiness_includes_the_state_of_the_record() -> None:
    level = Level(record=FakeRecord())

    assert level.client().get("/health/ready").json()["unrecorded"] == "a few"


@pytest.mark.parametrize("path", ["/health/ready", "/ping", "/version"])
def test_without_a_model_it_is_not_ready(client: TestClient, level: Level, path: str) -> None:
    level.models = None

    response = client.get(path)

    assert response.status_code == 503
    assert "no model is in production" in response.json()["detail"]


def test_without_a_model_it_is_alive(client: TestClient, level: Level) -> None:
    level.models = None

    assert client.get("/health/live").json() == {"status": "live"}


def test_an_unknown_address_is_explained(client: TestClient) -> None:
    response = client.get("/predictions")

    assert response.status_code == 404
    assert response.json()["detail"] == "nothing is at this address: /docs lists every address"


def test_metrics_count_answered_flights_by_model(client: TestClient) -> None:
    client.post("/predict", json=FLIGHT)

    text = client.get("/metrics").text

    assert 'flighttime_flights_total{model="seven"} ' in text
    assert 'flighttime_minutes_total{model="seven"} ' in text
    labels = 'method="POST",route="/predict",status="200"'
    assert f"flighttime_requests_total{{{labels}}} " in text


def test_draining_needs_a_token_to_be_set(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FLIGHTTIME_TOKEN", raising=False)

    response = client.put("/admin/drain", headers={"Authorization": "Bearer "})

    assert response.status_code == 403
    assert response.json()["detail"].endswith("start the application with FLIGHTTIME_TOKEN set")


@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": "Bearer open"}, {"Authorization": "Basic sesame"}]
)
def test_draining_needs_the_right_token(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, headers: dict
) -> None:
    monkeypatch.setenv("FLIGHTTIME_TOKEN", "sesame")

    response = client.put("/admin/drain", headers=headers)

    assert response.status_code == 401
    assert response.headers["www-authenticate"] == "Bearer"


def test_one_of_several_processes_is_not_drained(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLIGHTTIME_TOKEN", "sesame")
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", "a folder")

    response = client.put("/admin/drain", headers={"Authorization": "Bearer sesame"})

    assert response.status_code == 403
    assert response.json()["detail"].startswith("several processes answer here, ")


def test_a_draining_application_answers_and_is_not_ready(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLIGHTTIME_TOKEN", "sesame")
    operator = {"Authorization": "Bearer sesame"}

    assert client.put("/admin/drain", headers=operator).json() == {"draining": True}

    assert client.get("/health/ready").status_code == 503
    assert client.get("/health/live").status_code == 200
    assert client.post("/predict", json=FLIGHT).status_code == 200
    assert client.put("/admin/drain?on=false", headers=operator).json() == {"draining": False}
    assert client.get("/health/ready").status_code == 200


@pytest.mark.parametrize("port", [-1, 0, 65_536, 70_000])
def test_a_port_out_of_range_is_refused(port: int) -> None:
    with pytest.raises(UserError, match=f"--port is {port}: choose a port from 1 to 65,535"):
        web.serve("flighttime.app:create", port=port)


def test_at_least_one_process_has_to_answer() -> None:
    with pytest.raises(UserError, match="--workers is 0: at least 1 process has to answer"):
        web.serve("flighttime.app:create", workers=0)


def test_an_invalid_framing_site_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLIGHTTIME_FRAMED_BY", "me")

    with pytest.raises(UserError, match="FLIGHTTIME_FRAMED_BY is 'me', not an address: write it"):
        web.serve("flighttime.app:create")
