"""The reference shows everything that can be asked, with examples that work, and needs no network."""

import re
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from flighttime.app import app
from flighttime.web import problems
from flighttime.web import reference

DESCRIBED = list(reference.operations(app.openapi(), "http://localhost"))


@pytest.fixture
def client() -> TestClient:
    return TestClient(app, raise_server_exceptions=False)


def test_everything_that_can_be_asked_is_there(client: TestClient) -> None:
    page = client.get("/docs").text

    for path, methods in app.openapi()["paths"].items():
        for method in methods:
            assert f"<code>{method.upper()} {path}</code>" in page


def test_every_status_of_a_problem_has_its_place(client: TestClient) -> None:
    page = client.get("/docs").text

    assert [status for status in problems.TITLES if f'id="{status}"' not in page] == []


def test_nothing_is_fetched_from_elsewhere(client: TestClient) -> None:
    page = client.get("/docs").text

    assert [address for address in re.findall(r'(?:src|href)="([^"]*)"', page) if "//" in address and "data:" not in address] == []


@pytest.mark.parametrize("operation", [one for one in DESCRIBED if one["body"]], ids=lambda one: one["path"])
def test_the_example_of_each_operation_is_answered(client: TestClient, settled: Path, operation: dict) -> None:
    sent = client.request(operation["method"], operation["path"], content=operation["body"], headers={"content-type": operation["kind"]})

    assert sent.status_code == 200, sent.text


def test_the_command_names_what_has_to_be_sent() -> None:
    commands = {one["path"]: one["command"] for one in DESCRIBED}

    assert commands["/version"] == "curl http://localhost/version"
    assert commands["/predict"].endswith('/predict -H "Content-Type: application/json" --data @flight.json')
    assert commands["/admin/drain"] == 'curl -X PUT http://localhost/admin/drain -H "Authorization: Bearer TOKEN"'
