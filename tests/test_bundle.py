"""`ladder bundle`: every wheel for every machine, fetched once, and served to a room."""

import argparse
import hashlib
import json
import os
import shutil
import threading
import urllib.error
import urllib.request
from collections import namedtuple
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import bundles
import pytest

from ladder import bundle
from ladder import cli
from ladder import machines
from ladder import wheelhouse
from ladder.bundle import copy
from ladder.bundle import fetch
from ladder.bundle import listing
from ladder.bundle import share
from ladder.bundle import targets
from ladder.bundle.targets import Target
from ladder.errors import LadderError
from ladder.places import FEED
from ladder.places import ROOT

LOCK = listing.LOCK.read_text(encoding="utf-8")
LISTED = listing.read(listing.LISTING.read_text(encoding="utf-8"))
HERE = Target(machines.this(), machines.python())
ALONE = {"platform": "this", "python": None, "serve": False, "lan": False, "port": 0}


def test_every_pin_has_a_wheel_for_every_machine_and_python() -> None:
    wanted = {
        wheel for one in listing.every_target() for wheel in listing.wanted(one, LOCK, LISTED)
    }

    assert len(listing.every_target()) == 16
    # And none is listed that no machine installs.
    assert wanted == {wheel for wheels in LISTED.values() for wheel in wheels}


@pytest.mark.parametrize(
    ("machine", "own", "others"),
    [
        ("windows", {"colorama", "pywin32", "pywinpty", "waitress"}, {"appnope", "gunicorn"}),
        ("macos", {"appnope", "gunicorn", "pexpect"}, {"pywin32", "colorama"}),
        ("linux", {"gunicorn", "pexpect"}, {"appnope", "pywin32"}),
        ("linux-arm64", {"gunicorn", "pexpect"}, {"appnope", "pywin32"}),
    ],
)
def test_a_machine_gets_what_the_markers_ask_for_there(machine, own, others) -> None:
    wheels = listing.wanted(Target(machine, "3.12"), LOCK, LISTED)

    names = {wheel.key[0] for wheel in wheels}
    assert names >= own and not names & others


def test_the_markers_of_any_patch_release_of_a_python_are_met() -> None:
    lock = "one==1 ; python_full_version < '3.11.5' \\\n    --hash=sha256:" + "0" * 64
    pin = next(listing.pins(lock))[0]

    assert [Target("linux", python).needs(pin) for python in ("3.11", "3.12")] == [True, False]


def test_a_pin_without_a_wheel_for_a_machine_is_named(tmp_path: Path) -> None:
    only = bundles.wheel(tmp_path, "one", "1", tag="cp312-cp312-win_amd64")
    listed = listing.read(bundles.listing([only]))

    with pytest.raises(LadderError, match=r"one 1 has no wheel for macOS .* 3\.12: leave that"):
        listing.wanted(Target("macos", "3.12"), bundles.lock([only]), listed)


def test_a_lock_that_is_newer_than_the_list_is_refused(tmp_path: Path) -> None:
    new = bundles.wheel(tmp_path, "one", "2")

    with pytest.raises(LadderError, match=r"wheels\.txt lacks one 2 .*ladder lock --wheels"):
        listing.wanted(HERE, bundles.lock([new]), LISTED)


