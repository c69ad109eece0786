"""Each application keeps its OpenAPI document, and answers MLflow's clients."""

from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

import pandas as pd
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck
from hypothesis import Phase
from hypothesis import given
from hypothesis import settings
from hypothesis.configuration import set_hypothesis_home_dir
from mlflow.pyfunc.scoring_server.client import ScoringServerClient
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import content_type_conformance
from schemathesis.specs.openapi.checks import response_headers_conformance
from schemathesis.specs.openapi.checks import response_schema_conformance
from schemathesis.specs.openapi.checks import status_code_conformance

from ladder.places import LEVELS

pytestmark = pytest.mark.slow

EXAMPLES = 25
EACH = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
WITH_BODY = {"POST /predict", "POST /invocations"}
WITHOUT_INPUT = {"GET /health/live", "GET /health/ready", "GET /version", "GET /metrics"}


def test_every_response_to_valid_and_invalid_requests_is_declared_in_the_document(
    application: str,
    tmp_path: Path,
) -> None:
    set_hypothesis_home_dir(tmp_path)
    document = schemathesis.openapi.from_url(f"{application}/openapi.json")
    operations = {
        operation.label: operation
        for operation in (found.ok() for found in document.get_all_operations())
    }

    valid = {
        label: ask(operation, GenerationMode.POSITIVE) for label, operation in operations.items()
    }
    invalid = {label: ask(operations[label], GenerationMode.NEGATIVE) for label in WITH_BODY}

    assert operations.keys() == WITH_BODY | WITHOUT_INPUT | {"PUT /admin/drain"}
    assert all(valid[label].keys() == {200} for label in WITHOUT_INPUT)
    for label in WITH_BODY:
        assert valid[label][200] > EXAMPLES / 4
        assert 422 in invalid[label] and invalid[label].keys() <= {400, 415, 422}


def ask(operation: APIOperation, mode: GenerationMode) -> Counter[int]:
    """How often each status was the response to generated requests of an operation."""
    statuses: Counter[int] = Counter()

    @EACH
    @given(case=operation.as_strategy(generation_mode=mode))
    def try_one(case: schemathesis.Case) -> None:
        answer = case.call()
        statuses[answer.status_code] += 1
        case.validate_response(answer, checks=CHECKS)

    try_one()
    return statuses


def test_a_client_of_mlflow_gets_the_sample_outputs_of_the_model(
    application: str, level: int, runs: Path
) -> None:
    flights, minutes = samples(level, runs / LEVELS[level].name)
    place = urlsplit(application)
    client = ScoringServerClient(place.hostname, place.port)

    client.wait_server_ready()
    answers = client.invoke(flights).get_predictions()

    assert len(flights) >= 20
    assert answers[0].tolist() == pytest.approx(minutes, rel=0, abs=1e-9)


@pytest.mark.parametrize("form", ["dataframe_split", "dataframe_records", "inputs", "csv"])
def test_every_format_that_mlflow_documents_gets_the_same(
    application: str, level: int, runs: Path, form: str
) -> None:
    flights, minutes = samples(level, runs / LEVELS[level].name)

    answer = requests.post(f"{application}/invocations", **sent(flights, form), timeout=60)

    assert answer.json() == {"predictions": pytest.approx(minutes, rel=0, abs=1e-9)}


def sent(flights: pd.DataFrame, form: str) -> dict:
    if form == "csv":
        return {"data": flights.to_csv(index=False), "headers": {"Content-Type": "text/csv"}}
    orient = {"dataframe_split": "split", "dataframe_records": "records", "inputs": "list"}[form]
    return {"json": {form: flights.to_dict(orient)}}


def samples(level: int, state: Path) -> tuple[pd.DataFrame, list[float]]:
    """Flights, and the model's predictions for them, written when it was handed off or packaged."""
    if level == 1:
        (folder,) = (state / "models").iterdir()
        inputs, outputs = (
            pd.read_csv(folder / f"sample_{name}.csv") for name in ("inputs", "outputs")
        )
        return inputs, outputs["minutes"].tolist()
    examples = pd.read_json(state / "packages" / "1" / "examples.json")
    return examples.drop(columns="minutes"), examples["minutes"].tolist()
