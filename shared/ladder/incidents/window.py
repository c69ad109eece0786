"""How a person sets the days of training: in the settings, or in the notebook of Level 0."""

from collections.abc import Callable
from pathlib import Path

from ladder.incidents.play import Play

USUAL = "window_days = 59"
CUT = 'train = landed[landed["date"] < CUT]'


def settings_file(repo: Path) -> Path:
    return repo / "flighttime.toml"


def set_days(repo: Path, days: int) -> None:
    """Set the training window of a level that has settings."""
    file = settings_file(repo)
    text = file.read_text(encoding="utf-8")
    assert USUAL in text, f"the settings have changed: they do not say {USUAL}"
    file.write_text(text.replace(USUAL, f"window_days = {days}"), encoding="utf-8")


def in_notebook(days: int) -> dict[str, str]:
    """The same in a cell of the notebook: the cell's line, and what a person makes of it."""
    return {CUT: f"{CUT}[lambda rows: rows['date'] >= CUT - pd.Timedelta(days={days})]"}


def new_window(days: int, text: str) -> Callable[[Play], None]:
    """The hook by which a person sets the window before a new model is made."""

    def settings(play: Play) -> None:
        play.inject(text)
        if play.level == 0:
            play.notes["cells"] = in_notebook(days)
        else:
            set_days(play.repo, days)

    return settings
