"""Releases that do not go as usual: what people type, and what happens instead of the release."""

from collections.abc import Callable

from ladder.incidents.play import Play

Release = Callable[[], None]
RELEASE = ["release", "--version", "2"]


def approved_by(name: str) -> list[str]:
    return [*RELEASE, "--approved-by", name]


def first_release(happens: Callable[[Play, Release], None]) -> Callable[[Play, Release], None]:
    """The hook of what happens instead of the first release; later ones go as usual."""

    def releasing(play: Play, release: Release) -> None:
        if play.began:
            release()
        else:
            happens(play, release)

    return releasing
