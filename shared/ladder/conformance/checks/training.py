"""Training: a person starts it, one command does it, here or on a named cluster."""

import re
from contextlib import AbstractContextManager
from contextlib import ExitStack
from pathlib import Path

import pandas as pd
from distributed import Client

from ladder import ports
from ladder.conformance import output
from ladder.conformance import record
from ladder.conformance.findings import NotMet
from ladder.conformance.findings import check
from ladder.conformance.findings import require
from ladder.conformance.project import Project
from ladder.conformance.sandbox import Sandbox
from ladder.conformance.starter import Process

HERE = re.compile(r'^where = "this machine"', re.MULTILINE)
LOCAL = ("--host", "127.0.0.1", "--no-dashboard", "--dashboard-address", "127.0.0.1:0")
EARLIER = "2013-01-31"


@check
def person_starts_training(project: Project) -> str:
    """A person who types the command once more, for another day, gets one more model."""
    sandbox = project.at("trained")
    before = models(sandbox)
    require(before, "training left no model")
    if sandbox.has("flighttime.train"):
        sandbox.run("flighttime.train", "--today", EARLIER)
        more = len(models(sandbox)) - len(before)
        require(more == 1, f"starting it once more made {more} models more")
    return f"a person started {sandbox.evidence[-1].line}: one model"


@check
def trains_on_this_machine(project: Project) -> str:
    """Training ends here with a model, and needs no other machine."""
    sandbox = project.at("trained")
    require(models(sandbox), "training left no model on this machine")
    seconds = sum(command.seconds for command in sandbox.evidence)
    return f"trained on this machine in {seconds:.0f} s"


@check
def one_command_trains(project: Project) -> str:
    """One command leads from the published tables to a registered version."""
    sandbox = project.at("trained")
    sandbox.need("flighttime.pipeline")
    run = record.version(sandbox, "1")
    require(len(sandbox.evidence) == 1, "it took several commands")
    require(run.tags.get("data_digest"), "the version does not name its data")
    require(run.metrics.get("trained_flights", 0) > 10_000, "it did not learn from the tables")
    return (
        f"{sandbox.evidence[0].line}: version 1, of {run.metrics['trained_flights']:,.0f} flights"
    )


@check
def trains_on_a_named_cluster(project: Project) -> str:
    """A setting names the cluster: the same model is made there, and nowhere else."""
    sandbox = project.at("trained")
    sandbox.need("flighttime.train")
    here = digest_of(sandbox)
    sandbox = sandbox.copy(code=True)
    settings = sandbox.code / "flighttime.toml"
    text = settings.read_text(encoding="utf-8")
    require(HERE.search(text), "no setting says where to train")
    port = ports.somewhere()
    address = f"tcp://127.0.0.1:{port}"
    settings.write_text(HERE.sub(f'where = "{address}"', text), encoding="utf-8")
    alone = sandbox.attempt("flighttime.train")
    require(alone.code != 0, "it trains although the named cluster does not run")
    with ExitStack() as stack:
        stack.enter_context(cluster_member(sandbox, "scheduler", "--port", f"{port}"))
        scratch = ("--local-directory", f"{sandbox.state.parent}")
        stack.enter_context(
            cluster_member(sandbox, "worker", address, "--no-nanny", "--nthreads", "1", *scratch)
        )
        with Client(address, timeout=60) as client:
            client.wait_for_workers(1, timeout=60)
        there = digest_of(sandbox)
    require(there == here, "the model of the cluster is another one")
    return f"without the cluster: {alone.last_line[:80]}; with it, the same model"


def cluster_member(sandbox: Sandbox, *arguments: str) -> AbstractContextManager[Process]:
    """A scheduler or a worker that can import the project."""
    return sandbox.starter.running(
        ("-m", "dask", *arguments, *LOCAL),
        cwd=sandbox.code,
        env=sandbox.importable().environment(),
    )


def digest_of(sandbox: Sandbox) -> str:
    """The digest of the model that training writes into a folder."""
    out = sandbox.state.parent / f"made{len(sandbox.evidence)}"
    sandbox.run("flighttime.train", "--out", str(out))
    output.require_there(out / "metrics.json")
    metrics = pd.read_json(out / "metrics.json", typ="series")
    if "model_digest" not in metrics:
        raise NotMet("training does not identify the model that it made")
    return metrics["model_digest"]


def models(sandbox: Sandbox) -> list[Path]:
    """The files of models that training has left."""
    names = ("model.skops", "model.joblib")
    return [path for name in names for path in sandbox.state.rglob(name)]


@check
def handoff_answers_its_samples(project: Project) -> str:
    """A model's file comes with sample flights, and gives the answers that come with it."""
    sandbox = project.at("trained")
    folder = sandbox.state / "handoff"
    if sandbox.has("flighttime.train"):
        folder = sandbox.state.parent / "handed-off"
        sandbox.run("flighttime.train", "--out", str(folder))
    require((folder / "sample_inputs.csv").is_file(), "no sample inputs came with the model")
    done = sandbox.start("-c", ASK, str(folder))
    require(done.code == 0, f"the model cannot be asked: {done.last_line}")
    gap = float(done.last_line)
    require(gap < 0.001, f"the model's answers differ from the samples' by up to {gap:.1f} minutes")
    return f"one file, twenty sample flights, and answers that agree to {gap:.0e} minutes"


# Reads the hand-off as the person does who receives it: with the library that wrote it.
ASK = """
import sys
from pathlib import Path
import pandas as pd
folder = Path(sys.argv[1])
inputs = pd.read_csv(folder / "sample_inputs.csv")
expected = pd.read_csv(folder / "sample_outputs.csv")["minutes"]
(file,) = [*folder.glob("model.skops"), *folder.glob("model.joblib")]
if file.suffix == ".skops":
    import skops.io
    model = skops.io.load(file, trusted=skops.io.get_untrusted_types(file=file))
else:
    import joblib
    model = joblib.load(file)
assert len(inputs) >= 20, "fewer than twenty samples"
print(abs(model.predict(inputs.drop(columns="flight_id")) - expected).max())
"""
