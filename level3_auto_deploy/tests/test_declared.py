"""What can go wrong is described: with its schema, an example, and nothing that does not happen."""

import json
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from flighttime.app import app
from flighttime.web import declared
from flighttime.web.problems import MEDIA_TYPE

OPERATIONS = [
    pytest.param(operation, id=f"{method} {path}")
    for path, methods in app.openapi()["paths"].items()
    for method, operation in methods.items()
]


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_failure_is_a_problem_document_with_an_example(operation: dict) -> None:
    answers = {int(status): answer for status, answer in operation["responses"].items()}

    assert {503, 504} <= answers.keys()
    for status, answer in answers.items():
        if status >= 400:
            example = answer["content"][MEDIA_TYPE]["example"]
            assert declared.ProblemDetails(**example).status == status


def test_whatever_the_document_refers_to_is_in_it(client: TestClient) -> None:
    document = client.get("/openapi.json").json()

    wanted = {part.split('"')[0] for part in json.dumps(document).split('"#/components/schemas/')[1:]}
    assert wanted <= document["components"]["schemas"].keys()
    assert {"ProblemDetails", "Mistake"} <= wanted
    assert "HTTPValidationError" not in document["components"]["schemas"]


def test_a_real_problem_is_as_declared(client: TestClient, settled: Path) -> None:
    told = client.post("/predict", json={"distance": -1}).json()

    assert declared.ProblemDetails(**told).model_dump(exclude_unset=True) == told


@pytest.fixture
def client() -> TestClient:
    return TestClient(app, raise_server_exceptions=False)
