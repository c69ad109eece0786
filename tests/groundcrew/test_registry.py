"""The registry logs all that reproduces a model, gives the model back, and reports failures."""

import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import level_runs
import mlflow
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from mlflow.entities import Run
from mlflow.exceptions import MlflowException
from mlflow.protos import databricks_pb2
from mlflow.tracking._tracking_service.utils import _get_store
from mlflow.utils.file_utils import local_file_uri_to_path
from mlflow.utils.validation import _validate_metric_name
from requests import RequestException
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import SQLAlchemyError

from groundcrew import files
from groundcrew import model_files
from groundcrew import registry
from groundcrew import settings
from groundcrew import shield
from groundcrew.errors import UserError
from groundcrew.registry import creation
from groundcrew.registry import facts
from groundcrew.registry import failures
from groundcrew.registry import template as empty_store
from groundcrew.registry import unfinished
from groundcrew.registry.runs import metric_name
from groundcrew.serving import State

TRUSTED = ["sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor"]
FEATURES = ["distance", "seats"]
TAGS = {
    "commit": "c0ffee",
    "changed": "no",
    "requirements": 64 * "a",
    "groundcrew": "0f0f0f0f0f0f",
    "python": "3.11.9",
    "platform": "Linux",
    "numerics": "numpy 2.4",
    "trained_from": "2013-01-01",
    "trained_until": "2013-02-21",
    "data_digest": 64 * "d",
    "model_digest": 64 * "e",
    "today": "2013-03-01",
    "data_version": "0",
}
METRICS = {
    "trained_flights": 43770,
    "holdout_flights": 6200,
    "mae": 8.394,
    "bias": 0.94,
    "route_median_mae": 7.84,
    **{f"mae/{name}": 8.85 for name in ("miles/1000-2000", "miles/0-500", "origin/JFK")},
    **{f"flights/{name}": 2090 for name in ("miles/1000-2000", "miles/0-500", "origin/JFK")},
    "mae/miles/500-1000": 7.5,
    "flights/miles/500-1000": 12,
}
FIRST_USE = """
import os, sys

class Watch:
    def find_spec(self, name, path, target=None):
        if name == "mlflow":
            print(*(os.environ.get(name) for name in sys.argv[1:]))
            sys.exit()

sys.meta_path.insert(0, Watch())
from groundcrew import registry
print("mlflow" in sys.modules)
registry.client()
"""


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    generator = np.random.default_rng(0)
    return pd.DataFrame(generator.uniform(100, 2000, (200, 2)), columns=FEATURES)


@pytest.fixture(scope="module")
def pipeline(rows: pd.DataFrame) -> Pipeline:
    trees = HistGradientBoostingRegressor(max_iter=3, random_state=0)
    steps = [("same", FunctionTransformer()), ("trees", trees)]
    return Pipeline(steps).fit(rows, rows["distance"] / 7)


@pytest.fixture(scope="module")
def arguments(rows: pd.DataFrame, pipeline: Pipeline) -> dict:
    """The arguments of `log_run` for a complete run."""
    figure = Figure()
    figure.subplots().plot([1, 2])
    return {
        "params": {"training": {"window_days": 59, "loss": "absolute"}},
        "tags": TAGS,
        "metrics": METRICS,
        "figure": figure,
        "pipeline": pipeline,
        "trusted": TRUSTED,
        "example": rows.head(5),
        "frames": {"holdout": holdout(rows)},
        "documents": {"profile": {"distance": [1, 2.5]}},
    }


def holdout(rows: pd.DataFrame) -> pd.DataFrame:
    days = pd.date_range("2013-02-22", periods=len(rows), tz="UTC")
    return rows.tail(50).assign(date=days[-50:], flight_id="mine")


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory, arguments: dict) -> Iterator[Path]:
    """A state folder with one complete run, which is registered as version 1."""
    folder = tmp_path_factory.mktemp("template")
    with pytest.MonkeyPatch.context() as patch:
        enter(patch, folder)
        registry.register(registry.log_run("as of 2013-03-01", **arguments))
    yield folder


def enter(patch: pytest.MonkeyPatch, runs: Path) -> None:
    project = runs.parent / f"{runs.name}-project"
    project.mkdir()
    (project / "requirements.txt").write_text("scikit-learn\n", encoding="utf-8")
    patch.setenv("FLIGHTTIME_RUNS", str(runs))
    patch.delenv("MLFLOW_TRACKING_URI", raising=False)
    for name, value in shield.MLFLOW_VARIABLES.items():
        patch.setenv(name, value)
    patch.setattr(settings, "_package", project / "flighttime")


