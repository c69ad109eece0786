"""Check that memory stays flat: compare the application's use when warm with that at the end."""

import statistics

from ladder.soak.tally import Tally

LOOKS_A_SECOND = 4
# Measured over minutes, warm applications grew by less than 5%; a leak exceeds any limit.
LIMIT = 0.10
# In less time an application does not get warm: buffers and threads are still created.
LONG_ENOUGH = 60
LIMIT_WHILE_COLD = 0.50
MEGABYTE = 1_000_000


def growth(lives: list[list[int]], tally: Tally) -> str:
    """A sentence on the growth in the longest life; more than the limit is a finding."""
    life = max(lives, key=len)
    if len(life) < 12:
        return "The memory: the application ran too shortly to measure it"
    warm = statistics.median(life[len(life) // 3 : len(life) // 2])
    end = statistics.median(life[-(len(life) // 6) :])
    seconds = len(life) / LOOKS_A_SECOND
    limit = LIMIT if seconds >= LONG_ENOUGH else LIMIT_WHILE_COLD
    grown = end / warm - 1
    tally.require(grown <= limit, "the memory", f"grew by {grown:.0%}, more than {limit:.0%}")
    return (
        f"The memory: {warm / MEGABYTE:,.0f} MB once warm, {end / MEGABYTE:,.0f} MB "
        f"at the end of {seconds:.0f} s: {grown:+.0%} (limit: +{limit:.0%})"
    )
