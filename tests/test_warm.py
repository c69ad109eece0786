"""A command of the warm starter is the command that an ordinary start of Python gives."""

import os
import re
import signal
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import level_runs
import one_starter
import psutil
import pytest
from execnet.gateway_io import popen_args
from execnet.xspec import XSpec
from level_runs import level_environment

from ladder import warm
from ladder.places import LEVELS

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="starts are ordinary there")

IS_WARM = "import sys; print('pandas' in sys.modules)"
STATE = """
import gc, os, re, signal, sys, threading
print(gc.isenabled())
SET = {"KMP_DUPLICATE_LIB_OK", "KMP_INIT_AT_FORK", "SPARK_LOCAL_IP", "PYARROW_IGNORE_TIMEZONE", "_"}
print(sys.argv, sys.orig_argv[1:], sys.path, sys.executable, sys.pycache_prefix)
# By the same variable and option; these flags alone are those of the server.
FLAGS = "(dont_write_bytecode|unbuffered|utf8_mode)=."
print(sys.dont_write_bytecode, re.sub(FLAGS, "", repr(sys.flags)))
print({name: os.environ[name] for name in sorted(set(os.environ) - SET)})
print(os.getcwd(), os.umask(0))
print([signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE)])
for name in ("stdin", "stdout", "stderr"):
    stream = getattr(sys, name)
    print(stream.name, stream.encoding, stream.errors, stream.isatty(), stream.line_buffering)
    print(stream.seekable(), stream.write_through, type(stream.buffer), stream.buffer)
    print(stream.fileno(), stream.newlines, stream.mode, stream is getattr(sys, f"__{name}__"))
main = sys.modules["__main__"]
print(sorted((name, str(value)) for name, value in vars(main).items() if name[:2] == "__"))
print(threading.active_count(), threading.current_thread().name, os.listdir("/proc/self/fd"))
print(sys.excepthook is sys.__excepthook__, sys.gettrace(), __name__, vars(main) is globals())
"""
ENDS = {
    "code": "raise SystemExit(3)",
    "large": "raise SystemExit(259)",
    "negative": "raise SystemExit(-1)",
    "words": "raise SystemExit('some words')",
    "nothing": "raise SystemExit",
    "error": "def f():\n 1 / 0\ntry:\n f()\nexcept ZeroDivisionError:\n raise ValueError('x')",
    "syntax": "1 +",
    "interrupt": "import os; os.kill(os.getpid(), 2)",
    "terminated": "import os; os.kill(os.getpid(), 15)",
    "killed": "import os; os.kill(os.getpid(), 9)",
    "hook": "import sys; sys.excepthook = lambda *a: print('hook', a[0]); raise ValueError",
    "input": "import sys; print(sys.stdin.read().upper())",
    "exits": "import atexit; atexit.register(print, 'last'); print('first', end='')",
    "thread": "import threading, time\n"
    "threading.Thread(target=lambda: (time.sleep(0.1), print('late'))).start()\nprint('early')",
    "process": "import subprocess, sys\nprint(subprocess.run([sys.executable, '-c', 'print(7)']))",
    "spawned": "import multiprocessing as m\n"
    "print(m.get_context('spawn').Pool(1).apply(len, ['four']))",
    "no stream": "import sys; sys.stdout = None",
    "another stream": "import io, sys; sys.stdout = io.StringIO(); sys.__stdout__.write('x')",
    "changed": "import sys; sys.stderr.reconfigure(errors='replace'); print(sys.stderr)",
    "closed": "import sys; print('x'); sys.stdout.close()",
    "modules": "import sys, importlib.util\n"
    "print(importlib.util.find_spec('server'), [m for m in sys.modules if m[:6] == 'server'])",
}


@pytest.fixture
def module(tmp_path: Path) -> Path:
    """A folder with a package, a program, and a folder of programs."""
    for path, text in {
        "package/__init__.py": "",
        "package/state.py": STATE,
        "package/broken.py": "def f():\n    raise KeyError('x')\nf()\n",
        "program.py": STATE,
        "programs/__main__.py": "print('of a folder')",
    }.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    return tmp_path


ADDRESS = re.compile(r" at 0x\w+")


def both(
    starter: warm.Starter, arguments: list[str], folder: Path, **variables: str
) -> Iterator[tuple[int, str, str]]:
    """How the command ends and what it prints, warm and cold."""
    environment = level_environment(2, folder) | {"PYTHONPATH": f"{folder}:"} | variables
    for program in (starter.python, sys.executable):
        done = subprocess.run(
            [program, *arguments],
            cwd=folder,
            env=environment,
            input="what is read",
            capture_output=True,
            text=True,
            umask=0o27,
        )
        yield done.returncode, ADDRESS.sub("", done.stdout), done.stderr


