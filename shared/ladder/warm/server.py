"""Script: a process that has imported the libraries, and becomes each command that it is asked for.

python server.py SOCKET VARIABLES MODULES   (names, with commas between them)

The commands come from client.py. It ends when its standard input is closed. It imports neither a
level nor groundcrew nor this tool: a command finds these where the client would.
"""

import atexit
import contextlib
import gc
import importlib.machinery
import io
import marshal
import os
import runpy
import selectors
import signal
import site
import socket
import sys
import threading
from collections.abc import ItemsView
from pathlib import Path
from types import CodeType
from types import ModuleType
from typing import NamedTuple
from typing import NoReturn

BACKLOG = 64
LARGEST = 1 << 20
OWN = {"flighttime", "groundcrew", "ladder"}
# Read by C code, or by Python itself, when it starts.
AT_START = (
    *("PYTHON", "OMP_", "OPENBLAS_", "MKL_", "KMP_", "GOMP_", "ARROW_", "MALLOC_"),
    *("LD_", "LC_", "LANG", "TZ", "DASK_", "OTEL_"),
)
# These the child obeys itself.
OBEYED = {"PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX"}
AT_EVERY_START = {"sitecustomize", "usercustomize"}


# The memory of PyArrow is tidied up by a thread, which its library starts again in a fork.
OUTLIVES_A_FORK = {"jemalloc_bg_thd"}


class Request(NamedTuple):
    """A command: what follows `python`, and what a process inherits."""

    arguments: list[str]
    environment: dict[str, str]
    folder: str
    umask: int
    ignored: list[int]


class Running(NamedTuple):
    """A child: its process, what tells of its end, and the connection of its client."""

    process: int
    end: int
    client: socket.socket


class Libraries(NamedTuple):
    """The variables that the libraries read when they were imported, and those that they set."""

    read: set[str]
    set: dict[str, str]


class Recorded(os._Environ):
    """The environment, which notes the names that are read."""

    names: set[str]

    def __getitem__(self, name: str) -> str:
        self.names.add(os.fsdecode(name))
        return super().__getitem__(name)

    def items(self) -> ItemsView[str, str]:
        """For those who look for names with a beginning; see AT_START."""
        return dict(zip(self, map(super().__getitem__, self), strict=True)).items()

    def copy(self) -> dict[str, str]:
        return dict(self.items())


def preload(modules: list[str]) -> Libraries:
    """Import the modules. Refuses those of a level, and what a fork would break."""
    kept = os.environ
    recorded = Recorded(
        kept._data,  # type: ignore[attr-defined]
        *(kept.encodekey, kept.decodekey, kept.encodevalue, kept.decodevalue),
    )
    recorded.names, before = set(), dict(kept)
    os.environ = recorded  # noqa: B003 (for a moment: both have the same content)
    for module in modules:
        importlib.import_module(module)
    os.environ = kept  # noqa: B003
    added = {name: value for name, value in kept.items() if before.get(name) != value}
    if strangers := OWN & {name.partition(".")[0] for name in sys.modules}:
        raise SystemExit(f"the modules import {', '.join(strangers)}, which must not be kept")
    if threading.active_count() != 1 or (threads() - OUTLIVES_A_FORK):
        raise SystemExit("the modules started a thread, which a fork would lose")
    return Libraries(recorded.names, added)


def threads() -> set[str]:
    """The names of this process's other threads, also of those that Python does not know."""
    others = set(os.listdir("/proc/self/task")) - {f"{os.getpid()}"}
    return {Path(f"/proc/self/task/{one}/comm").read_text().strip() for one in others}


