"""Which codes of a file a model has never seen: it answers these flights as for an unknown code."""

from collections.abc import Callable
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field

import pandas as pd

from groundcrew import commands

COLUMN = "unseen"


@dataclass
class Unseen:
    """`known` are the codes of a model by feature; `found` collects the others."""

    known: Mapping[str, frozenset[str]]
    found: dict[str, set[str]] = field(default_factory=dict)

    def look(self, flights: pd.DataFrame) -> None:
        """Collect the unseen codes of these flights."""
        for name, codes in self.known.items():
            if new := set(flights[name].unique()) - codes:
                self.found.setdefault(name, set()).update(new)

    def report(self) -> None:
        """Print a warning if there are any."""
        if self.found:
            found = [(name, sorted(self.found[name])) for name in self.known if name in self.found]
            named = "; ".join(f"{name} {', '.join(codes)}" for name, codes in found)
            commands.warning(f"the model has never seen {named}: these answers are less certain")

    def mark(
        self, flights: pd.DataFrame, answer: Callable[[pd.DataFrame], pd.DataFrame]
    ) -> pd.DataFrame:
        """The answers with COLUMN, the unseen features of each flight, if there are any at all."""
        answers = answer(flights)
        if not self.found:
            return answers
        new = {name: ~flights[name].isin(codes) for name, codes in self.known.items()}
        rows = zip(*new.values(), strict=True)
        texts = [
            " ".join(name for name, is_new in zip(new, row, strict=True) if is_new) for row in rows
        ]
        return answers.assign(**{COLUMN: pd.Series(texts, index=answers.index, dtype="str")})