def test_a_process_of_the_tests_starts_where_the_path_has_a_space(tmp_path: Path) -> None:
    python = tmp_path / "a folder" / "python"
    spec = XSpec("popen")

    spec.python = one_starter.program(warm.Starter(python.parent, f"{python}", True))

    assert popen_args(spec)[0] == f"{python}"
    assert one_starter.program(warm.COLD) is None


@pytest.mark.parametrize("end", ENDS)
def test_a_program_ends_alike(starter: warm.Starter, end: str, tmp_path: Path) -> None:
    warmly, coldly = both(starter, ["-c", ENDS[end]], tmp_path)

    assert warmly == coldly


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no device that is full")
def test_a_program_whose_last_lines_cannot_be_written_says_so(
    starter: warm.Starter, unbuffered: str
) -> None:
    ended = []
    for program in (starter.python, sys.executable):
        with open("/dev/full", "w") as full:
            done = subprocess.run(
                [program, "-c", "print('x')"],
                stdout=full,
                stderr=subprocess.PIPE,
                text=True,
                env=level_runs.warmly(PYTHONUNBUFFERED=unbuffered),
            )
        first, *others = done.stderr.splitlines()
        ended.append((done.returncode, " ".join(first.split()[:2]), others))

    assert ended[0] == ended[1]
    code, first, others = ended[0]
    assert (code, first) == ((1, "Traceback (most") if unbuffered else (120, "Exception ignored"))
    assert others[-1] == "OSError: [Errno 28] No space left on device"


SPAWNED = """
import multiprocessing, own
from concurrent.futures import ProcessPoolExecutor
with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
    print(pool.submit(own.one).result())
"""


def test_a_process_that_it_spawns_finds_its_folder(starter: warm.Starter, tmp_path: Path) -> None:
    (tmp_path / "own.py").write_text("def one():\n    return 1\n", encoding="utf-8")

    warmly, coldly = both(starter, ["-c", SPAWNED], tmp_path, PYTHONPATH="")

    assert warmly == coldly == (0, "1\n", "")


@pytest.mark.parametrize(
    "arguments",
    [
        *(["-c", STATE, "a", "-b"], ["-m", "package.state", "-x"], ["program.py", "a"]),
        *(["-m", "package.broken"], ["-m", "package"], ["-m", "absent"], ["./absent.py"]),
        *(["programs"], ["-m", "json.tool", "--help"], ["-u", "-c", STATE], ["-u", "program.py"]),
    ],
    ids=lambda arguments: " ".join(arguments)[:20],
)
def test_a_program_finds_what_it_would_find(
    starter: warm.Starter, arguments: list[str], module: Path
) -> None:
    warmly, coldly = both(starter, arguments, module)

    assert warmly == coldly


def test_a_program_finds_the_encoding_that_it_asks_for(starter: warm.Starter, module: Path) -> None:
    warmly, coldly = both(starter, ["-c", STATE], module, PYTHONUTF8="1")

    assert warmly == coldly


OF_HYPOTHESIS = """
from hypothesis import settings
from hypothesis.configuration import storage_directory
print(settings.default.derandomize, storage_directory("examples").path, settings.default.database)
"""


