"""CHANGES.md and `ladder diff`: made from the levels' files, whole, and never stale."""

import html
import re
import sys
from collections import defaultdict
from html.parser import HTMLParser
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from ladder import carry
from ladder import cli
from ladder import copies
from ladder import drift
from ladder import level_files
from ladder.changes import became
from ladder.changes import coloured
from ladder.changes import entries
from ladder.changes import hunks
from ladder.changes import proofs
from ladder.changes import publish
from ladder.changes import side_by_side
from ladder.changes import step
from ladder.changes import terminal
from ladder.climbing import levels
from ladder.errors import LadderError
from ladder.git import git
from ladder.places import LEVELS
from ladder.places import ROOT
from ladder.year import builds

UPPER = [1, 2, 3, 4]
GATE = "flighttime/gate.py"


def page_of(level: int) -> str:
    return (LEVELS[level] / level_files.CHANGES).read_text(encoding="utf-8")


def blocks(level: int) -> list[Token]:
    """The page as an independent reader of Markdown takes it apart."""
    return MarkdownIt("commonmark").enable("table").parse(page_of(level))


def headings(tokens: list[Token]) -> list[str]:
    pairs = zip(tokens, tokens[1:], strict=False)
    return [after.content for one, after in pairs if one.type == "heading_open"]


def edited(monkeypatch: pytest.MonkeyPatch, level: int, path: str, text: bytes) -> None:
    """Let one file of a level have another content, as if it had been edited."""
    usual = levels.content

    def content(number: int) -> dict[str, bytes]:
        return usual(number) | ({path: text} if number == level else {})

    monkeypatch.setattr(levels, "content", content)


def test_the_pages_are_what_the_levels_give() -> None:
    assert publish.findings() == []


def test_a_page_is_stale_when_a_file_of_its_level_or_of_the_one_below_changes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    edited(monkeypatch, 3, GATE, levels.content(3)[GATE] + b"LAST = 1\n")

    found = publish.findings()

    stale = "CHANGES.md: is not what the two levels give: `ladder diff --publish` writes it again"
    assert found == [f"{LEVELS[3].name}/{stale}", f"{LEVELS[4].name}/{stale}"]


def test_a_page_that_is_not_there_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publish, "CHANGES", "NONE.md")

    found = publish.findings()

    assert found[0] == "level1_devops/NONE.md: is missing: `ladder diff --publish` writes it again"
    assert len(found) == len(UPPER)


def test_a_page_longer_than_github_shows_is_found_and_not_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(publish, "MAX_BYTES", 60_000)
    before = page_of(3)

    found = publish.findings()

    assert [line.partition(":")[0] for line in found] == [
        f"{LEVELS[level].name}/CHANGES.md" for level in (2, 3, 4)
    ]
    with pytest.raises(LadderError, match="over the 60,000 that GitHub shows: make the step"):
        publish.publish()
    assert page_of(3) == before


def test_a_readme_that_does_not_say_what_hurts_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    edited(monkeypatch, 2, "README.md", b"# Level 2\n\n## What still hurts\n\n## Where next\n")

    assert "level2_auto_training/README.md: has no section '## What still hurts'" in "".join(
        publish.findings()
    )


def test_what_hurts_is_taken_from_the_readme_below_with_links_that_lead_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = "- See [it](flighttime/a.py), [terms](../shared/GLOSSARY.md), [that](https://a.org)."
    readme = f"# Level 2\n\n## What still hurts\n\n{text}\n\n## Where next\n\nUp.\n"
    edited(monkeypatch, 2, "README.md", readme.encode())

    assert step.between(2, 3).hurt == (
        f"- See [it](../{LEVELS[2].name}/flighttime/a.py), [terms](../shared/GLOSSARY.md), "
        "[that](https://a.org)."
    )


def test_a_page_gives_what_the_model_says_and_what_proves_it() -> None:
    section = page_of(3).partition("\n## Promotion\n")[2].partition("\n## ")[0]

    assert section.splitlines()[1:4] == [
        f"> {proofs.statement('promotion', 3).says} ([promotion.3](../shared/maturity.toml))",
        "",
        "Proof: [tests/test_gate.py](tests/test_gate.py), "
        "[gate_then_person](../shared/ladder/conformance/checks/releases.py) of "
        "`ladder check --matrix`.",
    ]
    assert section.count("\n### ") == 6


