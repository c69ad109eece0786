"""The set-up: from a bare clone to a complete environment, whatever happened in between."""

import ast
import contextlib
import importlib.util
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import tomllib
from collections import namedtuple
from collections.abc import Iterator
from pathlib import Path

import bundles
import level_runs
import pytest
import yaml
from packaging.requirements import Requirement

from ladder import alone
from ladder import diagnosis
from ladder import install
from ladder import machines
from ladder import phase
from ladder import stamp
from ladder.errors import LadderError
from ladder.places import ROOT

LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A clone whose environment is complete, as far as the stamp can tell."""
    root = tmp_path / "a clone é"
    Path(stamp.programs(str(root))).mkdir(parents=True)
    (root / "requirements.lock").write_bytes(b"one==1\ntwo==2\n")
    (root / "pyproject.toml").write_bytes(b"[project]\n")
    (root / ".venv" / "pyvenv.cfg").write_text(f"executable = {sys.executable}\n")
    borrow_python(root, Path(sys.executable))
    stamp.write(stamp.complete(str(root)), str(root))
    return root


def borrow_python(root: Path, python: Path) -> None:
    link = Path(stamp.interpreter(str(root)))
    link.unlink(missing_ok=True)
    link.symlink_to(python)


def test_a_complete_environment_is_used_as_it_is(checkout: Path) -> None:
    assert stamp.verdict(str(checkout)) is None


def test_a_bare_clone_needs_everything(checkout: Path) -> None:
    shutil.rmtree(checkout / ".venv")

    verdict = stamp.verdict(str(checkout))

    assert verdict == stamp.Verdict("there is none yet", from_scratch=True)


@pytest.mark.parametrize("left", [None, "", '{"inputs": "12', "[]"])
def test_an_unfinished_setup_starts_over(checkout: Path, left: str | None) -> None:
    stamp.remove(str(checkout))
    if left is not None:
        Path(stamp.stamp_file(str(checkout))).write_text(left)

    verdict = stamp.verdict(str(checkout))

    assert verdict == stamp.Verdict("the last set-up did not finish", from_scratch=True)


@pytest.mark.parametrize("name", ["requirements.lock", "pyproject.toml"])
def test_a_changed_lock_or_project_updates_what_is_there(checkout: Path, name: str) -> None:
    with (checkout / name).open("a") as file:
        file.write("three==3\n")

    verdict = stamp.verdict(str(checkout))

    assert verdict and not verdict.from_scratch


def test_line_ends_of_another_system_change_nothing(checkout: Path) -> None:
    (checkout / "requirements.lock").write_bytes(b"one==1\r\ntwo==2\r\n")

    assert stamp.verdict(str(checkout)) is None


def test_a_clone_below_a_symbolic_link_is_the_same_clone(checkout: Path) -> None:
    """As on macOS, whose /tmp is a link to /private/tmp."""
    link = checkout.with_name("tmp")
    link.symlink_to(checkout.parent, target_is_directory=True)

    assert stamp.verdict(str(link / checkout.name)) is None


def test_a_moved_clone_starts_over(checkout: Path) -> None:
    moved = checkout.rename(checkout.with_name("elsewhere"))

    verdict = stamp.verdict(str(moved))

    assert verdict == stamp.Verdict("this folder was moved or copied", from_scratch=True)


def test_a_copied_clone_starts_over_and_its_original_does_not(checkout: Path) -> None:
    copy = shutil.copytree(checkout, checkout.with_name("copy"), symlinks=True)

    verdicts = [stamp.verdict(str(root)) for root in (checkout, copy)]

    assert verdicts == [None, stamp.Verdict("this folder was moved or copied", from_scratch=True)]


@pytest.mark.skipif(os.name == "nt", reason="Windows copies its Python instead of linking to it")
def test_a_removed_python_starts_over(checkout: Path) -> None:
    borrow_python(checkout, checkout / "removed")

    verdict = stamp.verdict(str(checkout))

    assert verdict == stamp.Verdict("the Python that it was made with is gone", from_scratch=True)


@pytest.mark.skipif(os.name == "nt", reason="Windows copies its Python instead of linking to it")
def test_a_replaced_python_starts_over(checkout: Path) -> None:
    another = checkout / "python3.99"
    another.touch()
    borrow_python(checkout, another)

    verdict = stamp.verdict(str(checkout))

    assert verdict == stamp.Verdict("it was made with another Python", from_scratch=True)


def test_an_old_python_is_told_so_in_one_line() -> None:
    source = ROOT / "ladder.py"
    pretend = f"import sys; sys.version_info = (3, 6); __file__ = {str(source)!r}\n"

    ran = subprocess.run(
        [sys.executable, "-c", pretend + source.read_text()], capture_output=True, text=True
    )

    assert ran.returncode == 1
    assert re.fullmatch(r"ladder: this is Python 3\.6, and .* python3\.11 ladder\.py\n", ran.stderr)


def test_an_old_python_can_read_the_first_file() -> None:
    source = (ROOT / "ladder.py").read_text()

    tree = ast.parse(source, feature_version=(3, 4))

    annotated = [
        node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AnnAssign)
    ]
    assert not annotated


@pytest.mark.parametrize(
    ("output", "remedy"),
    [
        ("NewConnectionError: [Errno 111] Connection refused", "could not be reached"),
        (
            "error: Failed to fetch: `https://…`\n dns error: failed to lookup",
            "could not be reached",
        ),
        ("error sending request: invalid peer certificate: UnknownIssuer", "certificate"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE", "refused"),
        ("failed to write: No space left on device (os error 28)", "disk is full"),
        ("OSError: [Errno 13] Permission denied: '/opt'", "could not be written"),
        ("hint: `x` has no usable wheels", "no ready-made build"),
        ("first\nsecond: went wrong\n", "second: went wrong"),
        ("Resolved 3 packages in 2ms\nerror: the archive is damaged", "the archive is damaged"),
        ("", "printed nothing"),
    ],
)
def test_what_pip_and_uv_print_becomes_one_line(output: str, remedy: str) -> None:
    line = diagnosis.explain("installing", output, Path("install.log"))

    assert remedy in line
    assert "\n" not in line


def test_a_full_disk_is_refused_before_anything_is_installed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10e9, 9.5e9, 0.5e9))

    with pytest.raises(LadderError, match=r"0\.5 GB free .* needs about 2 GB"):
        install.require_space()


def test_a_python_without_venv_is_told_which_package_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)

    with pytest.raises(LadderError, match=r"sudo apt install python3\.\d+-venv"):
        install.require_venv_module()


@pytest.mark.parametrize("number", [13, 30])
def test_a_folder_that_cannot_be_written_to_is_named(number: int) -> None:
    refusal = install.explain_refusal(OSError(number, "no", "/somewhere/.venv"))

    assert "cannot write to /somewhere/.venv" in str(refusal)


def test_the_first_download_is_checked_by_its_hashes_too() -> None:
    entry = install.locked_entry("uv", LOCK)

    assert re.match(r"uv==[\d.]+ ", entry)
    assert entry.count("--hash=sha256:") > 10
    assert entry.count("==") == 1


def test_a_failing_step_carries_what_it_printed(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "print('the reason'); raise SystemExit(3)"]

    with (tmp_path / "guard").open("w") as guard, pytest.raises(phase.PhaseFailed) as failure:
        phase.run_phase(
            "a step",
            command,
            environment=os.environ,
            log=tmp_path / "log",
            keep_open=guard.fileno(),
        )

    assert failure.value.output.strip() == "the reason"


@contextlib.contextmanager
def another_process(code: str) -> Iterator[subprocess.Popen[str]]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "shared")}
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def test_two_setups_at_once_take_turns(tmp_path: Path) -> None:
    guard = tmp_path / "guard"
    holder = f"""
