"""What GitHub and an editor read: workflows, issue forms, the devcontainer; and the newest pins."""

import json
import re
import tomllib
from pathlib import Path

import pytest
import yaml
from check_jsonschema import main as check_jsonschema
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from ladder import lock
from ladder import newest
from ladder.errors import LadderError
from ladder.places import ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
FORMS = ROOT / ".github" / "ISSUE_TEMPLATE"
CONTAINER = ROOT / ".devcontainer" / "devcontainer.json"
PINNED = re.compile(r"[\w-]+/[\w/-]+@[0-9a-f]{40} # v\d+(\.\d+){1,2}")


def named(path: Path) -> str:
    return path.name


def steps(workflow: Path) -> list[dict]:
    read = yaml.safe_load(workflow.read_text(encoding="utf-8"))
    return [step for job in read["jobs"].values() for step in job["steps"]]


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=named)
def test_a_workflow_reads_only_ends_in_time_and_pins_what_it_uses(workflow: Path) -> None:
    text = workflow.read_text(encoding="utf-8")
    read = yaml.safe_load(text)
    uses = re.findall(r"uses: (.*)", text)

    assert read["permissions"] == {"contents": "read"}
    assert all("permissions" not in job for job in read["jobs"].values())
    assert all(job["timeout-minutes"] <= 60 for job in read["jobs"].values())
    assert uses and [one for one in uses if not PINNED.fullmatch(one)] == []
    assert "secrets." not in text and "pull_request_target" not in text


def test_the_workflows_use_one_version_of_each_action() -> None:
    uses = {step["uses"] for workflow in WORKFLOWS for step in steps(workflow) if "uses" in step}

    assert len(uses) == len({one.partition("@")[0] for one in uses})


def test_the_newest_versions_are_tried_every_week_before_they_are_tested() -> None:
    workflow = ROOT / ".github" / "workflows" / "newest.yml"
    # YAML 1.1 reads the key `on` as true.
    on = yaml.safe_load(workflow.read_text(encoding="utf-8"))[True]

    ran = [step["run"] for step in steps(workflow) if "run" in step]

    assert re.fullmatch(r"\d+ \d+ \* \* [0-6]", on["schedule"][0]["cron"])
    assert [line.removeprefix("python ladder.py ") for line in ran] == [
        "lock --newest",
        "teach verified",
        "test -- --every",
    ]


@pytest.mark.parametrize("form", ["defect.yml", "taught.yml", "idea.yml", "config.yml"])
def test_an_issue_form_has_the_form_that_github_reads(
    form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    schema = f"vendor.github-issue-{'config' if form == 'config.yml' else 'forms'}"

    words = ["--builtin-schema", schema, str(FORMS / form)]
    code = check_jsonschema(words, standalone_mode=False)

    assert code == 0, capsys.readouterr().out


def test_an_issue_form_asks_at_most_five_things() -> None:
    forms = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in FORMS.glob("[!c]*.yml")]

    for form in forms:
        fields = [field for field in form["body"] if field["type"] != "markdown"]
        assert 1 <= len(fields) <= 5
        assert any(field.get("validations", {}).get("required") for field in fields)
        assert len({field["id"] for field in fields}) == len(fields)
    assert len({form["name"] for form in forms}) == 3


def test_the_devcontainer_is_pinned_has_our_python_and_sets_itself_up_without_root() -> None:
    container = json.loads(CONTAINER.read_text(encoding="utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    image = re.fullmatch(r"[\w./-]+:\d+-(\d\.\d+)-\w+@sha256:[0-9a-f]{64}", container["image"])
    tested = yaml.safe_load(WORKFLOWS[0].read_text(encoding="utf-8"))["jobs"]["test"]

    assert image and Version(image[1]) in SpecifierSet(project["requires-python"])
    assert image[1] in tested["strategy"]["matrix"]["python"]
    assert container["remoteUser"] not in ("root", "0", "")
    assert container["postCreateCommand"] == "python3 ladder.py doctor"
    assert container["hostRequirements"]["cpus"] >= 2
    assert {8000, 8888} <= set(container["forwardPorts"])
    # Neither more rights nor anything of the machine outside.
    assert container.keys().isdisjoint(
        {"mounts", "runArgs", "privileged", "capAdd", "secrets", "containerEnv", "workspaceMount"}
    )


def test_the_changelog_keeps_its_form() -> None:
    text = (ROOT / ".github" / "CHANGELOG.md").read_text(encoding="utf-8")

    versions = re.findall(r"^## (.*)", text, re.MULTILINE)
    kinds = re.findall(r"^### (.*)", text, re.MULTILINE)

    assert versions[0] == "[Unreleased]"
    assert all(re.fullmatch(r"\[[\d.]+\] - \d{4}-\d\d-\d\d", one) for one in versions[1:])
    assert set(kinds) <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


LOCK = """\
numpy==2.4.6 ; python_full_version < '3.12' \\
    --hash=sha256:0
    # via pandas
numpy==2.5.1 ; python_full_version >= '3.12' \\
    --hash=sha256:1
pandas==3.2.0 \\
    --hash=sha256:2
psycopg==3.4.0 \\
    --hash=sha256:3
setuptools==90.0.0 \\
    --hash=sha256:4
"""
BEFORE = """\
requires = ["setuptools>=77"]
version = "1.0.0+local"
dependencies = [
    "numpy>=2.3.0",
    "pandas==3.1.1",
    "psycopg[binary]==3.3.9",
]
groundcrew[tracking]==1.0.0+local
pandas==3.1.1
"""


def test_every_pin_moves_to_the_lock_and_nothing_else() -> None:
    after = newest.repinned(BEFORE, newest.versions(LOCK))

    assert after == (
        BEFORE.replace("numpy>=2.3.0", "numpy>=2.4.6")
        .replace("pandas==3.1.1", "pandas==3.2.0")
        .replace("psycopg[binary]==3.3.9", "psycopg[binary]==3.4.0")
    )


def test_the_pins_of_the_repository_are_those_of_its_lock() -> None:
    versions = newest.versions((ROOT / lock.LOCK).read_text(encoding="utf-8"))
    texts = [path.read_text(encoding="utf-8") for path in newest.pinned_files()]

    assert len(texts) == 5
    assert [newest.repinned(text, versions) for text in texts] == texts


def test_a_change_names_the_versions_before_and_after() -> None:
    before = newest.versions("pandas==3.1.1 \\\ntqdm==1.0 \\\n")

    assert newest.changes(before, newest.versions(LOCK)) == [
        "numpy: none -> 2.4.6 or 2.5.1",
        "pandas: 3.1.1 -> 3.2.0",
        "psycopg: none -> 3.4.0",
        "setuptools: none -> 90.0.0",
        "tqdm: 1.0 -> none",
    ]


def test_versions_that_cannot_be_found_are_refused_in_the_words_of_uv(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'x'\n")

    with pytest.raises(LadderError, match="uv found no newer set of versions: .*version"):
        newest.compile_lock(tmp_path)


def test_the_lock_says_how_it_was_compiled() -> None:
    head = (ROOT / lock.LOCK).read_text(encoding="utf-8").splitlines()[1]

    assert head == f"#    {newest.COMPILE}"
