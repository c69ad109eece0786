"""The API's description and its reference page: complete, with examples that work."""

import json
import re

import pytest
from fake_level import Level
from fastapi.testclient import TestClient

from groundcrew.web import problems
from groundcrew.web import reference
from groundcrew.web.openapi import ProblemDetails

DOCUMENT = Level().app().openapi()
OPERATIONS = list(reference.operations(DOCUMENT, "http://localhost"))
RESPONSES = [
    pytest.param(operation["responses"], id=f"{method} {path}")
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
]


@pytest.fixture
def client() -> TestClient:
    return Level().client()


@pytest.mark.parametrize("responses", RESPONSES)
def test_every_failure_is_a_problem_document_with_an_example(responses: dict) -> None:
    failures = {int(status): content for status, content in responses.items() if status >= "400"}

    assert {503, 504} <= failures.keys()
    for status, response in failures.items():
        example = response["content"][problems.MEDIA_TYPE]["example"]
        assert ProblemDetails(**example).status == status


def test_every_schema_that_is_referred_to_is_in_the_document() -> None:
    parts = json.dumps(DOCUMENT).split('"#/components/schemas/')[1:]
    wanted = {part.split('"')[0] for part in parts}

    assert wanted <= DOCUMENT["components"]["schemas"].keys()
    assert {"ProblemDetails", "BrokenRule", "Flight"} <= wanted
    assert "HTTPValidationError" not in DOCUMENT["components"]["schemas"]


def test_a_problem_document_is_as_described(client: TestClient) -> None:
    problem = client.post("/predict", json={"distance": -1}).json()

    assert ProblemDetails(**problem).model_dump(exclude_unset=True) == problem


def test_the_reference_has_every_operation_and_every_status(client: TestClient) -> None:
    page = client.get("/docs").text

    for path, methods in DOCUMENT["paths"].items():
        for method in methods:
            assert f"<code>{method.upper()} {path}</code>" in page
    assert [status for status in problems.TITLES if f'id="{status}"' not in page] == []


def test_the_reference_loads_nothing_from_other_sites(client: TestClient) -> None:
    addresses = re.findall(r'(?:src|href)="([^"]*)"', client.get("/docs").text)

    assert [one for one in addresses if "//" in one and "data:" not in one] == []


@pytest.mark.parametrize(
    "operation", [one for one in OPERATIONS if one["body"]], ids=lambda one: one["path"]
)
def test_the_example_of_each_operation_is_answered(client: TestClient, operation: dict) -> None:
    headers = {"content-type": operation["kind"]}

    response = client.request(
        operation["method"], operation["path"], content=operation["body"], headers=headers
    )

    assert response.status_code == 200, response.text


def test_the_command_of_each_operation_is_complete() -> None:
    commands = {one["path"]: one["command"] for one in OPERATIONS}

    assert commands["/version"] == "curl http://localhost/version"
    assert commands["/predict"].endswith(
        '/predict -H "Content-Type: application/json" --data @flight.json'
    )
    assert commands["/admin/drain"] == (
        'curl -X PUT http://localhost/admin/drain -H "Authorization: Bearer TOKEN"'
    )