import pathlib, time
from ladder.alone import one_setup
with one_setup(pathlib.Path({str(guard)!r})):
    print("held", flush=True)
    time.sleep(60)
"""

    with another_process(holder) as other, guard.open("ab") as mine:
        other.stdout.readline()
        while_held = alone.try_lock(mine)
        other.kill()
        other.wait()
        after_its_death = alone.try_lock(mine)

    assert (while_held, after_its_death) == (False, True)


@pytest.mark.skipif(os.name == "nt", reason="there are no process groups to look at on Windows")
def test_an_interrupted_step_leaves_nothing_running(tmp_path: Path) -> None:
    path = str(tmp_path / "pid")
    grandchild = f"import os, time; open({path!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    code = f"""
import os, pathlib, subprocess, sys
from ladder.phase import run_phase
child = "import subprocess, sys; subprocess.run([sys.executable, '-c', sys.argv[1]])"
print("started", flush=True)
with open(os.devnull) as guard:
    run_phase("a step", [sys.executable, "-c", child, {grandchild!r}], environment=os.environ,
              log=pathlib.Path({str(tmp_path / "log")!r}), keep_open=guard.fileno())
"""

    with another_process(code) as process:
        pid = int(wait_for(tmp_path / "pid"))
        process.send_signal(signal.SIGINT)
        process.wait(timeout=20)

    assert not is_running(pid)


def wait_for(file: Path) -> str:
    for _ in range(200):
        if file.exists() and file.read_text():
            return file.read_text()
        time.sleep(0.1)
    raise AssertionError(f"{file} was not written")


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # Where no one collects the dead, they still answer.
    state = Path(f"/proc/{pid}/stat")
    return not (state.exists() and state.read_text().rpartition(")")[2].split()[0] == "Z")


@pytest.fixture
def bare_clone(tmp_path: Path) -> Path:
    root = tmp_path / "a clone é"
    shutil.copytree(
        ROOT / "shared" / "ladder",
        root / "shared" / "ladder",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    for name in ("ladder.py", "pyproject.toml", "requirements.lock"):
        shutil.copy(ROOT / name, root)
    return root


@pytest.mark.slow
def test_without_network_the_first_use_says_so_in_one_line(bare_clone: Path) -> None:
    ran = subprocess.run(
        [sys.executable, bare_clone / "ladder.py", "doctor"],
        capture_output=True,
        text=True,
        env={**os.environ, **bundles.NO_INDEX},
    )

    assert ran.returncode == 2
    assert ran.stderr.splitlines()[-1].startswith(
        "ladder: installing uv failed: the package index could not be reached"
    )
    assert "Traceback" not in ran.stderr
    assert not Path(stamp.stamp_file(str(bare_clone))).exists()


@pytest.fixture
def copied_bundle(bare_clone: Path) -> Path:
    """The repository beside the wheels of a bundle that has what this test needs, no more."""
    wheels = bare_clone.with_name("wheels")
    library = Path("shared", "groundcrew")
    shutil.copytree(ROOT / library, bare_clone / library, ignore=shutil.ignore_patterns("*.egg*"))
    packed = [bundles.repacked(wheels, name) for name in ("packaging", "setuptools", "uv")]
    (bare_clone / "requirements.lock").write_text(bundles.lock(packed), encoding="utf-8")
    content = {"complete": True, "machines": {machines.this(): [machines.python()]}}
    (wheels / "bundle.json").write_text(json.dumps(content))
    return bare_clone


@pytest.fixture
def with_pip(copied_bundle: Path) -> Path:
    """The same with an environment for an older lock, which saves the time to install pip."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", copied_bundle / ".venv"])
    inside = next((copied_bundle / ".venv").rglob("site-packages"))
    (inside / "pip").symlink_to(Path(importlib.util.find_spec("pip").origin).parent)
    root = str(copied_bundle)
    stamp.write({**stamp.complete(root), "inputs": "an older lock"}, root)
    return copied_bundle


