"""The site, the slides and the wall sheet: whole, linked, and made from the sources."""

import ast
import base64
import html
import json
import os
import re
import time
import urllib.request
from html.parser import HTMLParser
from itertools import combinations
from pathlib import Path
from posixpath import dirname
from posixpath import join
from posixpath import normpath

import pytest
from selenium import webdriver
from visitor import browser  # noqa: F401

from ladder import cli
from ladder import ports
from ladder import site
from ladder import slides
from ladder.conformance import model
from ladder.errors import LadderError
from ladder.incidents.catalogue import CATALOGUE
from ladder.look import flow
from ladder.look import palette
from ladder.look.flow import chart
from ladder.look.flow import folding
from ladder.look.flow import places
from ladder.places import LEVELS
from ladder.places import ROOT
from ladder.site import build
from ladder.site import markdown
from ladder.site import pictures
from ladder.site import sources
from ladder.site import texts
from ladder.site.trail import TRAIL
from ladder.slides import deck
from ladder.slides import incidents
from ladder.slides import wall

Pages = dict[str, str]
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


class Seen(HTMLParser):
    """Every link, every id, and what a page loads or is allowed to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: list[str] = []
        self.loaded: list[str] = []
        self.inline: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.ids += [values["id"]] if "id" in values else []
        self.links += [values["href"]] if tag == "a" and "href" in values else []
        self.loaded += [values[name] for name in ("src", "srcset", "data") if name in values]
        self.loaded += [values["href"]] if tag == "link" else []
        self.inline += [name for name in values if name == "style" or name.startswith("on")]


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Pages:
    """The site of the published results, wherever the tests run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sources, "RUNS", tmp_path_factory.mktemp("no runs"))
        return build.pages(local=False)


@pytest.fixture(scope="module")
def seen(pages: Pages) -> dict[str, Seen]:
    return {path: Seen(text) for path, text in pages.items()}


def lost(seen: dict[str, Seen]) -> list[str]:
    """Links that lead to no page of the site, or to no place on it."""
    found = []
    for path, page in seen.items():
        for link in page.links:
            if re.match("https?:", link):
                continue
            address, _, place = link.partition("#")
            target = normpath(join(dirname(path), address)) if address else path
            if target not in seen or (place and place not in seen[target].ids):
                found.append(f"{path}: {link}")
    return found


def test_every_link_of_the_site_leads_to_a_page_and_a_place_on_it(seen: dict[str, Seen]) -> None:
    assert sum(len(page.links) for page in seen.values()) > 300
    assert lost(seen) == []


def test_every_page_is_reached_from_the_index_and_leads_back_to_it(seen: dict[str, Seen]) -> None:
    reached, waiting = {"index.html"}, ["index.html"]
    while waiting:
        path = waiting.pop()
        targets = {
            normpath(join(dirname(path), link.partition("#")[0]))
            for link in seen[path].links
            if not re.match("https?:|#", link)
        }
        waiting += targets - reached
        reached |= targets
    up = {path: "../" * path.count("/") + "index.html" for path in seen}

    assert reached == set(seen)
    assert [path for path, page in seen.items() if up[path] not in page.links] == []
    assert set(TRAIL) <= set(seen) and {f"level{level}.html" for level in LEVELS} <= set(seen)
    assert {f"incidents/{name}.html" for name in CATALOGUE} <= set(seen)


def test_no_page_loads_anything_or_runs_what_is_not_its_own(
    pages: Pages, seen: dict[str, Seen]
) -> None:
    outside = {
        path: [one for one in page.loaded if not one.startswith("data:")]
        for path, page in seen.items()
    }
    policies = {
        path: re.findall('content="(default-src[^"]*)"', text) for path, text in pages.items()
    }

    assert {path: one for path, one in outside.items() if one} == {}
    assert {path: page.inline for path, page in seen.items() if page.inline} == {}
    assert all(len(found) == 1 and "unsafe" not in found[0] for found in policies.values())
    assert not any(re.search(r"url\(|@import", text) for text in pages.values())


def test_mission_control_is_linked_only_where_it_can_be_reached(pages: Pages) -> None:
    with_link = site.build.index.page(local=True)

    assert "http://127.0.0.1:8000/control" in with_link
    assert "127.0.0.1" not in pages["index.html"]


