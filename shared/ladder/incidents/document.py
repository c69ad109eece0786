"""A page that needs no network: its style is inside, and nothing else is loaded."""

from html import escape
from pathlib import Path

STYLE = (Path(__file__).with_name("page.css")).read_text(encoding="utf-8")
HEAD = (
    '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
    '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
    "style-src 'unsafe-inline'\"><title>{title}</title><style>{style}</style></head><body>"
)


def document(title: str, *parts: str) -> str:
    head = HEAD.format(title=escape(title), style=STYLE)
    return "".join([head, "<main>", *parts, "</main></body></html>\n"])