def set_up(root: Path) -> subprocess.CompletedProcess[str]:
    """Call a command in a copy, in a namespace without network where the system has them."""
    return subprocess.run(
        [*bundles.without_network(), sys.executable, root / "ladder.py", "test", "--help"],
        capture_output=True,
        text=True,
        cwd=root.parent,
        env={**os.environ, **bundles.NO_INDEX, "UV_CACHE_DIR": str(root.with_name("cache"))},
    )


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="it borrows pip by a symbolic link")
def test_a_copied_bundle_is_set_up_without_network(with_pip: Path) -> None:
    ran = set_up(with_pip)

    assert (ran.returncode, "usage: ladder test" in ran.stdout) == (0, True), ran.stderr
    assert f"from {with_pip.with_name('wheels')})" in ran.stderr
    assert stamp.verdict(str(with_pip)) is None
    inside = next((with_pip / ".venv").rglob("site-packages"))
    assert list(inside.glob("setuptools-*.dist-info")) and list(inside.glob("mlops_ladder-*"))


@pytest.mark.skipif(os.name == "nt", reason="it borrows pip by a symbolic link")
def test_a_bundle_with_other_bytes_than_the_lock_promises_is_refused(with_pip: Path) -> None:
    wheel = next(with_pip.with_name("wheels").glob("packaging-*"))
    bundles.wheel(wheel.parent, *wheel.name.split("-")[:2], b"other = True")

    ran = set_up(with_pip)

    assert ran.returncode == 2
    assert "did not have the hash that requirements.lock promises" in ran.stderr.splitlines()[-1]


