"""A page as one file: without network or fonts, under a strict content security policy."""

import base64
import hashlib
from html import escape
from pathlib import Path
from string import Template

from ladder.look.palette import page_style

FOLDER = Path(__file__).parent
BASE_CSS = FOLDER / "base.css"


def document(title: str, *parts: str, sheets: tuple[Path, ...] = ()) -> str:
    """A whole page; its parts are markup."""
    body = "".join(parts)
    return f"{head(title, *sheets)}<main>\n{body}\n</main>\n</body>\n</html>\n"


def head(title: str, *sheets: Path, script: str = "") -> str:
    """All before the content of a page, which may use its own style and script and nothing else."""
    files = (BASE_CSS, *sheets)
    style = page_style() + "".join(sheet.read_text(encoding="utf-8") for sheet in files)
    own_script = f"script-src {fingerprint(script)}; " if script else ""
    return Template((FOLDER / "head.html").read_text(encoding="utf-8")).substitute(
        policy=f"default-src 'none'; style-src {fingerprint(style)}; {own_script}"
        "img-src data:; base-uri 'none'; form-action 'none'",
        style=style,
        title=escape(title),
    )


def masthead(kicker: str, title: str, standfirst: str = "") -> str:
    """The top of a page; `standfirst` is markup."""
    below = f'\n<p class="standfirst">{standfirst}</p>' if standfirst else ""
    return (
        f'<header>\n<p class="kicker">{escape(kicker)}</p>\n<h1>{escape(title)}</h1>{below}\n'
        "</header>\n"
    )


def fingerprint(content: str) -> str:
    """The source expression of a content security policy for exactly this style or script."""
    digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
    return f"'sha256-{digest}'"