class Rules:
    """Which commands may be run warm: those that would have imported the same libraries alike."""

    def __init__(self, libraries: Libraries, assumed: list[str]) -> None:
        self.read = libraries.read - {*assumed}
        given = os.environ.items()
        self.environment = {name: value for name, value in given if name not in libraries.set}
        self.loaded = {name.partition(".")[0] for name in sys.modules} | AT_EVERY_START

    def objection(self, request: Request) -> str | None:
        """Why the command must have an ordinary start; None where it may be run here."""
        if self.kind(request) is None:
            return "it has options, or reads its program from its input"
        different = (
            name
            for name in sorted({*self.environment, *request.environment})
            if self.matters(name) and request.environment.get(name) != self.environment.get(name)
        )
        shadowed = (place for place in before_libraries(request) if self.shadows(place))
        return next(different, None) or next(shadowed, None)

    @staticmethod
    def kind(request: Request) -> str | None:
        match request.arguments:
            case ["-m" | "-c" as kind, _, *_]:
                return kind
            case [file, *_] if not file.startswith("-") and os.path.isfile(
                os.path.join(request.folder, file)
            ):
                return "file"
        return None

    def matters(self, name: str) -> bool:
        return name not in OBEYED and (name in self.read or name.startswith(AT_START))

    def shadows(self, folder: str) -> bool:
        """Whether a folder has something of its own by the name of a module that is loaded."""
        with contextlib.suppress(OSError):
            return not self.loaded.isdisjoint(name.partition(".")[0] for name in os.listdir(folder))
        return False


def before_libraries(request: Request) -> list[str]:
    """The folders that Python would search before those of the libraries."""
    first = request.folder
    if Rules.kind(request) == "file":
        first = os.path.dirname(os.path.realpath(os.path.join(first, request.arguments[0])))
    named = request.environment.get("PYTHONPATH")
    parts = named.split(os.pathsep) if named else []
    return [first, *(os.path.join(request.folder, part) for part in parts)]


class Server:
    """Starts a child for each client, tells it of signals, and the client of its end."""

    def __init__(self, listener: socket.socket, rules: Rules) -> None:
        self.listener = listener
        self.rules = rules
        self.running: list[Running] = []
        self.selector = selectors.DefaultSelector()
        self.selector.register(0, selectors.EVENT_READ)
        self.selector.register(listener, selectors.EVENT_READ)

    def serve(self) -> Request:
        """Serve until the starter is gone. In each child it returns what the child is to do."""
        while True:
            for key, _ in self.selector.select():
                if key.fileobj == 0:
                    self.stop()
                elif key.fileobj is self.listener:
                    if (request := self.accept()) is not None:
                        return request
                elif isinstance(key.data, Running) and key.data in self.running:
                    self.hear(key.data, ended=key.fileobj == key.data.end)

    def accept(self) -> Request | None:
        client, _ = self.listener.accept()
        received = None
        with contextlib.suppress(OSError):
            received = receive(client)
        if received is None:
            client.close()
            return None
        request, streams = received
        if objection := self.rules.objection(request):
            send(client, b"cold: " + objection.encode())
            client.close()
            close(streams)
            return None
        process = os.fork()
        if process == 0:
            self.leave(client, streams)
            return request
        close(streams)
        one = Running(process, os.pidfd_open(process), client)
        self.running.append(one)
        self.selector.register(client, selectors.EVENT_READ, one)
        self.selector.register(one.end, selectors.EVENT_READ, one)
        return None

    def leave(self, client: socket.socket, streams: list[int]) -> None:
        """In a child: keep nothing of the server but the libraries."""
        os.setpgid(0, 0)
        self.selector.close()
        self.listener.close()
        client.close()
        for other in self.running:
            other.client.close()
        close([other.end for other in self.running])
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
        close(streams)

    def hear(self, one: Running, *, ended: bool) -> None:
        if ended:
            _, status = os.waitpid(one.process, 0)
            code = os.waitstatus_to_exitcode(status)
            send(one.client, b"exit" + code.to_bytes(4, "big", signed=True))
            self.forget(one)
            return
        said = b""
        with contextlib.suppress(OSError):
            said = one.client.recv(LARGEST)
        for number in said:
            with contextlib.suppress(ProcessLookupError):
                os.kill(one.process, number)
        if not said:  # the client was killed
            kill(one)
            os.waitpid(one.process, 0)
            self.forget(one)

    def forget(self, one: Running) -> None:
        self.running.remove(one)
        for file in (one.client, one.end):
            self.selector.unregister(file)
        one.client.close()
        os.close(one.end)

    def stop(self) -> None:
        for one in self.running:
            kill(one)
        os._exit(0)


def kill(one: Running) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(one.process, signal.SIGKILL)


