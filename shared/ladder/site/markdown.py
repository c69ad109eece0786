"""A Markdown document of the repository as a page, whose links stay inside the site."""

import base64
import posixpath
import re
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from ladder.look import flow
from ladder.look import page as look
from ladder.places import ROOT
from ladder.site import columns

STYLE = Path(__file__).with_name("markdown.css")
INDEX = "index.html"
PUNCTUATION = re.compile(r"[^\w\- ]")
OUTSIDE = re.compile(r"[a-z]+:|#")
TYPES = {".svg": "image/svg+xml", ".png": "image/png"}


def page(
    text: str, source: str, inside: Mapping[str, str], kicker: str, *below: str, level: int = 4
) -> str:
    """`source` is the document's path in the repository, `inside` the page of each such path.

    `level` is the level whose colour marks what is new in a flowchart.
    """
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = parser.parse(without_comments(text))
    title = tokens[1].content
    rest = tokens[3:]
    for token in every(rest):
        lead_inside(token, posixpath.dirname(source), inside)
    name_headings(rest)
    columns.align(rest)
    body = parser.renderer.render(in_boxes(rest, level), parser.options, {})
    return look.document(
        title,
        look.masthead(kicker, title),
        f'<div class="prose">{body}</div>',
        *below,
        sheets=(STYLE,),
    )


def inline(text: str) -> str:
    """A sentence as markup; of its links only the words stay."""
    return MarkdownIt("commonmark", {"html": False}).renderInline(plain(text))


def plain(text: str) -> str:
    return re.sub(r"!?\[([^]]*)\]\([^)]*\)", r"\1", text)


def without_comments(text: str) -> str:
    return re.sub(r"<!--.*?-->\n?", "", text, flags=re.DOTALL)


def every(tokens: list[Token]) -> list[Token]:
    """The tokens and those inside them."""
    return [one for token in tokens for one in (token, *every(token.children or []))]


def lead_inside(token: Token, folder: str, inside: Mapping[str, str]) -> None:
    """Let a link lead to a page of the site; one to another file loses its address."""
    if token.type == "link_open":
        address = str(token.attrs["href"])
        if not OUTSIDE.match(address):
            path, _, place = address.partition("#")
            target = posixpath.normpath(posixpath.join(folder, path)) if path else ""
            page = inside.get(target) or inside.get(f"{target}/README.md")
            token.attrs.pop("href")
            token.attrs["title"] = target
            if page:
                # The index is not the front README, so it has none of its places.
                is_there = place and page != INDEX
                token.attrs["href"] = f"{page}#{place}" if is_there else page
    if token.type == "image":
        file = ROOT / posixpath.join(folder, str(token.attrs["src"]))
        content = base64.b64encode(file.read_bytes()).decode()
        token.attrs["src"] = f"data:{TYPES[file.suffix]};base64,{content}"


def name_headings(tokens: list[Token]) -> None:
    """Give each heading the name that GitHub gives it, so that links find it."""
    for token, content in pairwise(tokens):
        if token.type == "heading_open":
            words = PUNCTUATION.sub("", plain(content.content).lower())
            token.attrs["id"] = words.replace(" ", "-")


def in_boxes(tokens: list[Token], level: int) -> list[Token]:
    """Tables in boxes that scroll, and flowcharts drawn in the colour of the level."""
    found = []
    for token in tokens:
        if token.type == "table_open":
            found.append(html('<div class="scroll" tabindex="0">'))
        found.append(token)
        if token.type == "table_close":
            found.append(html("</div>\n"))
        if token.type == "fence" and token.info == "mermaid":
            found[-1] = html(f'<figure tabindex="0">{flow.svg(token.content, level)}</figure>\n')
    return found


def html(markup: str) -> Token:
    token = Token("html_block", "", 0)
    token.content = markup
    return token