@pytest.mark.parametrize("variables", [{}, {"CI": "true"}, {"GITHUB_ACTIONS": "true"}])
def test_hypothesis_begins_as_in_a_new_process(
    starter: warm.Starter, tmp_path: Path, variables: dict, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("CI", "GITHUB_ACTIONS"):
        monkeypatch.delenv(name, raising=False)

    warmly, coldly = both(starter, ["-c", OF_HYPOTHESIS], tmp_path, **variables)

    assert warmly == coldly
    kept = tmp_path / ".hypothesis" / "examples"
    assert warmly[1].startswith(f"{bool(variables)} {kept} ")


IN_A_KERNEL = f"""
{IS_WARM}
import os, subprocess, sys
import matplotlib, pandas
import matplotlib.pyplot as plt
print(matplotlib.rcParams["backend"], os.environ["MPLBACKEND"], pandas.options.display.max_columns)
plt.figure()
plt.show()
code = "import matplotlib; print(matplotlib.get_backend()); " + {IS_WARM!r}
print(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout)
"""
KERNEL = f"""
from jupyter_client.manager import start_new_kernel
manager, client = start_new_kernel()
client.execute_interactive({IN_A_KERNEL!r}, timeout=60)
client.stop_channels()
manager.shutdown_kernel(now=True)
"""


def test_a_notebook_shows_what_it_shows_in_a_new_kernel(
    starter: warm.Starter, tmp_path: Path
) -> None:
    warmly, coldly = both(starter, ["-c", KERNEL], tmp_path)

    assert warmly[1].count("True\n") == coldly[1].count("False\n") == 2
    assert coldly[0] == 0 and "<Figure size" in coldly[1]
    assert warmly[1].replace("True\n", "False\n") == coldly[1]


def test_what_could_differ_gets_an_ordinary_start(starter: warm.Starter, tmp_path: Path) -> None:
    (tmp_path / "pandas").mkdir()
    (tmp_path / "custom").mkdir()
    (tmp_path / "custom" / "sitecustomize.py").touch()
    (tmp_path / "no module").mkdir()
    (tmp_path / "no module" / "mlflow.db").touch()
    environment = level_environment(1, tmp_path)

    def is_warm(*arguments: str, folder: Path = LEVELS[1], text: str = "", **changed: str) -> str:
        return subprocess.run(
            [starter.python, *arguments],
            cwd=folder,
            env={**environment, **changed},
            input=text,
            capture_output=True,
            text=True,
        ).stdout.strip()

    assert is_warm("-c", IS_WARM) == "True"
    assert is_warm("-c", IS_WARM, FLIGHTTIME_TODAY="2013-07-01", PYTHONPATH="/x") == "True"
    assert is_warm("-c", IS_WARM, HOME="/x", CI="true", GITHUB_ACTIONS="true") == "True"
    assert is_warm("-c", IS_WARM, folder=tmp_path / "no module") == "True"
    nested = f"import subprocess; subprocess.run([{starter.python!r}, '-c', {IS_WARM!r}])"
    assert is_warm("-c", f"import sklearn; {nested}") == "True"
    assert is_warm("-u", "-c", IS_WARM) == "True"
    own = f"import subprocess, sys; subprocess.run([sys.executable, '-u', '-c', {IS_WARM!r}], %s)"
    assert is_warm("-c", own % "text=True") == "True"
    assert is_warm("-c", own % "pass_fds=[2]") == "False"
    assert is_warm("-c", own % "executable=sys.executable") == "False"
    assert is_warm("-P", "-c", IS_WARM) == "False"
    assert is_warm(text=IS_WARM) == "False"
    assert is_warm("-c", IS_WARM, folder=tmp_path) == "False"
    assert is_warm("-c", IS_WARM, PYTHONPATH=f"/x:{tmp_path}") == "False"
    assert is_warm("-c", IS_WARM, PYTHONPATH=str(tmp_path / "custom")) == "False"
    for name in ("OMP_NUM_THREADS", "PANDAS_FUTURE", "MPLBACKEND", "LC_ALL", "TZ", "DASK_X"):
        assert is_warm("-c", IS_WARM, **{name: "7"}) == "False", name
    for name in ("PYTHONOPTIMIZE", "PYTHONHASHSEED", "PYTHONSAFEPATH", "PROMETHEUS_MULTIPROC_DIR"):
        assert is_warm("-c", IS_WARM, **{name: "2"}) == "False", name


SECONDS = re.compile(r" *\d+\.\d s")
RECORDED = """
import json, flighttime
from groundcrew import registry
from groundcrew.registry import store
client = store.client()
run = client.get_run(client.get_model_version("flighttime", "1").run_id)
print(json.dumps([run.data.params, run.data.metrics]))
"""


@pytest.mark.slow
def test_a_level_does_and_records_the_same(starter: warm.Starter, tmp_path: Path) -> None:
    said = []
    for start, program in (("warm", starter.python), ("cold", sys.executable)):
        environment = level_environment(2, tmp_path / start) | {"FLIGHTTIME_TODAY": "2013-01-20"}
        said.append("")
        # What one start has recorded is read with another: only that differs.
        for python, *arguments in (
            [program, "-m", "flighttime.pipeline"],
            [starter.python, "-c", RECORDED],
            [program, "-m", "flighttime.x"],
        ):
            done = subprocess.run(
                [python, *arguments],
                cwd=LEVELS[2],
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            said[-1] += f"{done.returncode}\n{SECONDS.sub('', done.stdout)}"

    assert said[0] == said[1]
    assert "version: 1\n" in said[0] and '[{"' in said[0]


WAITING = """
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, lambda *_: sys.exit(7))
child = subprocess.Popen(["sleep", "60"])
try:
    print(child.pid, flush=True)
    time.sleep(60)
except KeyboardInterrupt:
    sys.exit(8)
finally:
    child.terminate()
"""


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGTERM, 7), (signal.SIGINT, 8)])
def test_a_signal_reaches_the_program(starter: warm.Starter, sent: int, code: int) -> None:
    with waiting(starter) as client:
        assert client.stdout
        child = psutil.Process(int(client.stdout.readline()))
        client.send_signal(sent)
        assert client.wait(10) == code
    gone(child)


