"""The one way to show an address: whatever is shown, logged or recorded holds no password."""

import re

HIDDEN = "***"
NAMES = "password|passwd|pwd|secret|token|signature|sig|api_?key|access_?key"
PARAMETER = re.compile(rf"((?:{NAMES})\s*=\s*)('[^']*'|\"[^\"]*\"|[^&\s'\"]+)", re.IGNORECASE)
# A password may hold any character, so everything goes up to the last @.
USER = re.compile(r"^([^:/@]*:/*)?.*@", re.DOTALL)
USER_IN_TEXT = re.compile(r"(//)[^\s'\"]*@|[^\s'\"/:@]+:(?!//)[^\s'\"]*@")
FILE = re.compile(r"(sqlite(\+\w+)?|file):///|[/~.]|[A-Za-z]:[\\/]|[^:@]*$")


def shown(address: str) -> str:
    """One address without user and password, also where it is no valid address."""
    if FILE.match(address):
        return _without_parameters(address)
    return USER.sub(rf"\1{HIDDEN}@", _without_parameters(address))


def shown_in(text: object) -> str:
    """A text, such as the message of another library, without users and passwords in addresses."""
    return USER_IN_TEXT.sub(rf"\1{HIDDEN}@", _without_parameters(f"{text}"))


def link(address: str) -> str:
    """An address to follow, without user and password."""
    return shown(address).replace(f"{HIDDEN}@", "")


def _without_parameters(text: str) -> str:
    return PARAMETER.sub(rf"\1{HIDDEN}", text)


def needs_certificates(address: str) -> bool:
    """Whether the certificate of what answers there is checked; to read all authorities is slow."""
    return not address.lower().startswith("http://")
