"""Links within the repository lead to a file, a folder or a heading, on every system."""

import posixpath
import re
from pathlib import PurePosixPath

import documents
import pytest

LINK = re.compile(
    r"\]\(([^)\s]+)\)|\b(?:src|srcset|href)=[\"']([^\"']+)[\"']|^\[[^\]]+\]: (\S+)", re.M
)
ELSEWHERE = re.compile(r"[a-z]+:", re.IGNORECASE)
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def links(text: str) -> list[str]:
    """Every link of a document that leads to no other site."""
    found = ["".join(groups) for groups in LINK.findall(documents.prose(text))]
    return [link for link in found if not ELSEWHERE.match(link)]


def anchors(text: str) -> set[str]:
    """The anchors that GitHub gives to headings; a repeated one gets a number."""
    found: list[str] = []
    for heading in HEADING.findall(documents.prose(text)):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
        name = re.sub(r"[^\w\- ]", "", plain.strip().lower()).replace(" ", "-")
        found.append(f"{name}-{times}" if (times := found.count(name)) else name)
    return set(found)


def broken(path: str, text: str, paths: frozenset[str], texts: dict[str, str]) -> list[str]:
    """The links of a document that lead nowhere; names are compared by letter, as on Linux."""
    folder = PurePosixPath(documents.READ_AS.get(path, path)).parent
    found = []
    for link in links(text):
        to, _, anchor = link.partition("#")
        target = posixpath.normpath(folder / to) if to else path
        there = target in paths and (not anchor or anchor in anchors(texts.get(target, "")))
        if not there:
            found.append(link)
    return found


def test_documents_are_found() -> None:
    found = documents.texts()

    assert {"README.md", ".github/SECURITY.md", "level2_auto_training/lab.ipynb"} <= set(found)
    assert sum(len(links(text)) for text in found.values()) > 100


@pytest.mark.parametrize("path", documents.texts())
def test_every_link_leads_somewhere(path: str) -> None:
    texts = documents.texts()

    assert broken(path, texts[path], documents.paths(), texts) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[a](b.md)", []),
        ("[a](B.md)", ["B.md"]),
        ("[a](b.md#how-it-works)", []),
        ("[a](b.md#how-it-fails)", ["b.md#how-it-fails"]),
        ("# Here\n[a](#here)", []),
        ("[a](#there)", ["#there"]),
        ('<img src="gone.svg">', ["gone.svg"]),
        ("[a][b]\n\n[b]: gone.md", ["gone.md"]),
        ("[![a](gone.svg)](b.md)", ["gone.svg"]),
        ("[a](https://example.org/gone) [b](mailto:a@example.org)", []),
        ("```text\n[a](gone.md)\n```\n", []),
    ],
)
def test_a_link_that_leads_nowhere_is_found(text: str, expected: list[str]) -> None:
    texts = {"docs/a.md": text, "docs/b.md": "## How it works?\n"}

    assert broken("docs/a.md", text, frozenset(texts), texts) == expected


def test_repeated_headings_have_numbered_anchors() -> None:
    text = "## Use\n## Use\n## `ladder run`, and [more](x.md)\n"

    assert anchors(text) == {"use", "use-1", "ladder-run-and-more"}