def conformance_of(runs: Path) -> dict:
    """What `ladder check --matrix` leaves, with every statement held by Level 3 alone."""
    statements = [vars(one) for one in model.read()]
    cells = [
        {"id": one["id"], "level": level, "passed": level == 3}
        for one in statements
        for level in LEVELS
        if one["check"] and not one["same_as"]
    ]
    found = {"coverage": {"executable": 1, "settings": 2, "people": 3, "not observable": 4}}
    found |= {"statements": statements, "cells": cells}
    (runs / "maturity.json").write_text(json.dumps(found), encoding="utf-8")
    (runs / "maturity.html").write_text("<main>what a machine ran</main>", encoding="utf-8")
    return found


def test_the_site_shows_a_run_of_this_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    monkeypatch.setattr(sources, "RUNS", tmp_path)
    own = sources.year() | {"levels": sources.year()["levels"][:2], "until": "2013-06-30"}
    (tmp_path / "report.json").write_text(json.dumps(own), encoding="utf-8")

    measured = conformance_of(tmp_path)
    made = build.pages(local=True)

    assert [row["level"] for row in sources.year()["levels"]] == [0, 1]
    assert sources.staircase()["statements"][0]["holds"] == [3]
    assert sources.staircase()["coverage"] == measured["coverage"]
    assert lost({path: Seen(text) for path, text in made.items()}) == []
    assert "what a machine ran" in made["evidence.html"]
    assert 'href="evidence.html"' in made["staircase.html"]
    assert "evidence.html" not in build.pages(local=False)
    assert len(sources.whole_year()["levels"]) == 5
    (tmp_path / "report.json").write_text('{"levels": ', encoding="utf-8")
    assert cli.main(["site", "--out", str(tmp_path / "a site")]) == 2
    assert "report.json cannot be read: `ladder run` writes it again" in capsys.readouterr().err


def test_the_site_is_written_twice_into_a_folder_with_a_space_and_served(tmp_path: Path) -> None:
    folder = tmp_path / "a site"
    count = build.write(folder, local=True)
    assert build.write(folder, local=True) == count

    with site.serving.served(folder, ports.somewhere()) as address:
        with urllib.request.urlopen(f"{address}incidents/skew.html") as answer:
            text = answer.read().decode()

    assert "Training-serving skew" in text
    assert address.startswith("http://127.0.0.1:")
    assert len([*folder.rglob("*")]) == count + len(["incidents", "steps"])


def test_a_browser_that_leaves_early_is_no_error_to_print(
    tmp_path: Path, capfd: pytest.CaptureFixture
) -> None:
    (tmp_path / "large.html").write_text("x" * 20_000_000, encoding="utf-8")
    (tmp_path / "small.html").write_text("here", encoding="utf-8")

    with site.serving.served(tmp_path, ports.somewhere()) as address:
        with urllib.request.urlopen(f"{address}large.html") as answer:
            answer.read(10)
        time.sleep(0.2)
        with urllib.request.urlopen(f"{address}small.html") as answer:
            text = answer.read()

    assert text == b"here"
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["site", "--out", str(ROOT / "pages")], "is in the repository"),
        (["site", "--out", str(ROOT / "level4_full")], "is in the repository"),
        (["site", "--out", str(Path(__file__))], "is in the repository"),
        (["site", "--port", "70000"], "port 70000 does not exist"),
        (["slides", "--out", str(ROOT / "README.md")], "is in the repository"),
        (["slides", "--out", f"{os.devnull}/x.html"], "name another file with --out"),
    ],
)
def test_what_cannot_be_written_is_refused_in_words(
    words: list[str], said: str, capsys: pytest.CaptureFixture
) -> None:
    assert cli.main(words) == 2

    error = capsys.readouterr().err
    assert said in error and error.count("\n") == 1


def test_a_folder_that_holds_something_else_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    (tmp_path / "index.html").write_text("mine", encoding="utf-8")

    assert cli.main(["site", "--out", str(tmp_path)]) == 2
    assert "holds other files; name a new or an empty folder" in capsys.readouterr().err
    assert (tmp_path / "index.html").read_text(encoding="utf-8") == "mine"

    (tmp_path / build.WALL).touch()
    assert site.require_folder(tmp_path) == tmp_path


def test_a_link_of_a_document_leads_inside_the_site_or_nowhere() -> None:
    text = "# T\n\n[a](../shared/GLOSSARY.md#b) [c](x.py) [d](https://e.org) [f](#g)\n"
    text += "[h](../README.md#i)\n"
    pages = {"shared/GLOSSARY.md": "glossary.html", "README.md": "index.html"}

    shown = markdown.page(text, "level1/README.md", pages, "k")

    assert Seen(shown).links == ["glossary.html#b", "https://e.org", "#g", "index.html"]
    assert 'title="level1/x.py">c</a>' in shown


