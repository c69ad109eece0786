"""The card of a model: what it learned from, how good it is and for whom, what it is for, and where it ends."""

import re

from flighttime import facts

PART = re.compile(r"^\*\*(\w+):?\*\*(.*?)(?=^\*\*|^\||\Z)", re.MULTILINE | re.DOTALL)


def text(lineage: dict) -> str:
    """The card as Markdown, from the lineage of a version."""
    metrics = lineage["metrics"]
    slices = "\n".join(f"| {name} | {told} |" for name, told in facts.by_slice(metrics).items())
    return f"""# flighttime, version {lineage["version"]}

**For:** the minutes that a flight from New York will spend in the air, before it departs. Not for planning fuel.

**Data:** learned from {metrics["trained_flights"]:,.0f} flights, {lineage["trained_from"]} to {lineage["trained_until"]}.

**Measured:** mean error {metrics["mae"]:.2f} minutes on the {metrics["holdout_flights"]:,.0f} flights of the days after that
(the median of each route's recent flights: {metrics["route_median_mae"]:.2f}); mean of errors with their sign {metrics["bias"]:+.2f}.

| slice | mean error |
|---|---|
{slices}

**Limits**

- Winds change with the seasons: expect the error to grow as the model ages.
- It knows EWR, JFK and LGA, and the carriers and destinations of its data; for others it answers by distance and schedule.
- A slice that is not in the table had too few flights to say how good it is there.

**Made** from commit {lineage["commit"]} and data version {lineage["data_version"]}, in run {lineage["run"]}. Compiled, it
answers as it was trained: {lineage["parity"]:.1e} minutes off at most, on flights with gaps and unknown codes too.
"""


def told(card: str) -> dict[str, str]:
    """The parts of a card by their names, without its table and marks; a text that is no card is told as it is."""
    parts = {name: " ".join(said.replace("\n- ", "\n").split()) for name, said in PART.findall(card)}
    return parts or {"In full": card}
