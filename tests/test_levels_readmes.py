"""The levels' READMEs keep one template, and say of incidents and exercises what is published."""

import argparse
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from ladder import check as of_levels
from ladder import renew
from ladder.errors import LadderError
from ladder.places import LEVELS
from ladder.readmes import check
from ladder.readmes import generated
from ladder.readmes import picture
from ladder.readmes import template


def replaced(old: str, new: str) -> Callable[[str], str]:
    def edit(text: str) -> str:
        assert old in text
        return text.replace(old, new)

    return edit


@pytest.fixture
def copies(tmp_path: Path) -> dict[int, Path]:
    levels = {number: tmp_path / level.name for number, level in LEVELS.items()}
    for number, level in levels.items():
        level.mkdir()
        shutil.copy(LEVELS[number] / "README.md", level)
    return levels


def test_the_readmes_keep_the_template() -> None:
    assert check.findings(LEVELS) == []


@pytest.mark.parametrize(
    ("level", "edit", "finding"),
    [
        (1, replaced("## Break it", "## Fix it"), "has the sections Walk through it, The way"),
        (2, replaced("| SageMaker ", ""), "has no table '| | Azure ML | SageMaker | Vertex AI"),
        (3, replaced("data engineer |", "owner |"), "has no table '| step | data scientist"),
        (0, lambda text: text + "x" * 121 + "\n", "has 121 characters, over the limit of 120"),
        (3, replaced("6,417 answers", "6,418 answers"), "'Break it' is not what the published"),
        (4, replaced("disk-full", "disk-fall"), "there is no incident disk-fall: `ladder incid"),
        (1, replaced("`trusted_file`, ", ""), "'Exercises' is not what the published matrix and"),
        (2, replaced("classDef new fill:#dcaaff", "classDef new fill:#000000"), "level's colour"),
        (4, replaced(":::new", ""), "the picture does not show what is new: write ':::new'"),
        (3, replaced("-.->", "-->"), "the picture does not show what people do by hand"),
        (2, replaced('[("feed")]', '[("feed)]'), "a line that is no arrow between things: 'feed[("),
        (1, replaced(" --> train", " -> train"), "a line that is no arrow between things"),
        (3, replaced('gate{"gate"}', 'gate["gate"]'), "show gate as a program (Level 3) and as a"),
    ],
)
def test_a_readme_that_leaves_the_template_is_found(
    copies: dict[int, Path], level: int, edit: Callable[[str], str], finding: str
) -> None:
    file = copies[level] / "README.md"
    file.write_text(edit(file.read_text(encoding="utf-8")), encoding="utf-8")

    assert finding in "\n".join(check.findings(copies))


def test_a_readme_without_incidents_or_that_is_gone_is_found(copies: dict[int, Path]) -> None:
    file = copies[1] / "README.md"
    text = template.with_section(file.read_text(encoding="utf-8"), template.BREAK_IT, "Nothing.")
    file.write_text(text, encoding="utf-8")
    (copies[0] / "README.md").unlink()

    found = check.findings(copies)

    assert "level0_manual/README.md: is missing: restore it from git" in found
    assert any("level1_devops/README.md: 'Break it' names no incident" in line for line in found)


def test_ladder_check_reports_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(of_levels.readmes, "findings", lambda _levels: ["a README is not right"])

    code = of_levels.main(argparse.Namespace(folder=None, watch=False, matrix=False, publish=False))

    assert code == 1
    assert capsys.readouterr().out.endswith("- a README is not right\n1 to put right\n")


def test_what_is_made_is_written_again(
    copies: dict[int, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {number: template.read(level) for number, level in copies.items()}
    spoiled = template.with_section(before[3], template.EXERCISES, "None.")
    (copies[3] / "README.md").write_text(spoiled, encoding="utf-8")
    monkeypatch.setattr(renew, "LEVELS", copies)

    code = renew.main(argparse.Namespace(notebooks=[], readmes=True))

    assert code == 0
    assert {number: template.read(level) for number, level in copies.items()} == before


def test_readmes_and_notebooks_are_not_renewed_in_one_call() -> None:
    with pytest.raises(LadderError, match="--readmes writes no notebook: leave a.ipynb out"):
        renew.main(argparse.Namespace(notebooks=[Path("a.ipynb")], readmes=True))


def test_a_text_without_the_heading_cannot_get_its_section() -> None:
    with pytest.raises(LadderError, match="no heading '## Exercises'"):
        template.with_section("# Level 9\n", template.EXERCISES, "None.")


def cell(outcome: str, **figures: int | float | str) -> dict:
    none = {"wrong": 0, "asked": 100, "minutes": 0.0, "missing": 0, "records": 0, "question": ""}
    return {"outcome": outcome, "why": "a rule", **none, **figures}


@pytest.mark.parametrize(
    ("measured", "sentence"),
    [
        (cell("prevented"), "prevented (a rule)"),
        (
            cell("silent", wrong=60, minutes=9.6),
            "silent harm (60 of 100 answers off by 10 minutes)",
        ),
        (cell("person", missing=4), "a person has to act (4 of 100 flights get no answer)"),
        (cell("silent", records=6000), "silent harm (6,000 rows to learn from are wrong)"),
        (cell("silent", question="which?"), "silent harm (which?)"),
        (
            cell("healed", wrong=1, minutes=2.0),
            "it heals itself (1 of 100 answers off by 2 minutes; a rule)",
        ),
    ],
)
def test_an_outcome_is_a_sentence(measured: dict, sentence: str) -> None:
    assert generated.outcome(measured) == sentence


def luminance(colour: str) -> float:
    """The relative luminance of WCAG 2."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("level", LEVELS)
def test_the_text_of_what_is_new_is_legible_on_its_own_colour(level: int) -> None:
    fill, _, ink = re.findall(r"#[0-9a-f]{6}", picture.colour(level))

    # 4.5 is what WCAG 2 asks of text, whatever the page around it.
    assert (luminance(fill) + 0.05) / (luminance(ink) + 0.05) > 4.5


def test_a_picture_that_was_removed_is_found() -> None:
    text = template.read(LEVELS[2]).replace("```mermaid", "```text")

    assert picture.drawn(text) == ""
    assert len(picture.findings(2, text)) == 4
