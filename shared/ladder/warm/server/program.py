"""Become the program that a command names: what a new process would have, and then its code."""

import builtins
import importlib.machinery
import io
import linecache
import os
import runpy
import signal
import site
import sys
from pathlib import Path
from types import CodeType
from types import ModuleType
from typing import Any
from typing import TextIO

from .libraries import INLINE
from .request import UNBUFFERED
from .request import Request

NAMED = "for "
KERNEL = ["-m", "ipykernel_launcher"]
COLUMNS_OF_A_PAGE = 20
STREAMS = {"stdin": "r", "stdout": "w", "stderr": "w"}
# The streams of the server, to which something of a library may still write.
KEPT: list[TextIO] = []


def renew(name: str, mode: str, unbuffered: bool) -> None:
    """Make a stream again: what it is connected to, it knows since it was made."""
    old = getattr(sys, f"__{name}__")
    unbuffered = unbuffered or old.write_through
    size = 0 if unbuffered and mode == "w" else -1
    binary: Any = open(old.fileno(), f"{mode}b", buffering=size, closefd=False)
    getattr(binary, "raw", binary).name = f"<{name}>"
    line_by_line = not unbuffered and (binary.isatty() or name == "stderr")
    new = io.TextIOWrapper(
        *(binary, old.encoding, old.errors, "\n"),
        line_buffering=line_by_line,
        write_through=unbuffered,
    )
    new.mode = mode  # pyrefly: ignore[read-only]
    KEPT.append(old)
    setattr(sys, name, new)
    setattr(sys, f"__{name}__", new)


def begin_libraries(arguments: list[str]) -> None:
    """Let the libraries begin as those of a new process, in the environment as it is now."""
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()
    if arguments[:2] == KERNEL:
        # A kernel is there before the libraries, which then print for a page and plot into it.
        os.environ.setdefault("MPLBACKEND", INLINE)
        if "pandas" in sys.modules:
            sys.modules["pandas"].options.display.max_columns = COLUMNS_OF_A_PAGE
    if os.environ.get("MPLBACKEND") == INLINE and "matplotlib" in sys.modules:
        sys.modules["matplotlib"].rcParams["backend"] = INLINE
    if "multiprocessing.process" in sys.modules:
        process: Any = sys.modules["multiprocessing.process"]
        process.ORIGINAL_DIR = os.getcwd()
    if "hypothesis" in sys.modules:
        kept = {"__hypothesis_home_directory_default": Path.cwd() / ".hypothesis"}
        vars(sys.modules["hypothesis.configuration"]).update(kept)
        settings: Any = sys.modules["hypothesis._settings"]
        settings.settings.load_profile("ci" if settings.is_in_ci() else "default")


def become(request: Request, environment: dict[str, str], base: list[str]) -> ModuleType:
    """Take over what a new process would have inherited; returns its empty main module."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        usual = signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL
        signal.signal(number, signal.SIG_IGN if number in request.ignored else usual)
    os.environ.clear()
    os.environ.update(environment)
    with open("/proc/self/comm", "w") as own:  # it is no child of its client, but found by this
        own.write(f"{NAMED}{request.client}")
    os.umask(request.umask)
    os.chdir(request.folder)
    sys.dont_write_bytecode = bool(os.environ.get("PYTHONDONTWRITEBYTECODE"))
    sys.pycache_prefix = os.environ.get("PYTHONPYCACHEPREFIX") or None
    named = os.environ.get("PYTHONPATH")
    sys.path = [*(named.split(os.pathsep) if named else []), *base]
    site.removeduppaths()
    sys.argv = list(request.arguments)
    options = [UNBUFFERED] * request.unbuffered
    sys.orig_argv = [sys.executable, *options, *request.arguments]
    for name, mode in STREAMS.items():
        renew(name, mode, request.unbuffered)
    begin_libraries(request.arguments)
    main = ModuleType("__main__")
    main.__dict__["__builtins__"] = builtins
    if "__annotations__" in vars(sys.modules["__main__"]):  # before Python 3.14
        main.__annotations__ = {}
    sys.modules["__main__"] = main
    return main


def run(main: ModuleType) -> None:
    """Run what the arguments name, as Python would."""
    kind, *others = sys.argv
    if kind == "-m":
        sys.path.insert(0, os.getcwd())
        sys.argv = ["-m", *others[1:]]
        runpy._run_module_as_main(others[0])  # pyrefly: ignore[missing-attribute]
    elif kind == "-c":
        sys.path.insert(0, "")
        sys.argv = ["-c", *others[1:]]
        main.__loader__ = importlib.machinery.BuiltinImporter
        if sys.version_info >= (3, 13):  # whose tracebacks show these lines
            lines = others[0].splitlines(keepends=True)
            linecache.cache["<string>"] = len(others[0]), None, lines, "<string>"
        exec(compile(others[0], "<string>", "exec", dont_inherit=True), main.__dict__)
    else:
        sys.path.insert(0, os.path.dirname(os.path.realpath(kind)))
        file = os.path.abspath(kind)
        with io.open_code(file) as source:
            code: CodeType = compile(source.read(), file, "exec", dont_inherit=True)
        main.__dict__.update(__file__=file, __cached__=None)
        main.__loader__ = importlib.machinery.SourceFileLoader("__main__", file)
        exec(code, main.__dict__)