def test_a_wrong_command_is_refused_before_anything_is_installed(bare_clone: Path) -> None:
    ran = subprocess.run(
        [sys.executable, bare_clone / "ladder.py", "rnu"], capture_output=True, text=True
    )

    assert (ran.returncode, "did you mean 'run'?" in ran.stderr) == (2, True)
    assert not (bare_clone / ".venv").exists()


def test_the_lock_pins_everything_that_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pinned = dict(re.findall(r"^([a-z0-9-]+)==([^ ;]+)", LOCK, re.M))

    wanted = map(Requirement, project["dependencies"])
    met = {one for one in wanted if one.name in pinned and one.specifier.contains(pinned[one.name])}

    assert sorted(map(str, met)) == sorted(project["dependencies"])


def test_the_lock_holds_hashes_and_no_addresses() -> None:
    entries = re.findall(r"^[a-z0-9].*?(?=^[a-z0-9]|\Z)", LOCK, re.M | re.S)

    assert all("--hash=sha256:" in entry for entry in entries)
    assert not re.search(r"://|index-url|^/", LOCK, re.M)


def test_ci_tries_every_python_that_has_wheels_on_every_system() -> None:
    text = (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    matrix = yaml.load(text, Loader=yaml.BaseLoader)["jobs"]["test"]["strategy"]["matrix"]

    assert matrix["os"] == ["ubuntu-latest", "macos-latest", "windows-latest"]
    assert matrix["python"] == list(machines.PYTHONS)


def test_ci_calls_the_command_of_the_readme() -> None:
    calls = [
        line for line in (ROOT / ".ci" / "run").read_text().splitlines() if "ladder.py" in line
    ]

    assert calls == ["python3 ladder.py test"]


@pytest.mark.parametrize(
    "linter",
    [
        ["zizmor", "--offline", "--quiet"],
        ["check-jsonschema", "--builtin-schema", "vendor.github-workflows"],
    ],
    ids=lambda linter: linter[0],
)
def test_the_workflow_passes_its_linters(linter: list[str]) -> None:
    checked = subprocess.run(
        [*level_runs.linter(linter[0]), *linter[1:], ROOT / ".github" / "workflows" / "ci.yml"],
        env=level_runs.warmly(),
        capture_output=True,
        text=True,
    )

    assert checked.returncode == 0, checked.stdout + checked.stderr