def test_a_killed_client_takes_the_program_and_its_children_with_it(starter: warm.Starter) -> None:
    with waiting(starter) as client:
        assert client.stdout
        child = psutil.Process(int(client.stdout.readline()))
        program = child.parent()
        assert program and program.pid != client.pid
        assert level_runs.descendants(client.pid) == [program, child]
        client.kill()
    gone(child)
    gone(program)


def test_what_is_no_request_is_refused_and_harms_no_one(starter: warm.Starter) -> None:
    address = Path(starter.programs).parent / "socket"
    for content in (b"", b"\0\0\0\4xxxx", b"\0\0\0\4"):
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(str(address))
            socket.send_fds(client, [content[:4]], [0, 1, 2])
            client.sendall(content[4:])
            client.shutdown(socket.SHUT_WR)
            assert client.recv(9) == b""

    done = subprocess.run([starter.python, "-c", "print(7)"], capture_output=True)

    assert done.stdout == b"7\n"


def waiting(starter: warm.Starter) -> subprocess.Popen[str]:
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    command = [starter.python, "-c", WAITING]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)


def gone(process: psutil.Process) -> None:
    deadline = time.monotonic() + 10
    while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline, f"{process} goes on"
        time.sleep(0.01)


def test_an_ignored_interrupt_stays_ignored(starter: warm.Starter) -> None:
    code = "import signal; print(signal.getsignal(signal.SIGINT))"
    script = f"trap '' INT; exec '{starter.python}' -c '{code}'"

    done = subprocess.run(["sh", "-c", script], capture_output=True, text=True)

    assert done.stdout == "1\n" or "SIG_IGN" in done.stdout


@pytest.fixture
def light(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that starts fast."""
    monkeypatch.setattr(warm, "MODULES", ("json",))


def test_what_runs_ends_with_the_starter_and_what_comes_later_starts_as_usual(light: None) -> None:
    with warm.running() as starter:
        assert starter.is_warm
        client = waiting(starter)
        assert client.stdout
        child = psutil.Process(int(client.stdout.readline()))
    assert client.wait(10) == 1
    gone(child)
    client.stdout.close()


def test_a_program_whose_server_is_gone_starts_as_usual(light: None, tmp_path: Path) -> None:
    with warm.running() as starter:
        client = Path(starter.python).read_text(encoding="utf-8")
    (tmp_path / "python").write_text(client, encoding="utf-8")

    (tmp_path / "python").chmod(0o755)
    done = subprocess.run([tmp_path / "python", "-c", "print(7)"], capture_output=True)

    assert done.stdout == b"7\n"


@pytest.mark.parametrize("module", ["flighttime", "groundcrew", "ladder.places"])
def test_a_level_and_its_library_are_never_kept(
    module: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(warm, "MODULES", (module,))
    monkeypatch.setattr(warm, "OF_COMMANDS", ())
    monkeypatch.setattr(warm, "NOT_INHERITED", ())
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([*sys.path, str(LEVELS[1])]))

    with warm.running() as starter:
        assert starter == warm.COLD

    assert "which must not be kept" in capfd.readouterr().err


def test_modules_that_start_a_thread_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    code = """
    import threading, time
    threading.Thread(target=time.sleep, args=[60], daemon=True).start()
    """
    (tmp_path / "busy.py").write_text(textwrap.dedent(code), encoding="utf-8")
    monkeypatch.setattr(warm, "MODULES", ("busy",))
    monkeypatch.setattr(warm, "NOT_INHERITED", ())
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    with warm.running() as starter:
        assert starter == warm.COLD

    assert "started a thread" in capfd.readouterr().err


def forbidden(_: int) -> int:
    raise OSError("not on this Linux")


@pytest.mark.parametrize(
    ("owner", "name", "value"), [(sys, "platform", "darwin"), (os, "pidfd_open", forbidden)]
)
def test_elsewhere_starts_are_ordinary(
    owner: object, name: str, value: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(owner, name, value)

    with warm.running() as starter:
        assert starter == (Path(sys.executable).parent, sys.executable, False)
