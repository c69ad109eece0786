"""Whether memory stayed flat: what the application used once it was warm, against what it used at the end."""

import statistics

from ladder.soak.tally import Tally

LOOKS_A_SECOND = 4
# Measured over minutes, warm applications stayed within 5 in 100; what leaks passes any limit in the end.
LIMIT = 0.10
# In less than this an application does not get warm: buffers and threads are still being made.
LONG_ENOUGH = 60
LIMIT_WHILE_COLD = 0.50
MEGABYTE = 1_000_000


def told(lives: list[list[int]], tally: Tally) -> str:
    """The growth in the longest life, in words; more than the limit is put down to the application."""
    life = max(lives, key=len)
    if len(life) < 12:
        return "The memory: the application lived too shortly to tell"
    warm = statistics.median(life[len(life) // 3 : len(life) // 2])
    end = statistics.median(life[-(len(life) // 6) :])
    seconds = len(life) / LOOKS_A_SECOND
    limit = LIMIT if seconds >= LONG_ENOUGH else LIMIT_WHILE_COLD
    growth = end / warm - 1
    words = f"{warm / MEGABYTE:,.0f} MB once warm, {end / MEGABYTE:,.0f} MB at the end of {seconds:.0f} s: {growth:+.0%}"
    tally.require(growth <= limit, "the memory", f"grew by {growth:.0%}, more than {limit:.0%}")
    return f"The memory: {words} (limit: +{limit:.0%})"