def test_a_flowchart_is_drawn_with_its_words_and_without_nodes_upon_each_other() -> None:
    for level in LEVELS:
        source, _ = texts.picture(level)
        found = chart.read(source)
        placed = folding.folded(found)
        boxes = [(*placed.at[name], placed.wide[name]) for name in found.nodes]

        drawn = html.unescape(flow.svg(source, level))

        assert len(found.arrows) > 4 and len(found.nodes) > 4
        assert set(found.arrows) == {*placed.ways, *placed.around}
        assert all(
            line in drawn for one in found.nodes.values() for line in places.lines(one.label)
        )
        assert [
            (one, other)
            for one, other in combinations(boxes, 2)
            if abs(one[1] - other[1]) < places.HEIGHT
            and abs(one[0] - other[0]) < (one[2] + other[2]) / 2
        ] == []
        assert all(0 < x < placed.width and 0 < y < placed.height for x, y, _ in boxes)


def test_a_flowchart_is_read_as_mermaid_reads_it() -> None:
    found = chart.read(
        'flowchart LR\n  a[("x, y")] --> b & c:::new -.->|"by hand"| d([Kim])\n  d <--> a'
    )

    arrows = [(one.start, one.end, one.label, one.by_hand, one.both) for one in found.arrows]
    assert arrows == [
        ("a", "b", "", False, False),
        ("a", "c", "", False, False),
        ("b", "d", "by hand", True, False),
        ("c", "d", "by hand", True, False),
        ("d", "a", "", False, True),
    ]
    assert [(one.label, one.shape, one.is_new) for one in found.nodes.values()] == [
        ("x, y", "stored", False),
        ("b", "program", False),
        ("c", "program", True),
        ("Kim", "person", False),
    ]
    with pytest.raises(LadderError, match="a flowchart has 'a ==> b'"):
        chart.read("a ==> b")


def test_columns_of_numbers_stand_to_the_right() -> None:
    text = "# T\n\n| a | b | c |\n|---|---|---|\n| 1 | 2.5 | 3 words |\n| x | | 4 |\n"

    shown = markdown.page(text, "README.md", {}, "k")

    assert re.findall('class="number">([^<]*)', shown) == ["b", "2.5", ""]


# The slides.


def words_of(markup: str) -> str:
    return re.sub(r"<[^>]*>", " ", re.sub(r"<svg.*?</svg>", " ", markup, flags=re.DOTALL))


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sources, "RUNS", tmp_path)


def test_slides_have_an_idea_a_level_notes_and_pictures(published: None) -> None:
    made = deck.slides()

    assert 20 <= len(made) <= 30
    assert all(one.title and words_of(one.notes).strip() for one in made)
    assert [one.level for one in made if one.title == texts.HURTS] == [*LEVELS]
    assert sum("<svg" in one.body for one in made) >= 4


def test_a_slide_has_little_text(published: None) -> None:
    long = {
        one.title: len(words_of(one.body).split()) for one in deck.slides() if one.kind != "picture"
    }

    assert {title: count for title, count in long.items() if count > 100} == {}


def test_the_numbers_of_slides_follow_the_published_ones(
    published: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    year = sources.year()
    for row in year["levels"]:
        row.update(mae=40.25 + row["level"], releases=71, manual_steps_per_release=83)
    monkeypatch.setattr(sources, "year", lambda: year)
    feature = sources.better_feature()
    feature["real"]["fresh"]["never"]["error"] = 51.25
    monkeypatch.setattr(sources, "better_feature", lambda: feature)

    shown = words_of("".join(one.body for one in deck.slides()))

    for level in LEVELS:
        assert re.search(rf"\b{40.25 + level}\b", shown)
    assert shown.count(" 71 ") == shown.count(" 83 ") == len(LEVELS)
    assert "51.25" in shown


def test_no_sentence_of_the_slides_has_a_number_that_is_typed() -> None:
    files = [*Path(slides.__file__).parent.glob("*.py")]
    texts_there = [
        node.value
        for file in files
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    sentences = [text for text in texts_there if re.search("[a-z]{2,} [a-z]{2,}", text)]

    assert len(sentences) > 30
    assert [
        text for text in sentences if "='" not in text and re.search(r"(?<!Level )\b\d", text)
    ] == []


def test_each_step_has_a_bad_day_that_only_the_upper_level_prevents(published: None) -> None:
    rows = {row["title"]: row["levels"] for row in sources.whole_bad_days()["rows"]}
    for upper in [*LEVELS][1:]:
        (found,) = incidents.between(upper - 1, upper)
        outcomes = [rows[found.title][f"{level}"]["outcome"] for level in range(upper + 1)]

        assert set(outcomes[:-1]) == {"silent"} and outcomes[-1] in incidents.SAFE


def test_the_slides_are_one_file_that_needs_nothing_else(
    tmp_path: Path, published: None, capsys: pytest.CaptureFixture
) -> None:
    file = tmp_path / "a b" / "s.html"

    assert cli.main(["slides", "--no-browser", "--out", str(file)]) == 0

    page = Seen(file.read_text(encoding="utf-8"))
    assert capsys.readouterr().out == f"{file}\n"
    assert page.loaded == [] and page.inline == [] and page.links == []
    assert len(page.ids) == len(set(page.ids))


# In a browser.


def printed(browser: webdriver.Chrome) -> tuple[int, set[tuple[float, float]]]:
    """How many sheets the page prints on, and their sizes in millimetres."""
    wanted = {"preferCSSPageSize": True, "printBackground": False}
    content = base64.b64decode(browser.execute_cdp_cmd("Page.printToPDF", wanted)["data"])
    boxes = re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)\s*\]", content)
    sizes = {tuple(round(float(side) / 72 * 25.4) for side in box) for box in boxes}
    return len(re.findall(rb"/Type\s*/Page\b", content)), sizes