def test_the_terminal_gives_the_same(capsys: pytest.CaptureFixture) -> None:
    found = step.between(2, 3)

    terminal.show(found, [])

    said = capsys.readouterr().out
    assert re.findall(r"^======== (\S+)", said, re.MULTILINE) == [one.path for one in found.changes]
    assert re.findall(r"^-------- (.+)", said, re.MULTILINE) == [
        one.title for one in found.sections
    ]
    words = " ".join(said.split())
    assert "what hurts at Level 2: - `release` takes any number." in words
    assert "proof: tests/test_gate.py, " in words
    for change in found.changes:
        shown = "\n".join(change.lines) in said
        assert shown == (not change.instead), change.path


def test_colours_are_for_a_terminal_whose_owner_wants_them(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    terminal.show_lines(["-a"])
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    terminal.show_lines(["-a", "+b", " c"])
    monkeypatch.setenv("NO_COLOR", "1")
    terminal.show_lines(["+b"])

    assert capsys.readouterr().out == "-a\n\x1b[31m-a\x1b[m\n\x1b[32m+b\x1b[m\n c\n+b\n"


def test_over_several_levels_a_section_names_its_level_and_a_file_all_of_its_reasons() -> None:
    found = step.between(1, 4)

    titles = [one.title for one in found.sections]
    (serving,) = [one for one in found.changes if one.path == "flighttime/serving.py"]
    assert {"Headline, Level 2", "Headline, Level 4", "Promotion, Level 3"} <= set(titles)
    assert len(set(titles)) == len(titles)
    assert [one.row for one in serving.reasons] == ["promotion", "downtime"]


def test_in_the_terminal_a_cell_stands_before_its_functions(capsys: pytest.CaptureFixture) -> None:
    terminal.show(step.between(0, 1), [])

    said = capsys.readouterr().out
    model = said.partition("======== flighttime/model.py")[2].partition("========")[0]
    before, _, after = model.partition("+++ flighttime/model.py: build\n")
    assert "--- explore.ipynb, below “Model”\n-def build() -> Pipeline:\n" in before
    assert after.startswith("+def build() -> Pipeline:\n")
    assert "  new beside it: Trained, digest\n" in after


def test_the_check_of_the_levels_finds_a_stale_page(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(drift, "findings", lambda *_: [])
    monkeypatch.setattr(publish, "CHANGES", "NONE.md")

    code = cli.main(["check"])

    assert code == 1
    assert "\n- level4_full/NONE.md: is missing: " in capsys.readouterr().out


def test_a_page_is_not_carried_to_the_levels_above(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(carry, "_edited", lambda *_: {level_files.CHANGES, "README.md"})

    assert carry._choose([], [LEVELS[1], LEVELS[2]], "HEAD") == ["README.md"]


@pytest.mark.parametrize("level", UPPER)
def test_every_fence_closes_and_holds_what_differs(level: int) -> None:
    found = step.between(level - 1, level)
    tokens = blocks(level)

    shown = [token.content for token in tokens if token.type == "fence"]

    expected = []
    for change in found.changes:
        if change.pairs:
            parts = [part for pair in change.pairs for part in [*pair.before, pair.after]]
            expected += [part.code for part in parts]
        elif not change.instead and not change.is_gone:
            expected.append(change.text if change.is_new else "\n".join(change.lines))
    assert [text.rstrip() for text in shown] == [text.rstrip() for text in expected]
    assert [one for one in headings(tokens) if "/" in one and one != "A/B testing"] == [
        one.path for one in found.changes if "/" in one.path and not one.is_gone
    ]


def test_a_text_with_fences_of_its_own_stays_whole() -> None:
    text = "```bash\nls\n```\n\n````\n```\n````"

    tokens = MarkdownIt("commonmark").parse(f"{entries.fenced(text, 'markdown')}\n\n## after\n")

    assert [one.content for one in tokens if one.type == "fence"] == [f"{text}\n"]
    assert headings(tokens) == ["after"]


@pytest.mark.parametrize("level", UPPER)
def test_every_link_leads_to_a_file_or_to_a_heading(level: int) -> None:
    tokens = blocks(level)
    anchors = [
        re.sub(r"[^a-z0-9_\- ]", "", one.lower()).replace(" ", "-") for one in headings(tokens)
    ]
    children = [child for token in tokens for child in token.children or []]
    links = [f"{one.attrs['href']}" for one in children if one.type == "link_open"]

    assert len(links) > 40
    assert len(set(anchors)) == len(anchors)
    # Headings of other files: see test_links.py.
    files = [LEVELS[level] / link.partition("#")[0] for link in links if link[0] != "#"]
    assert [file for file in files if not file.exists()] == []
    assert [link for link in links if link[0] == "#" and link[1:] not in anchors] == []


BECAME = became.FILE.read_text(encoding="utf-8")
MISTAKES = [
    ('cells = ["cell-18"]', 'cells = ["cell-180"]', "cell-180 is not a cell of the notebook"),
    ('to = ["build"]', 'to = ["make"]', "make is not defined in flighttime/model.py"),
    ('"load_model"', '"load_it"', "load_it is not a function of score.py"),
    ('cells = ["cell-18"]', "cells = []", "cell-18 is named 0 times"),
    ('cells = ["cell-03", ', 'cells = ["cell-03", "cell-02", ', "cell-02 is named 2 times"),
    ('cells = ["cell-03", ', 'cells = ["cell-03", "cell-99", ', "cell-99 does not exist"),
    (
        'file = "flighttime/model.py"',
        'file = "flighttime/m.py"',
        "no file flighttime/m.py",
    ),
    ('script = "score.py"', "", "became.toml has no 'script'"),
    ("\n[stays]", "\n[stays", "became.toml cannot be read"),
]


@pytest.mark.parametrize(("old", "new", "message"), MISTAKES)
def test_what_became_of_a_cell_cannot_name_what_is_gone(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    assert BECAME.count(old) == 1
    (tmp_path / "became.toml").write_text(BECAME.replace(old, new), encoding="utf-8")

    with pytest.raises(LadderError, match=re.escape(message)):
        became.read(levels.content(0), levels.content(1), tmp_path / "became.toml")


def test_what_the_new_level_replaces_comes_last() -> None:
    rest = step.between(0, 1).sections[-1]

    assert rest.title == "What it replaces"
    assert {one.path for one in rest.changes} == set(levels.content(0)) - set(levels.content(1))


def test_a_file_of_the_first_level_has_to_be_declared_and_to_exist(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    files = copies.files(LEVELS[1])
    files["flighttime/extra.py"] = files.pop("flighttime/app.py")
    monkeypatch.setattr(copies, "files", lambda _: files)

    assert publish.undeclared() == [
        "level1_devops/flighttime/extra.py: is not declared: write it in levels.toml under "
        '[level.1."a row"]',
        "levels.toml [level.1] flighttime/app.py: is not a file of level1_devops: "
        "take the line out",
    ]


class Sides(HTMLParser):
    """What a page shows: the lines of each file before and after by their numbers, and all tags."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: defaultdict[tuple[str, str], dict[int, str]] = defaultdict(dict)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.path = ""
        self.place: tuple[str, str, int] | None = None
        self.in_heading = False

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        self.tags.append((tag, given))
        if tag == "h3":
            self.path, self.in_heading = "", True
        if tag == "td" and "data-n" in given:
            self.place = (self.path, f"{given['class']}", int(given["data-n"] or 0))
            self.handle_data("")

    def handle_data(self, data: str) -> None:
        if self.in_heading:
            self.path += data
        if self.place:
            path, side, number = self.place
            self.lines[path, side][number] = self.lines[path, side].get(number, "") + data

    def handle_endtag(self, tag: str) -> None:
        self.in_heading = self.in_heading and tag != "h3"
        self.place = None if tag == "td" else self.place


@pytest.mark.parametrize(("lower", "upper"), [(0, 1), (2, 3), (1, 4), (4, 3)])
def test_the_page_for_a_browser_shows_both_sides_of_every_file(lower: int, upper: int) -> None:
    found = step.between(lower, upper)
    sides = Sides()

    sides.feed(side_by_side.html(found))

    anchors = {given.get("id") for tag, given in sides.tags if tag == "h3"}
    assert anchors == {change.anchor for change in found.changes}
    for change in found.changes:
        if change.instead or change.pairs:
            continue
        for side, data, sign in (("old", change.before, "-"), ("new", change.after, "+")):
            text = hunks.readable(change.path, data or b"").decode().split("\n")
            shown = sides.lines[change.path, side]
            assert all(text[number - 1] == line for number, line in shown.items()), change.path
            expected = {line[1:] for line in change.lines if line[0] in (sign, " ")}
            assert expected <= set(shown.values()), change.path


def test_the_page_for_a_browser_needs_no_network_and_no_script() -> None:
    text = side_by_side.html(step.between(2, 3))
    page = Sides()
    page.feed(text)

    assert {tag for tag, _ in page.tags} & {"script", "link", "img", "iframe"} == set()
    targets = [f"{given['href']}" for _, given in page.tags if "href" in given]
    assert targets and all(target.startswith("#") for target in targets)
    style = text.partition("<style>")[2].partition("</style>")[0]
    assert style and "url(" not in style and "@import" not in style


def test_the_command_writes_the_page_and_says_where(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    monkeypatch.setattr(side_by_side, "RUNS", tmp_path / "some runs")
    opened: list[str] = []
    monkeypatch.setattr("ladder.browser.show", opened.append)

    codes = [
        cli.main(["diff", "2", "3", "flighttime/gate.py", "--html", *more])
        for more in ([], ["--no-browser"])
    ]

    page = tmp_path / "some runs" / "diff" / "2-3-part.html"
    assert codes == [0, 0] and capsys.readouterr().out == f"{page}\n" * 2
    assert opened == [page.as_uri()]
    assert "flighttime/gate.py" in page.read_text(encoding="utf-8")
    assert "flighttime/verdict.py</code></h3>" not in page.read_text(encoding="utf-8")


def test_a_folder_that_cannot_be_written_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    (tmp_path / "a file").touch()
    monkeypatch.setattr(side_by_side, "RUNS", tmp_path / "a file")

    code = cli.main(["diff", "2", "3", "--html", "--no-browser"])

    said = capsys.readouterr().err
    assert code == 2 and said.count("\n") == 1
    assert "2-3.html cannot be written" in said and "set LADDER_RUNS to another folder" in said


REFUSED = [
    ("2", "give two different levels from 0 to 4"),
    ("2 9", "give two different levels from 0 to 4"),
    ("3 3", "give two different levels from 0 to 4"),
    ("1 2 3", "give two different levels from 0 to 4"),
    ("2 3 --no-browser", "--no-browser is about the page that --html writes"),
    ("2 3 --publish", "--publish writes the pages of all levels: give it alone"),
]


@pytest.mark.parametrize(("words", "message"), REFUSED)
def test_what_cannot_be_shown_is_refused_in_one_line(
    words: str, message: str, capsys: pytest.CaptureFixture
) -> None:
    code = cli.main(["diff", *words.split()])

    said = capsys.readouterr().err
    assert code == 2 and message in said and said.count("\n") == 1


def test_a_persons_own_settings_of_git_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    files = [
        {"a b.py": text.encode()} for text in ("def a():\nx\n\n\n\nb\n", "def a():\nx\n\n\n\nc\n")
    ]
    usual = hunks.differences(*files)
    own = {
        "diff.noprefix": "true",
        "diff.mnemonicPrefix": "true",
        "diff.suppressBlankEmpty": "true",
        "diff.context": "0",
        "diff.interHunkContext": "9",
        "diff.external": "false",
        "color.ui": "always",
    }
    monkeypatch.setenv("GIT_CONFIG_COUNT", f"{len(own)}")
    for number, (name, value) in enumerate(own.items()):
        monkeypatch.setenv(f"GIT_CONFIG_KEY_{number}", name)
        monkeypatch.setenv(f"GIT_CONFIG_VALUE_{number}", value)

    assert hunks.differences(*files) == usual
    assert usual == {"a b.py": ["@@ -3,4 +3,4 @@ def a():", " ", " ", " ", "-b", "+c"]}


def test_colours_change_no_character_of_a_file() -> None:
    path = "flighttime/features.py"
    text = levels.content(1)[path].decode()

    lines = [coloured.html(line, [(1, 3)]) for line in coloured.lines(path, text)]

    assert html.unescape(re.sub(r"<[^>]*>", "", "\n".join(lines))) == text
    assert any('<span class="k">' in line and "<mark>" in line for line in lines)


def test_the_words_that_changed_in_a_line_are_marked() -> None:
    old, new = "    table = read(day)", "    table = read(day, version)"

    before, after = coloured.changed(old, new)

    assert [old[first:last] for first, last in before] == []
    assert [new[first:last] for first, last in after] == [", version"]
    shown = coloured.html(coloured.lines("a.py", new)[0], after)
    assert "".join(re.findall("<mark>(.*?)</mark>", shown)) == ", version"
    assert coloured.changed("import os", "return 1.5 * days") == ([], [])


def test_a_page_is_no_file_of_its_level(tmp_path: Path) -> None:
    copy = level_files.copy(LEVELS[3], tmp_path / "a copy")

    assert page_of(3)
    assert level_files.CHANGES not in copies.files(LEVELS[3])
    assert copies.files(copy) == copies.files(LEVELS[3])
    assert not (copy / level_files.CHANGES).exists()
    assert LEVELS[3] / level_files.CHANGES not in builds.sources(3)


def test_a_diff_of_two_levels_does_not_show_the_pages() -> None:
    if git(ROOT, "rev-parse").returncode:
        pytest.skip("outside of a git checkout, git knows no attributes of these files")

    shown = git(ROOT, "diff", "--no-index", *(LEVELS[number].name for number in (2, 3))).stdout

    pages = [line for line in shown.decode().splitlines() if level_files.CHANGES in line]
    assert [line.partition(" ")[0] for line in pages] == ["diff", "Binary"]