def receive(client: socket.socket) -> tuple[Request, list[int]] | None:
    """The client's request, and its standard streams."""
    data, streams, _, _ = socket.recv_fds(client, 4, 3)
    if len(data) < 4 or len(streams) != 3:
        close(streams)
        return None
    content = b""
    while len(content) < int.from_bytes(data, "big"):
        if not (more := client.recv(LARGEST)):
            close(streams)
            return None
        content += more
    return Request(*marshal.loads(content)), streams


def send(client: socket.socket, message: bytes) -> None:
    with contextlib.suppress(OSError):
        client.sendall(message)


def close(files: list[int]) -> None:
    for file in files:
        os.close(file)


def become(request: Request, environment: dict[str, str], base: list[str]) -> ModuleType:
    """Take over what a new process would have inherited; returns its empty main module."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        usual = signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL
        signal.signal(number, signal.SIG_IGN if number in request.ignored else usual)
    os.environ.clear()
    os.environ.update(environment)
    os.umask(request.umask)
    os.chdir(request.folder)
    sys.dont_write_bytecode = bool(os.environ.get("PYTHONDONTWRITEBYTECODE"))
    sys.pycache_prefix = os.environ.get("PYTHONPYCACHEPREFIX") or None
    named = os.environ.get("PYTHONPATH")
    sys.path = [*(named.split(os.pathsep) if named else []), *base]
    site.removeduppaths()
    sys.argv = list(request.arguments)
    sys.orig_argv = [sys.executable, *request.arguments]
    assert isinstance(sys.stdout, io.TextIOWrapper)
    sys.stdout.reconfigure(line_buffering=sys.stdout.isatty())
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()
    main = ModuleType("__main__")
    main.__dict__["__builtins__"] = __builtins__
    if "__annotations__" in globals():  # in each main module before Python 3.14
        main.__annotations__ = {}
    sys.modules["__main__"] = main
    return main


def run(main: ModuleType) -> None:
    """Run what the arguments name, as Python would."""
    kind, *others = sys.argv
    if kind == "-m":
        sys.path.insert(0, os.getcwd())
        sys.argv = ["-m", *others[1:]]
        runpy._run_module_as_main(others[0])  # type: ignore[attr-defined]
    elif kind == "-c":
        sys.path.insert(0, "")
        sys.argv = ["-c", *others[1:]]
        main.__loader__ = importlib.machinery.BuiltinImporter
        exec(compile(others[0], "<string>", "exec", dont_inherit=True), main.__dict__)
    else:
        sys.path.insert(0, os.path.dirname(os.path.realpath(kind)))
        file = os.path.abspath(kind)
        with io.open_code(file) as source:
            code: CodeType = compile(source.read(), file, "exec", dont_inherit=True)
        main.__dict__.update(__file__=file, __cached__=None)
        main.__loader__ = importlib.machinery.SourceFileLoader("__main__", file)
        exec(code, main.__dict__)


def finish(error: BaseException | None) -> NoReturn:
    """End as Python does, but leave the memory of the libraries to the system."""
    code = exit_code(error)
    # What a program has registered, or set as its own hook, may end it in another way.
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(ValueError):  # closed by the program
            stream.flush()
    if isinstance(error, KeyboardInterrupt):
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGINT)
    os._exit(code)


def exit_code(error: BaseException | None) -> int:
    """The exit code of a program that ended with this; prints what Python would print."""
    if error is None:
        return 0
    if not isinstance(error, SystemExit):
        trace = error.__traceback__
        # Without the frames of this file, which another process would not have.
        while trace and trace.tb_frame.f_code.co_filename == __file__:
            trace = trace.tb_next
        sys.excepthook(type(error), error.with_traceback(trace), trace)
        return 1
    if error.code is None or isinstance(error.code, int):
        return (error.code or 0) & 0xFF
    print(error.code, file=sys.stderr)
    return 1


def main() -> None:
    sys.path.pop(0)
    base, (address, assumed, modules) = list(sys.path), sys.argv[1:]
    libraries = preload(modules.split(","))
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address)
        listener.listen(BACKLOG)
        gc.collect()
        gc.freeze()
        print("ready", flush=True)
        request = Server(listener, Rules(libraries, assumed.split(","))).serve()
    try:
        run(become(request, {**libraries.set, **request.environment}, base))
    except BaseException as error:
        finish(error)
    finish(None)


if __name__ == "__main__":
    main()