def test_the_wall_sheet_prints_on_one_a3_sheet(browser: webdriver.Chrome, tmp_path: Path) -> None:
    file = tmp_path / "wall.html"
    file.write_text(wall.page(), encoding="utf-8")
    browser.get(file.as_uri())

    assert printed(browser) == (1, {(420, 297)})


def test_slides_print_one_a_sheet_and_no_slide_is_cut(
    browser: webdriver.Chrome,
    tmp_path: Path,
) -> None:
    file = tmp_path / "slides.html"
    file.write_text(deck.page(), encoding="utf-8")
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": 1280, "height": 720, "deviceScaleFactor": 1, "mobile": False},
    )
    browser.get(file.as_uri())
    count = len(deck.slides())

    assert printed(browser) == (count, {(338, 190)})
    cut = browser.execute_script(CUT)
    assert cut == []
    colours = browser.execute_script(NEW)
    assert colours == [[level, rgb(palette.LEVELS[level])] for level in LEVELS]


def rgb(pair: tuple[str, str]) -> str:
    return f"rgb({', '.join(str(int(pair[0][place : place + 2], 16)) for place in (1, 3, 5))})"


NEW = """
return [...document.querySelectorAll(".flow")].map(drawn => [
  Number(drawn.classList[2].slice(3)), getComputedStyle(drawn.querySelector(".new")).stroke
]);
"""
CUT = """
return [...document.querySelectorAll(".slide")].flatMap((slide, place) => {
  location.hash = "";
  document.querySelectorAll(".slide").forEach(one => one.classList.toggle("shown", one === slide));
  const face = slide.querySelector(".face"), box = face.getBoundingClientRect();
  const beyond = [...face.querySelectorAll("h1, p, li, svg, td, dd, .tiles div")].filter(one => {
    const inside = one.getBoundingClientRect();
    return inside.right > box.right + 1 || inside.bottom > box.bottom + 1;
  });
  return beyond.length ? [`${place + 1}: ${beyond[0].tagName}`] : [];
});
"""


def test_keys_turn_the_slides_and_show_the_notes(
    browser: webdriver.Chrome,
    tmp_path: Path,
) -> None:
    file = tmp_path / "slides.html"
    file.write_text(deck.page(), encoding="utf-8")
    browser.get(file.as_uri())

    def press(key: str) -> list[object]:
        browser.execute_script(
            "dispatchEvent(new KeyboardEvent('keydown', {key: arguments[0], cancelable: true}))",
            key,
        )
        return browser.execute_script(
            "return [location.hash, [...document.querySelectorAll('.notes')]"
            ".filter(one => one.offsetParent).length]"
        )

    assert press("ArrowRight") == ["#s2", 0]
    assert press("n") == ["#s2", 1]
    assert press("End") == [f"#s{len(deck.slides())}", 1]
    assert press("ArrowLeft")[0] == f"#s{len(deck.slides()) - 1}"


def test_the_published_pictures_are_drawn_by_the_command() -> None:
    names = {path.relative_to(ROOT).as_posix() for path, _ in pictures.all_of_them()}

    assert names == {
        "shared/year/chart.svg",
        "shared/year/chart-narrow.svg",
        "shared/year/maturity.svg",
        "shared/incidents/matrix.svg",
        "shared/incidents/matrix-narrow.svg",
        "level4_full/policies.svg",
    }
    assert all(path.read_text(encoding="utf-8") == drawn for path, drawn in pictures.all_of_them())
