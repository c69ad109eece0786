"""Serve a warm interpreter: fork a child for each command, with the libraries already imported.

Reads one JSON object a line and answers each with one. Only used where the system can fork.
"""

import contextlib
import importlib
import json
import os
import runpy
import signal
import sys
import time
import traceback

# What the commands of the levels import; a library that is not installed is left out.
LIBRARIES = [
    "matplotlib.pyplot",
    "sklearn.ensemble",
    "sklearn.compose",
    "sklearn.preprocessing",
    "pyarrow.parquet",
    "skops.io",
    "mlflow",
    "mlflow.sklearn",
    "mlflow.tracking",
    "mlflow.store.tracking.sqlalchemy_store",
    "mlflow.store.model_registry.sqlalchemy_store",
    "alembic.command",
    "deltalake",
    "pandera.pandas",
    "treelite",
    "model_signing",
    "fastapi",
    "uvicorn",
    "uvicorn.protocols.http.httptools_impl",
    "prometheus_client",
    "sqlalchemy",
    "scipy.stats",
    "httpx",
    "jinja2",
    "typer",
    "pytest",
    "yaml",
    # The library of the levels: all that reads the environment does so when it is called.
    "groundcrew.commands",
    "groundcrew.feed",
    "groundcrew.registry",
    "groundcrew.provenance",
    "groundcrew.packages",
    "groundcrew.certificates",
    "groundcrew.approvals",
    "groundcrew.transactions",
    "groundcrew.smoke",
    "groundcrew.batch",
    "groundcrew.web",
    "groundcrew.web.control",
    "groundcrew.predictions",
    "groundcrew.label_level",
    "groundcrew.day_rules",
    "groundcrew.model_files",
    "groundcrew.plots",
    "groundcrew.reports",
    "groundcrew.stats",
    "groundcrew.scheduling",
    "groundcrew.trees",
    "groundcrew.serving",
    "groundcrew.staging",
]


def main() -> None:
    for name in LIBRARIES:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    with contextlib.suppress(ImportError):
        importlib.import_module("sqlalchemy.orm").configure_mappers()
    # A child must not write what this process has not flushed.
    answers = os.fdopen(os.dup(1), "w")
    for line in sys.stdin:
        asked = json.loads(line)
        answer = start(asked) if asked["do"] == "start" else finish(asked)
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def start(asked: dict) -> dict:
    pid = os.fork()
    if pid == 0:
        become(asked)
    return {"pid": pid}


def finish(asked: dict) -> dict:
    """Wait for a child; with `kill`, end it first. Returns its exit code and seconds of CPU."""
    pid = asked["pid"]
    if asked["kill"]:
        os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + asked["seconds"]
    while not (found := os.wait4(pid, os.WNOHANG))[0]:
        if time.monotonic() > deadline:
            os.kill(pid, signal.SIGKILL)
        time.sleep(0.002)
    used = found[2].ru_utime + found[2].ru_stime
    return {"code": os.waitstatus_to_exitcode(found[1]), "cpu": used}


def become(asked: dict) -> None:
    """Be `python ARGUMENTS` in its folder, with its environment and its output; never returns."""
    code = 1
    try:
        log = os.open(asked["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        nothing = os.open(os.devnull, os.O_RDONLY)
        for number, file in ((0, nothing), (1, log), (2, log)):
            os.dup2(file, number)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.chdir(asked["cwd"])
        os.environ.clear()
        os.environ.update(asked["env"])
        if shield := sys.modules.get("groundcrew.shield"):
            shield.raise_shield()  # as its import does in a process that starts cold
        added = os.environ.get("PYTHONPATH", "").split(os.pathsep)
        sys.path[:] = [asked["cwd"], *[path for path in added if path], *sys.path]
        importlib.invalidate_caches()
        code = execute(asked["arguments"])
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
    except BaseException:
        traceback.print_exc()
    finally:
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(Exception):
                stream.flush()
        os._exit(code)


def execute(arguments: list[str]) -> int:
    """Run `-m MODULE`, `-c CODE` or a script, as Python does; returns the exit code."""
    kind, *rest = arguments
    if kind == "-m":
        sys.argv = rest
        try:
            runpy.run_module(rest[0], run_name="__main__", alter_sys=True)
        except ImportError as missing:
            if not f"{missing}".startswith(f"No module named {rest[0].split('.')[0]}"):
                raise
            print(f"{sys.executable}: {missing}", file=sys.stderr)
            return 1
    elif kind == "-c":
        sys.argv = ["-c", *rest[1:]]
        exec(compile(rest[0], "<string>", "exec"), {"__name__": "__main__"})
    else:
        sys.argv = arguments
        runpy.run_path(kind, run_name="__main__")
    return 0


if __name__ == "__main__":
    main()