@pytest.fixture(autouse=True)
def runs(
    environment: None,
    template: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Path:
    """A copy of that state folder."""
    runs = shutil.copytree(template, tmp_path / "runs")
    enter(monkeypatch, runs)
    return runs


@pytest.fixture
def run() -> Run:
    return registry.run("1")


def test_a_run_holds_params_tags_and_metrics(run: Run) -> None:
    assert run.info.run_name == "as of 2013-03-01"
    assert run.info.status == "FINISHED"
    assert run.data.params == {"training.window_days": "59", "training.loss": '"absolute"'}
    assert TAGS.items() <= run.data.tags.items()
    assert run.data.metrics == METRICS


@pytest.mark.parametrize("code", ["U&A", "", ".", "..", "A/", "/A", "a\nb", "é U:A-1.5_", "100%"])
def test_a_metric_may_be_named_after_any_code(code: str) -> None:
    name = metric_name(f"mae/carrier/{code}")

    _validate_metric_name(name)
    assert metric_name(name) == name


def test_codes_of_metrics_stay_apart() -> None:
    names = [metric_name(f"mae/carrier/{code}") for code in ("U&A", "U%A", "UA", ".", "..")]

    assert len(set(names)) == 5
    assert [*map(metric_name, METRICS)] == [*METRICS]


def test_a_run_with_an_odd_code_is_logged(arguments: dict) -> None:
    run_id = registry.log_run("odd", **arguments | {"metrics": METRICS | {"mae/carrier/U&A": 8.5}})

    assert registry.run(run_id).data.metrics["mae/carrier/U_x26_A"] == 8.5


def test_the_figure_is_an_artifact_of_the_run(arguments: dict, tmp_path: Path) -> None:
    arguments["figure"].savefig(tmp_path / "expected.png")

    logged = registry.download("1", "errors.png")

    assert logged.read_bytes() == (tmp_path / "expected.png").read_bytes()


def test_a_frame_is_an_artifact_that_reads_back_exactly(rows: pd.DataFrame) -> None:
    logged = pd.read_parquet(registry.download("1", "holdout.parquet"))

    expected = holdout(rows).reset_index(drop=True)
    pd.testing.assert_frame_equal(logged, expected, check_exact=True)


def test_a_document_is_an_artifact_that_reads_back_exactly() -> None:
    logged = files.read_json(registry.download("1", "profile.json"))

    assert logged == {"distance": [1, 2.5]}


def test_frames_and_documents_may_be_left_out(arguments: dict) -> None:
    needed = {name: value for name, value in arguments.items() if name[:2] not in ("fr", "do")}

    run_id = registry.log_run("as of 2013-03-01", **needed)

    artifacts = registry.client().list_artifacts(run_id)
    assert [artifact.path for artifact in artifacts] == ["errors.png"]


def test_the_registry_returns_the_model_to_the_last_bit(
    pipeline: Pipeline,
    rows: pd.DataFrame,
) -> None:
    loaded = model_files.load(registry.download("1", "model") / "model.skops", TRUSTED)

    assert loaded.predict(rows).tolist() == pipeline.predict(rows).tolist()


def test_the_model_has_a_signature_an_example_and_the_lock(template: Path) -> None:
    info = mlflow.models.get_model_info("models:/flighttime/1")

    assert info.signature.inputs.input_names() == FEATURES
    assert len(info.signature.outputs.inputs) == 1
    assert info.saved_input_example_info
    assert info.run_id == registry.version("1").run_id
    lock = registry.download("1", "model") / "requirements.txt"
    assert lock.read_text(encoding="utf-8").splitlines()[-1] == "scikit-learn"


def test_mlflow_loads_the_model(pipeline: Pipeline, rows: pd.DataFrame) -> None:
    loaded = mlflow.pyfunc.load_model("models:/flighttime/1")

    assert loaded.predict(rows).tolist() == pipeline.predict(rows).tolist()


def test_no_file_of_a_model_can_execute_code(template: Path) -> None:
    suffixes = {path.suffix for path in (template / "artifacts").rglob("*") if path.is_file()}

    assert ".skops" in suffixes
    assert suffixes.isdisjoint({".pkl", ".pickle", ".joblib", ".cloudpickle", ".py"})


KILLED = """
import os
from groundcrew import registry
from groundcrew.registry import unfinished
client = registry.client()
run = client.create_run(client.get_experiment_by_name("flighttime").experiment_id)
with unfinished.writing(run.info.run_id):
    print(run.info.run_id, flush=True)
    os._exit(9)
"""


def test_a_run_that_was_killed_is_ended_by_the_next_one(arguments: dict) -> None:
    killed = subprocess.run(
        [level_runs.starter().python, "-c", KILLED],
        env=level_runs.warmly(),
        capture_output=True,
        text=True,
    )
    client = registry.client()
    experiment = client.get_experiment_by_name("flighttime").experiment_id
    recent = client.create_run(experiment)
    days_ago = int(1000 * (time.time() - 2 * 24 * 60 * 60))
    old = client.create_run(experiment, start_time=days_ago)
    with unfinished.writing((ours := client.create_run(experiment)).info.run_id):
        registry.log_run("next", **arguments)

    runs = {"killed": killed.stdout.strip(), "old": old.info.run_id}
    runs |= {"ours": ours.info.run_id, "recent": recent.info.run_id}
    assert {name: registry.run(run).info.status for name, run in runs.items()} == {
        "killed": "FAILED",
        "old": "FAILED",
        "ours": "RUNNING",  # a process writes it
        "recent": "RUNNING",  # another machine may write it
    }
    assert list((settings.runs() / "locks").glob("run-*")) == []


def test_what_mlflow_makes_for_a_while_is_in_the_state(
    arguments: dict, runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders = []

    def keep(*given: object, log: Callable = mlflow.log_artifacts) -> None:
        folders.append(tempfile.gettempdir())
        log(*given)

    monkeypatch.setattr(mlflow, "log_artifacts", keep)

    registry.log_run("train", **arguments)

    assert len(folders) == 1
    assert all(Path(folder).is_relative_to(runs / "scratch") for folder in folders)
    assert list((runs / "scratch").iterdir()) == []


def test_a_run_whose_logging_fails_has_the_status_failed(arguments: dict) -> None:
    arguments = {**arguments, "figure": None}

    with pytest.raises(TypeError):
        registry.log_run("broken", **arguments)

    experiment = registry.client().get_experiment_by_name(registry.NAME).experiment_id
    (run,) = registry.client().search_runs([experiment], "attributes.run_name = 'broken'")
    assert run.info.status == "FAILED"


def test_logging_that_mlflow_refuses_is_a_user_error(arguments: dict) -> None:
    arguments = {**arguments, "params": {"not allowed": {"?": 1}}}

    with pytest.raises(UserError, match="the registry sqlite:///.* refused a request .*not allow"):
        registry.log_run("as of 2013-03-01", **arguments)

    assert mlflow.active_run() is None


def test_a_run_is_found_by_its_id_and_by_its_version(run: Run) -> None:
    assert run.info.run_id == registry.version("1").run_id
    assert registry.run(run.info.run_id).info.run_id == run.info.run_id


@pytest.mark.parametrize("name", [32 * "0", "a name that is no id"])
def test_a_run_that_does_not_exist_is_refused(name: str) -> None:
    remedy = "give the whole id of a run, or the number of a version"
    with pytest.raises(UserError, match=f"there is no run '{name}' in the registry: {remedy}"):
        registry.run(name)


@pytest.mark.parametrize("number", ["2", "0", "-1", "1.0", "newest", ""])
def test_a_version_that_does_not_exist_is_refused(number: str) -> None:
    reason = f"there is no version '{number}' in the registry"
    with pytest.raises(UserError, match=f"{reason}: python -m flighttime.pipeline makes one"):
        registry.version(number)
    with pytest.raises(UserError, match="there is no version"):
        registry.download(number, "model")
    with pytest.raises(UserError, match="there is no version"):
        registry.lineage(number)
    with pytest.raises(UserError, match="there is no version"):
        registry.set_alias("champion", number)


def test_an_artifact_that_does_not_exist_is_refused(capfd: pytest.CaptureFixture) -> None:
    with pytest.raises(UserError, match="no absent.parquet of version 1: restore its artifacts"):
        registry.download("1", "absent.parquet")

    assert capfd.readouterr().err == ""


def test_a_download_shows_no_progress_bar(capfd: pytest.CaptureFixture) -> None:
    registry.download("1", "model")
    registry.download("1", "holdout.parquet")

    assert capfd.readouterr().err == ""


def test_artifacts_that_were_removed_are_reported(runs: Path) -> None:
    registry.client()
    shutil.rmtree(runs / "artifacts")

    with pytest.raises(UserError, match="no model of version 1: restore its artifacts"):
        registry.download("1", "model")


@pytest.fixture
def swapped(run: Run) -> Iterator[Callable[[str, str], None]]:
    """Swap a file of an artifact of version 1 for another one until the test ends."""
    kept = {}

    def swap(artifact: str, name: str) -> None:
        folder = Path(local_file_uri_to_path(run.info.artifact_uri))
        path = (registry.download("1", "model") if artifact == "model" else folder) / name
        kept[path] = path.read_bytes()
        path.write_bytes(b"another file")

    yield swap
    for path, content in kept.items():
        path.write_bytes(content)


@pytest.mark.parametrize(
    ("artifact", "name"),
    [
        ("model", "model.skops"),
        ("model", "input_example.json"),
        ("holdout.parquet", "holdout.parquet"),
        ("profile.json", "profile.json"),
    ],
)
def test_a_file_that_was_swapped_in_the_artifact_store_is_refused_by_each_reader(
    swapped: Callable[[str, str], None],
    artifact: str,
    name: str,
) -> None:
    swapped(artifact, name)

    reason = "is not the file that was recorded .SHA-256 .*: restore it, or train again"
    with pytest.raises(UserError, match=f"{name} {reason}"):
        registry.download("1", artifact)


def test_a_stored_model_is_the_one_recorded_or_the_difference_is_named(
    run: Run,
    swapped: Callable[[str, str], None],
) -> None:
    before = registry.stored_problem(run)
    swapped("model", "model.skops")

    assert before == ""
    assert "model.skops is not the file that was recorded" in registry.stored_problem(run)


def test_a_stored_model_that_is_gone_is_named(run: Run, runs: Path) -> None:
    shutil.rmtree(runs / "artifacts")

    reason = f"the registry has no model of run {run.info.run_id}: restore its artifacts"
    assert registry.stored_problem(run).startswith(reason)


def test_a_file_that_is_missing_in_the_model_is_refused() -> None:
    path = registry.download("1", "model") / "model.skops"
    moved = path.rename(path.with_name("moved away"))

    with pytest.raises(UserError, match="model.skops is not the file that was recorded .*missing"):
        registry.download("1", "model")

    moved.rename(path)


def test_files_of_which_older_code_recorded_no_digest_are_read(run: Run) -> None:
    for name in [name for name in run.data.tags if name.startswith("sha256/")]:
        registry.client().delete_tag(run.info.run_id, name)

    assert (registry.download("1", "model") / "model.skops").is_file()


def test_a_comparison_names_both_versions_by_number_and_by_run(run: Run) -> None:
    registry.register(run.info.run_id)

    assert registry.compared("2", None) == {
        "version": "2",
        "champion": None,
        "run": run.info.run_id,
        "champion_run": None,
    }
    assert registry.compared("2", "1")["champion_run"] == run.info.run_id
    with pytest.raises(UserError, match="there is no version '3'"):
        registry.compared("3", "1")


def test_a_run_is_registered_under_the_next_number(run: Run) -> None:
    assert registry.register(run.info.run_id) == "2"
    assert registry.version("2").run_id == run.info.run_id


def test_a_run_without_a_model_is_not_registered() -> None:
    with pytest.raises(UserError, match="run '0f0f' has no model: give the id of a run that fini"):
        registry.register("0f0f")


def test_the_lineage_of_a_version_is_that_of_its_run(run: Run, tmp_path: Path) -> None:
    machine = ("groundcrew", "python", "platform", "numerics")

    lineage = registry.lineage("1")

    assert lineage == {
        "run": run.info.run_id,
        **{name: text for name, text in TAGS.items() if name not in machine},
        "data_version": 0,
        "metrics": METRICS,
    }
    files.write_json(tmp_path / "lineage.json", lineage)
    assert files.read_json(tmp_path / "lineage.json") == lineage


def test_another_thread_may_read_variables_while_a_model_is_logged(
    arguments: dict, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The application in a replay does; MLflow's own way of reading them then failed the run."""
    usual, meanwhile = os._Environ.get, []
    monkeypatch.setattr(
        mlflow.models.utils,
        "_validate_serving_input",
        lambda **_: meanwhile.append(os._Environ.get),
    )

    registry.log_run("as of 2013-03-01", **arguments)

    assert meanwhile == [usual]


def test_a_lineage_with_a_missing_tag_is_refused(run: Run) -> None:
    registry.client().delete_tag(run.info.run_id, "data_version")

    with pytest.raises(UserError, match="the run of version 1 lacks data_version: .*train again"):
        registry.lineage("1")


def test_the_certified_error_of_a_version_is_that_on_its_holdout() -> None:
    assert registry.certified_error("1") == 8.394
    with pytest.raises(UserError, match="there is no version '2'"):
        registry.certified_error("2")


def test_a_lineage_is_not_read_again_until_something_is_written(
    monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    """It is asked again for each week, each package and each decision."""
    registry.certified_error("1")
    with monkeypatch.context() as patch:
        patch.setattr(mlflow.MlflowClient, "get_run", None)
        patch.setattr(mlflow.MlflowClient, "get_model_version", None)
        assert registry.certified_error("1") == 8.394

    registry.client().log_metric(run.info.run_id, "mae", 9.0)
    assert registry.certified_error("1") == 9.0
    registry.client().delete_model_version("flighttime", "1")
    with pytest.raises(UserError, match="there is no version '1'"):
        registry.certified_error("1")


def test_a_run_that_was_purged_is_named_with_its_version() -> None:
    run_id = registry.version("1").run_id
    registry.client().delete_run(run_id)
    _get_store()._hard_delete_run(run_id)

    for lookup in (registry.run, registry.lineage, registry.model_facts):
        with pytest.raises(UserError, match="the run of version 1 was removed .*: restore mlflow"):
            lookup("1")


def test_before_the_first_release_nothing_serves() -> None:
    assert registry.champion() is None
    assert registry.serving_state(registry.CHAMPION) is None


def serving(alias: str) -> State | None:
    """The numbers of the versions to serve, without what made them."""
    state = registry.serving_state(alias)
    return state and state._replace(made_by=())


def test_the_champion_serves_with_its_challenger_and_its_shadow() -> None:
    registry.set_champion("1")
    registry.set_split("3", 0.2)
    registry.set_shadow("4")

    assert registry.champion() == "1"
    assert registry.shadow() == "4"
    assert serving(registry.CHAMPION) == State("1", "3", 0.2, "4")


def test_other_aliases_serve_alone() -> None:
    registry.set_champion("1")
    registry.set_split("3", 0.2)
    registry.set_shadow("4")
    registry.set_alias(registry.CHALLENGER, "1")

    assert serving(registry.CHALLENGER) == State("1")


@pytest.mark.parametrize("share", [0, 0.0])
def test_a_share_of_nothing_ends_the_ab_test(share: float) -> None:
    registry.set_champion("1")
    registry.set_split("3", 0.2)

    registry.set_split("3", share)

    assert serving(registry.CHAMPION) == State("1")


def test_a_new_champion_ends_the_ab_test_and_the_shadow(run: Run) -> None:
    registry.register(run.info.run_id)
    registry.set_champion("1")
    registry.set_split("3", 0.2)
    registry.set_shadow("4")

    registry.set_champion("2")

    assert serving(registry.CHAMPION) == State("2")


def test_a_champion_that_does_not_exist_changes_nothing() -> None:
    registry.set_champion("1")
    registry.set_split("3", 0.2)

    with pytest.raises(UserError, match="there is no version '7' in the registry"):
        registry.set_champion("7")

    assert serving(registry.CHAMPION) == State("1", "3", 0.2)


def test_there_may_be_no_champion_again() -> None:
    registry.set_champion("1")

    registry.set_champion(None)

    assert registry.champion() is None


def test_a_split_that_cannot_be_read_is_ignored() -> None:
    registry.set_champion("1")
    registry.set_tag("split", "3 and 4")

    assert serving(registry.CHAMPION) == State("1")


def test_a_number_that_names_another_run_is_another_serving_state(runs: Path, run: Run) -> None:
    registry.set_champion("1")
    registry.set_split(registry.register(run.info.run_id), 0.2)
    before = registry.serving_state(registry.CHAMPION)

    with closing(sqlite3.connect(runs / "mlflow.db")) as store, store:
        store.execute("UPDATE model_versions SET run_id = 'another' WHERE version = 2")
    after = registry.serving_state(registry.CHAMPION)

    assert before[:-1] == after[:-1]
    assert before.made_by[0] == after.made_by[0]
    assert before.made_by[1] != after.made_by[1]
    assert before == before._replace() != after


@pytest.mark.skipif(os.name == "nt", reason="Windows does not replace a file that is open")
def test_a_store_whose_file_was_replaced_is_opened_again(runs: Path, run: Run) -> None:
    registry.set_champion("1")
    database, error = runs / "mlflow.db", registry.certified_error("1")
    shutil.copy(database, runs / "restored.db")
    with closing(sqlite3.connect(runs / "restored.db")) as store, store:
        store.execute("UPDATE latest_metrics SET value = 77.5 WHERE key = 'mae'")
    registry.set_champion(registry.register(run.info.run_id))

    (runs / "restored.db").replace(database)

    assert registry.champion() == "1"
    assert (error, registry.certified_error("1")) == (8.394, 77.5)


@pytest.mark.skipif(os.name == "nt", reason="Windows does not move a file that is open")
def test_no_store_is_made_where_one_was_removed_while_it_was_in_use(runs: Path) -> None:
    database = runs / "mlflow.db"
    registry.set_champion("1")
    database.rename(runs / "moved.db")

    with pytest.raises(UserError, match="mlflow.db was removed while it was in use: restore it"):
        registry.champion()

    assert not database.exists()
    (runs / "moved.db").rename(database)
    assert registry.champion() == "1"


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list:
    """The questions for the registered model, which grow as they are asked."""
    looks, read = [], mlflow.MlflowClient.get_registered_model
    monkeypatch.setattr(
        mlflow.MlflowClient,
        "get_registered_model",
        lambda *arguments: looks.append(arguments) or read(*arguments),
    )
    return looks


def test_serving_state_is_read_in_one_look(looks: list) -> None:
    registry.set_champion("1")
    looks.clear()

    registry.serving_state(registry.CHAMPION)

    assert len(looks) == 1


def test_the_serving_state_is_not_read_again_until_something_is_written(
    runs: Path, run: Run, looks: list
) -> None:
    other = registry.register(run.info.run_id)
    registry.set_champion("1")
    looks.clear()

    for _ in range(3):
        assert serving(registry.CHAMPION) == State("1")
    assert len(looks) == 1
    with closing(sqlite3.connect(runs / "mlflow.db")) as store, store:
        store.execute("UPDATE registered_model_aliases SET version = ?", [other])

    assert serving(registry.CHAMPION) == State(other)
    assert len(looks) == 2


def test_an_alias_is_set_moved_and_deleted(run: Run) -> None:
    assert registry.alias("champion") is None
    registry.register(run.info.run_id)

    registry.set_alias("champion", "1")
    registry.set_alias("champion", "2")
    assert registry.alias("champion") == "2"

    registry.set_alias("champion", None)
    registry.set_alias("champion", None)
    assert registry.alias("champion") is None


def test_a_tag_is_set_and_cleared() -> None:
    assert registry.tag("split") == ""

    registry.set_tag("split", "3:0.2")
    assert registry.tag("split") == "3:0.2"

    registry.set_tag("split", "")
    assert registry.tag("split") == ""


def test_aliases_and_tags_can_be_read_at_one_moment() -> None:
    registry.set_alias("champion", "1")
    registry.set_tag("split", "3:0.2")

    model = registry.registered_model()

    assert {name: str(number) for name, number in model.aliases.items()} == {"champion": "1"}
    assert model.tags == {"split": "3:0.2"}


def test_a_new_store_is_created_on_first_use(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FLIGHTTIME_RUNS", str(tmp_path / "new"))

    assert registry.alias("champion") is None

    assert (tmp_path / "new" / "mlflow.db").exists()
    assert "MLFLOW_TRACKING_URI" not in os.environ


@pytest.fixture
def new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of a tracking store that is not made yet."""
    monkeypatch.setenv("FLIGHTTIME_RUNS", str(tmp_path / "new"))
    (tmp_path / "new").mkdir()
    return tmp_path / "new" / "mlflow.db"


def make_half(file: Path, *statements: str) -> None:
    """Make some of MLflow's tables, as before a kill -9 in the middle of its migrations."""
    first = [
        "CREATE TABLE alembic_version (version_num TEXT)",
        "INSERT INTO alembic_version VALUES ('451aebb31d03')",
        "CREATE TABLE trace_info (id TEXT)",
        "CREATE TABLE runs (run_uuid TEXT)",
    ]
    with closing(sqlite3.connect(file)) as store, store:
        for statement in [*first, *statements]:
            store.execute(statement)


def test_a_store_whose_making_is_killed_is_made_again(new: Path) -> None:
    code = """
from groundcrew import registry
from groundcrew.registry import template
template.copy, template.keep = lambda file: False, lambda file: None  # it takes longer without
registry.client()
"""
    process = subprocess.Popen([level_runs.starter().python, "-c", code], env=level_runs.warmly())
    # A client's death would end it a moment later.
    running = level_runs.program_of(process)
    while process.poll() is None and not list(new.parent.glob(".mlflow.db-*")):
        time.sleep(0.005)
    running.kill()
    process.wait()
    assert not new.exists()

    assert registry.champion() is None

    assert [path.name for path in new.parent.iterdir() if path.is_file()] == ["mlflow.db"]


def test_a_store_of_older_code_whose_making_was_killed_is_made_again(new: Path) -> None:
    make_half(new)
    new.with_name("mlflow.db-wal").touch()

    assert registry.champion() is None

    assert [path.name for path in new.parent.iterdir() if path.is_file()] == ["mlflow.db"]


def tables(file: Path) -> set[str]:
    """What makes the tables and indices of a store, and its rows without when they were made."""
    with closing(sqlite3.connect(file)) as store:
        return {re.sub(r"\d{13}", "then", line) for line in store.iterdump()}


@pytest.fixture
def kept(template: Path) -> Path:
    """The template of stores that this Python environment has since the first store was made."""
    return empty_store.place()


@pytest.fixture
def fresh_environment(new: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the template of stores is, of a Python environment that has none yet."""
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "environment"))
    return empty_store.place()


def make_store(file: Path) -> set[str]:
    """Make a store in place of `file`; returns its tables and rows."""
    file.unlink(missing_ok=True)
    creation.make(file, files.sqlite_url(file), file.with_name("artifacts"))
    return tables(file)


def test_a_store_begins_as_a_copy_of_an_empty_one_and_is_what_mlflow_would_make(
    new: Path, fresh_environment: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make_store(new)
    assert fresh_environment.exists()
    assert not [line for line in tables(fresh_environment) if "artifacts'" in line]
    monkeypatch.setattr(mlflow.store.db.utils, "_upgrade_db", lambda _: pytest.fail("migrated"))

    assert make_store(new) == made
    assert [path.name for path in fresh_environment.parent.iterdir()] == [fresh_environment.name]


@pytest.mark.parametrize("content", [b"", b"no database", b"damaged"])
def test_a_template_that_is_not_whole_is_made_again(
    new: Path, kept: Path, fresh_environment: Path, content: bytes
) -> None:
    names, whole = table_names(kept), kept.read_bytes()
    fresh_environment.parent.mkdir(parents=True)
    fresh_environment.write_bytes(whole[:500_000] if content == b"damaged" else content)

    make_store(new)

    assert table_names(new) == table_names(fresh_environment) == names


def table_names(file: Path) -> set[str]:
    """MLflow writes the same constraints in another order each time: the names are compared."""
    with closing(sqlite3.connect(file)) as store:
        return {name for (name,) in store.execute("SELECT name FROM sqlite_master")}


def test_a_store_is_made_where_the_environment_is_read_only(
    new: Path, fresh_environment: Path
) -> None:
    fresh_environment.parent.parent.parent.write_text("no folder", encoding="utf-8")

    assert make_store(new)


def test_an_empty_file_becomes_a_store(new: Path) -> None:
    new.touch()

    assert registry.champion() is None


def test_a_store_with_runs_that_lacks_the_registered_model_keeps_its_runs(
    new: Path,
    runs: Path,
) -> None:
    shutil.copy(runs / "mlflow.db", new)
    shutil.copytree(runs / "artifacts", new.parent / "artifacts")
    with closing(sqlite3.connect(new)) as store, store:
        store.execute("DELETE FROM registered_models")

    assert registry.champion() is None

    experiment = registry.client().get_experiment_by_name(registry.NAME).experiment_id
    assert registry.client().search_runs([experiment])


def test_a_store_with_runs_that_was_migrated_in_part_is_left_as_it_is(new: Path) -> None:
    make_half(new, "INSERT INTO runs VALUES ('a run')")

    remedy = "restore it from a backup, or move it away and train again"
    with pytest.raises(UserError, match=f"mlflow.db are of another MLflow, or .*: {remedy}"):
        registry.champion()

    with closing(sqlite3.connect(new)) as store:
        assert store.execute("SELECT * FROM runs").fetchall() == [("a run",)]


def places(runs: Path) -> set[str]:
    """Every place of files that the store of a state names, without what follows `artifacts`."""
    with closing(sqlite3.connect(runs / "mlflow.db")) as store:
        texts = " ".join(f"{row}" for row in store.iterdump() if "file:" in row)
    return set(re.findall(r"file://([^']*?/artifacts)", texts))


def test_a_copied_state_reads_and_writes_its_own_files(
    template: Path,
    runs: Path,
    arguments: dict,
) -> None:
    before = sorted(template.rglob("*"))

    registry.register(registry.log_run("in the copy", **arguments))

    assert places(runs) == {f"{runs}/artifacts"}
    assert places(template) == {f"{template}/artifacts"}
    assert sorted(template.rglob("*")) == before
    for number in "12":
        assert registry.download(number, "model").is_relative_to(runs)


def test_a_moved_state_works_where_it_is(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    registry.client()
    moved = runs.rename(runs.parent / "moved to a % folder")
    monkeypatch.setenv("FLIGHTTIME_RUNS", str(moved))

    assert registry.download("1", "model").is_relative_to(moved)
    assert pd.read_parquet(registry.download("1", "holdout.parquet")).shape == (50, 4)


def test_a_store_that_was_copied_without_its_files_is_refused(
    runs: Path,
    template: Path,
) -> None:
    shutil.rmtree(runs / "artifacts")

    remedy = f"which are in {template}/artifacts: copy that folder to {runs}/artifacts"
    with pytest.raises(UserError, match=f"mlflow.db was copied without the files .*, {remedy}"):
        registry.champion()

    assert places(runs) == {f"{template}/artifacts"}


@pytest.mark.parametrize("name", ["why?", "a%20b", "a #b", "a::b", "100%"])
def test_a_state_keeps_its_store_inside_whatever_its_name(
    name: str,
    tmp_path: Path,
    arguments: dict,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = tmp_path / "states" / name / "one"
    monkeypatch.setenv("FLIGHTTIME_RUNS", str(folder))

    registry.register(registry.log_run("as of 2013-03-01", **arguments))

    assert {path.name for path in folder.iterdir()} == {
        "mlflow.db",
        "artifacts",
        "locks",
        "scratch",
    }
    assert not [path for path in (folder / "scratch").iterdir() if path.is_dir()]
    assert [path.name for path in (tmp_path / "states").iterdir()] == [name]
    assert registry.download("1", "model").is_relative_to(folder)
    assert registry.download("1", "holdout.parquet").is_file()


def test_a_run_that_the_terminal_names_is_not_written_to(
    runs: Path,
    run: Run,
    arguments: dict,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MLFLOW_RUN_ID", run.info.run_id)
    monkeypatch.setenv("MLFLOW_EXPERIMENT_NAME", "mine")
    monkeypatch.setenv("MLFLOW_REGISTRY_URI", f"sqlite:///{runs.parent}/mine.db")

    new = registry.log_run("as of 2013-02-20", **{**arguments, "metrics": {"mae": 1.0}})

    assert registry.register(new) == "2"
    assert new != run.info.run_id
    assert registry.run("1").data.metrics == METRICS
    assert not (runs.parent / "mine.db").exists()


@pytest.mark.parametrize("address", ["http://127.0.0.1:1", "http://127.0.0.1:none", "http://"])
def test_a_server_that_does_not_answer_is_reported_at_once(
    monkeypatch: pytest.MonkeyPatch,
    address: str,
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", address)

    remedy = "check that it runs, or correct MLFLOW_TRACKING_URI"
    with pytest.raises(UserError, match=f"the registry {address} is out of reach .*: {remedy}"):
        registry.version("1")


def test_spaces_around_the_address_of_a_server_are_not_part_of_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", " http://127.0.0.1:1 ")

    with pytest.raises(UserError, match="the registry http://127.0.0.1:1 is out of reach"):
        registry.version("1")


def test_a_full_disk_is_not_reported_as_a_registry_out_of_reach() -> None:
    full = "(raised as a result of autoflush)\n(sqlite3.OperationalError) database or disk is full"

    with pytest.raises(UserError, match="^the disk is full .*: free some space"):
        with failures.user_errors():
            raise SQLAlchemyError(full)


def test_a_full_disk_is_reported_in_its_own_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*arguments: object) -> None:
        full = OperationalError("INSERT", {}, OSError("database or disk is full"))
        raise MlflowException(full, databricks_pb2.TEMPORARILY_UNAVAILABLE)

    monkeypatch.setattr(mlflow.MlflowClient, "set_registered_model_tag", fail)

    with pytest.raises(UserError, match="^the disk is full .*disk is full.*: free some space"):
        registry.set_tag("split", "")


def test_a_file_that_is_no_store_is_reported(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLIGHTTIME_RUNS", str(runs.parent / "broken"))
    (runs.parent / "broken").mkdir()
    (runs.parent / "broken" / "mlflow.db").write_text("no database" * 1000, encoding="utf-8")

    with pytest.raises(UserError, match="the registry sqlite:///.*mlflow.db cannot be used"):
        registry.version("1")


def test_a_password_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://kim:ses@me@127.0.0.1:1")

    with pytest.raises(UserError, match=r"the registry http://\*\*\*@127.0.0.1:1 is") as error:
        registry.version("1")

    assert "kim" not in str(error.value)
    assert "me@" not in str(error.value)


def test_a_password_in_the_message_of_mlflow_is_not_shown() -> None:
    with pytest.raises(UserError) as error, registry.user_errors():
        raise MlflowException("cannot ask http://kim:sesame@server:5000/api twice\nmore lines")

    assert "failed (cannot ask http://***@server:5000/api twice): remove" in str(error.value)


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        (MlflowException("gone"), r"failed \(gone\): remove the cause"),
        (OperationalError("SELECT 1", {}, OSError("locked")), "cannot be used .*: free its disk"),
        (RequestException("reset"), r"is out of reach \(reset\): check that it runs"),
        (MlflowException("wrong", databricks_pb2.INVALID_PARAMETER_VALUE), "refused a request"),
    ],
)
def test_a_failure_in_the_middle_of_work_is_a_user_error(
    monkeypatch: pytest.MonkeyPatch,
    arguments: dict,
    problem: Exception,
    words: str,
) -> None:
    def fail(*arguments: object, **options: object) -> None:
        raise problem

    monkeypatch.setattr(mlflow, "log_metrics", fail)
    monkeypatch.setattr(mlflow.MlflowClient, "get_registered_model", fail)

    with pytest.raises(UserError, match=words):
        registry.log_run("as of 2013-03-01", **arguments)
    with pytest.raises(UserError, match=words):
        registry.alias("champion")


def test_a_lookup_that_cannot_reach_the_registry_does_not_report_a_missing_version(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*arguments: object) -> None:
        raise MlflowException("gone")

    for name in ("get_model_version", "get_run"):
        monkeypatch.setattr(mlflow.MlflowClient, name, fail)

    with pytest.raises(UserError, match="failed \\(gone\\)"):
        registry.version("1")
    with pytest.raises(UserError, match="failed \\(gone\\)"):
        registry.run(32 * "0")


def test_mlflow_is_loaded_on_first_use_and_discloses_nothing() -> None:
    variables = shield.MLFLOW_VARIABLES
    environment = {name: value for name, value in os.environ.items() if name not in variables}
    command = [sys.executable, "-c", FIRST_USE, *variables]

    done = subprocess.run(command, env=environment, capture_output=True, text=True)

    assert done.stdout == "False\ntrue false false true\n", done.stderr


def test_facts_say_how_good_the_model_was(run: Run) -> None:
    sections = registry.run_facts(run)

    assert sections["Measured"] == {
        "Mean error": "8.39 minutes",
        "Mean error of the route's median": "7.84 minutes",
        "Mean of errors with their sign": "+0.94 minutes",
        "Measured on": "6,200 flights of the days after",
    }
    assert sections["Mean error by slice"] == registry.slice_facts(METRICS)


def test_slices_are_sorted_by_name_and_distance() -> None:
    assert registry.slice_facts(METRICS) == {
        "miles/0-500": "8.85 minutes, 2,090 flights",
        "miles/500-1000": "7.50 minutes, 12 flights",
        "miles/1000-2000": "8.85 minutes, 2,090 flights",
        "origin/JFK": "8.85 minutes, 2,090 flights",
    }
    assert [*registry.slice_facts(METRICS)][1] == "miles/500-1000"


def test_facts_say_what_the_model_was_made_from(run: Run) -> None:
    sections = registry.run_facts(run)

    made_from = sections["Made from"]
    assert made_from["Trained on"] == "43,770 flights, 2013-01-01 to 2013-02-21"
    assert made_from["As of"] == "2013-03-01"
    assert made_from["Data version"] == "0"
    assert made_from["Data"] == "SHA-256 dddddddddddd…"
    assert made_from["Run"] == run.info.run_id
    assert sections["Settings"]["training.window_days"] == "59"


def test_the_address_of_a_run_on_a_server_has_no_password(
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://kim:sesame@records.example:5000")

    path = f"#/experiments/{run.info.experiment_id}/runs/{run.info.run_id}"
    assert facts.run_address(run) == f"http://records.example:5000/{path}"


def test_facts_that_older_code_did_not_log_are_not_on_record(run: Run) -> None:
    for name in ("data_digest", "trained_until"):
        del run.data.tags[name]
    del run.data.metrics["bias"]

    sections = registry.run_facts(run)

    assert sections["Measured"]["Mean of errors with their sign"] == "not on record"
    assert sections["Measured"]["Mean error"] == "8.39 minutes"
    assert sections["Made from"]["Data"] == "not on record"
    assert sections["Made from"]["Trained on"] == "not on record"


def test_facts_of_a_version_say_since_when_it_is_in_production(run: Run) -> None:
    sections = registry.model_facts("1", "2013-03-02")

    assert sections["In short"] == {
        "Version": "1",
        "In production since": "2013-03-02",
        "Trained on": sections["Made from"]["Trained on"],
    }
    assert sections.keys() == {"In short", *registry.run_facts(run)}
    assert registry.model_facts("1")["In short"]["In production since"] == "not recorded"