@pytest.mark.parametrize(
    ("platform", "python", "complaint"),
    [("this", None, "no wheel for this machine"), ("linux", ["3.15"], "choose from 3.11, 3.12")],
)
def test_a_machine_or_python_without_wheels_is_refused(
    platform, python, complaint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machines, "this", lambda: "macos-x86_64")

    with pytest.raises(LadderError, match=complaint):
        targets.chosen(platform, python)


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Two wheels that pip finds, fetched one by one, and their lock."""
    if not (ROOT / ".git").exists():
        pytest.skip("a bundle is made from a git checkout, and this is none")
    folder = tmp_path / "index"  # pip takes a space for two places
    wheels = [bundles.wheel(folder, *each) for each in (("one", "1"), ("two", "2"))]
    monkeypatch.setattr(fetch, "BATCH_FILES", 1)
    for name, text in (("LOCK", bundles.lock(wheels)), ("LISTING", bundles.listing(wheels))):
        file = tmp_path / name
        file.write_text(text, encoding="utf-8")
        monkeypatch.setattr(listing, name, file)
    for name, value in {**bundles.NO_INDEX, "PIP_FIND_LINKS": f"{folder}"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setattr(bundle, "LOG", tmp_path / "log" / "fetch.log")
    return wheels


def make(folder: Path) -> int:
    return bundle.main(argparse.Namespace(folder=folder, **ALONE))


def test_a_bundle_is_made_and_goes_on_where_it_was_stopped(
    index: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stick = tmp_path / "a stick"
    away = index[1].rename(index[1].with_suffix(".away"))
    with pytest.raises(LadderError, match="fetching the wheels failed"):
        make(stick)
    unfinished = json.loads((stick / "wheels" / "bundle.json").read_text())
    kept = sorted(file.name for file in (stick / "wheels").glob("*.whl"))
    inode = (stick / "wheels" / index[0].name).stat().st_ino
    (stick / "wheels" / "old-1-py3-none-any.whl").touch()
    away.rename(index[1])

    code = make(stick)

    assert (code, unfinished["complete"], kept) == (0, False, [index[0].name])
    assert "1 of 2 wheels to fetch" in capsys.readouterr().out
    assert (stick / "wheels" / index[0].name).stat().st_ino == inode
    found = {file.name: file.read_bytes() for file in (stick / "wheels").glob("*.whl")}
    assert found == {file.name: file.read_bytes() for file in index}
    assert sorted(os.listdir(stick)) == ["START_HERE.txt", copy.NAME, copy.ARCHIVE, "wheels"]
    # pure wheels fit all machines
    whole = json.loads((stick / "wheels" / "bundle.json").read_text())
    assert whole["machines"] == {name: list(machines.PYTHONS) for name in machines.MACHINES}
    page = (stick / "START_HERE.txt").read_text(encoding="utf-8")
    assert "python3 ladder.py doctor" in page and machines.MACHINES["windows"] in page
    # the repository, at its commit
    flights = next((FEED / "flights").glob("*.parquet"))
    copied = stick / copy.NAME
    assert (copied / flights.relative_to(ROOT)).stat().st_size == flights.stat().st_size
    assert not (copied / ".venv").exists() and not (copied / "runs").exists()


def test_a_wheel_with_other_bytes_than_the_lock_promises_is_refused(
    index: list[Path], tmp_path: Path
) -> None:
    bundles.wheel(index[0].parent, "one", "1", b"other = 1")

    with pytest.raises(LadderError, match="did not have the hash that requirements.lock promises"):
        make(tmp_path / "stick")

    assert not list((tmp_path / "stick" / "wheels").glob("one-*"))


def test_half_a_file_counts_as_missing(tmp_path: Path) -> None:
    files = [bundles.wheel(tmp_path, name, "1", b"x = 1") for name in ("one", "two", "three")]
    (wheels,) = zip(*listing.read(bundles.listing(files)).values(), strict=True)
    files[1].write_bytes(files[1].read_bytes()[:-1])
    files[2].write_bytes(b"y" + files[2].read_bytes()[1:])

    lacking = fetch.missing(tmp_path, list(wheels))

    assert [wheel.file for wheel in lacking] == [file.name for file in files[1:]]


def test_a_full_disk_is_refused_before_anything_is_fetched(
    index: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(1e9, 0.9e9, 0.1e9))

    with pytest.raises(LadderError, match=r"0\.1 GB free .* needs 0\.2 GB"):
        make(tmp_path / "stick")


def test_a_folder_with_other_files_is_not_touched(index: list[Path], tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "thesis.txt").touch()

    with pytest.raises(LadderError, match="has files and is no bundle"):
        make(own)

    assert os.listdir(own) == ["thesis.txt"]


def test_batches_are_small_and_take_one_version_of_a_package_at_a_time() -> None:
    wheels = [*listing.wanted(Target("linux", "3.11"), LOCK, LISTED)]

    made = list(fetch.batches(wheels))

    assert [wheel for batch in made for wheel in batch] == wheels
    assert all(len({wheel.key[0] for wheel in batch}) == len(batch) for batch in made)
    assert all(len(batch) <= fetch.BATCH_FILES for batch in made)
    assert max(sum(one.size for one in batch[1:]) for batch in made) <= fetch.BATCH_BYTES


@pytest.fixture
def served(tmp_path: Path):
    """A served bundle, its address and its wheels."""
    folder = tmp_path / "stick"
    wheels = [
        bundles.wheel(folder / "wheels", f"wheel{number}", "1", os.urandom(300_000))
        for number in range(5)
    ]
    manifest = {"complete": True, "machines": {"linux": ["3.11"]}}
    (folder / "wheels" / "bundle.json").write_text(json.dumps(manifest))
    (folder / "START_HERE.txt").touch()
    (folder / copy.ARCHIVE).write_bytes(b"all of it")
    with share.open_server(folder, "127.0.0.1", 0) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}", wheels
        server.shutdown()
        thread.join()


def get(address: str) -> bytes:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with direct.open(address, timeout=30) as answer:
        return answer.read()


def test_thirty_machines_at_once_get_every_wheel_whole(served) -> None:
    address, wheels = served
    wanted = {file.name: bundles.sha256(file) for file in wheels}
    begin = threading.Barrier(30)

    def attendee(_: int) -> dict[str, str]:
        begin.wait()
        return {
            name: hashlib.sha256(get(f"{address}/wheels/{name}")).hexdigest() for name in wanted
        }

    with ThreadPoolExecutor(30) as room:
        received = list(room.map(attendee, range(30)))

    assert received == [wanted] * 30
    # Those that come first must not keep the others out.
    assert share.Server.request_queue_size >= 30 * int(wheelhouse.DOWNLOADS_AT_ONCE)


def test_the_served_page_has_the_commands_with_the_address(served) -> None:
    address, _ = served

    page = get(f"{address}/").decode()

    assert f"LADDER_WHEELS={address}/wheels python3 ladder.py doctor" in page
    assert f"$env:LADDER_WHEELS='{address}/wheels'; py ladder.py doctor" in page
    assert "Linux x86-64 with Python 3.11" in page
    assert get(f"{address}/{copy.ARCHIVE}") == b"all of it"


@pytest.mark.parametrize(
    "path", ["/START_HERE.txt", "/wheels/..%2fSTART_HERE.txt", "/mlops-ladder/ladder.py", "/wheels"]
)
def test_nothing_else_of_the_folder_is_served(served, path: str) -> None:
    with pytest.raises(urllib.error.HTTPError, match="404"):
        get(served[0] + path)


def test_a_folder_that_is_no_bundle_is_not_served(tmp_path: Path, capsys) -> None:
    assert cli.main(["bundle", f"{tmp_path / 'a stick'}", "--serve"]) == 2

    said = capsys.readouterr().err
    assert "a stick is no bundle yet: make it with " in said
    assert f"ladder.py bundle '{tmp_path / 'a stick'}'`" in said


def test_a_bundle_that_is_not_whole_is_not_served(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(share, "open_server", None)
    (tmp_path / "wheels").mkdir()
    (tmp_path / "wheels" / "bundle.json").write_text('{"complete": false, "machines": {}}')

    with pytest.raises(LadderError, match="is not complete"):
        share.serve(tmp_path, 8765, lan=False)


@pytest.mark.parametrize(("lan", "host"), [(False, "127.0.0.1"), (True, "0.0.0.0")])
def test_only_this_machine_is_served_unless_the_network_is_asked_for(
    lan: bool, host: str, served, tmp_path: Path, monkeypatch, capsys
) -> None:
    opened = []

    def stand_in(folder: Path, address: str, port: int):
        opened.append(address)
        raise KeyboardInterrupt

    monkeypatch.setattr(share, "open_server", stand_in)

    code = cli.main(["bundle", f"{tmp_path / 'stick'}", "--serve", *["--lan"][: int(lan)]])

    assert (code, opened) == (130, [host])


def manifest(folder: Path, **content: object) -> wheelhouse.Wheelhouse:
    (folder / "wheels").mkdir()
    (folder / "wheels" / "bundle.json").write_text(json.dumps(content))
    found = wheelhouse.find(f"{folder / 'mlops-ladder'}")
    assert found
    return found


def test_the_wheels_beside_the_repository_are_used(tmp_path: Path) -> None:
    found = manifest(tmp_path, complete=True, machines={HERE.machine: [HERE.python]})

    found.require_fit()

    assert found.place == f"{tmp_path / 'wheels'}"
    assert found.uv() == ["--no-index", "--find-links", found.place, "--offline"]


def test_an_unfinished_bundle_is_not_installed_from(tmp_path: Path) -> None:
    with pytest.raises(LadderError, match="is not complete; its maker calls `ladder bundle`"):
        manifest(tmp_path, complete=False, machines={}).require_fit()


def test_a_bundle_for_other_machines_says_for_which(tmp_path: Path) -> None:
    found = manifest(tmp_path, complete=True, machines={"windows": ["3.13"]})

    with pytest.raises(LadderError, match=r"is for Windows x86-64 with Python 3\.13; .*--platform"):
        found.require_fit()


def test_a_variable_names_a_folder_or_an_address(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("LADDER_WHEELS", "http://room.local:8765/wheels/")
    found = wheelhouse.find(f"{tmp_path}")

    assert found
    assert found.pip()[1:] == ["--find-links", f"{found.place}/", "--trusted-host", found.host]
    assert found.environment()["NO_PROXY"] == "room.local"


def test_a_place_without_wheels_is_named(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("LADDER_WHEELS", f"{tmp_path}")
    found = wheelhouse.find()

    assert found
    with pytest.raises(LadderError, match="the wheels of a bundle cannot be read at .*bundle.json"):
        found.require_fit()
