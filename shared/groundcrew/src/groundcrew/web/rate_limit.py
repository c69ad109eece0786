"""Limit the requests of each caller, so that one of them does not keep the others out."""

import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable
from functools import lru_cache

from groundcrew.errors import UserError

RATE = "FLIGHTTIME_RATE"
DEFAULT_RATE, MAX_RATE = 100.0, 1_000_000.0  # requests a second of one caller, on average
BURST_SECONDS = 5  # of requests that were not sent are saved up
MAX_CALLERS = 10_000  # of which the last ones are remembered


class TokenBuckets:
    """A caller has a token for each request; `rate` new ones come every second, up to a burst."""

    def __init__(self, rate: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.rate, self.burst, self.clock = rate, max(1.0, rate * BURST_SECONDS), clock
        self.buckets: OrderedDict[str, list[float]] = OrderedDict()  # tokens, and when

    def take(self, caller: str) -> float:
        """Take a token; returns 0, or the seconds until there is one."""
        now = self.clock()
        bucket = self.buckets.get(caller)
        if bucket is None:
            bucket = self.buckets[caller] = [self.burst, now]
            if len(self.buckets) > MAX_CALLERS:
                self.buckets.popitem(last=False)
        else:
            self.buckets.move_to_end(caller)
        tokens = min(self.burst, bucket[0] + (now - bucket[1]) * self.rate)
        enough = tokens >= 1
        bucket[:] = tokens - enough, now
        return 0.0 if enough else (1 - tokens) / self.rate


def rate_of(text: str) -> float:
    """The number that FLIGHTTIME_RATE sets; raises UserError if it is out of range."""
    try:
        rate = float(text or DEFAULT_RATE)
    except ValueError:
        rate = 0.0
    if not 0 < rate <= MAX_RATE:
        raise UserError(
            f"{RATE} is {text!r}: give the requests a second of one caller, up to {MAX_RATE:,.0f}",
        )
    return rate


@lru_cache(MAX_CALLERS)  # to parse an address costs as much as all the rest
def caller_at(host: str) -> str:
    """Who asks from this address; "" on this machine, which is not limited.

    Of IPv6, where one machine has very many addresses, it is the network of 64 bits.
    """
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv6Address):
        address = address.ipv4_mapped or address
    if address.is_loopback:
        return ""
    if address.version == 6:
        return f"{ipaddress.ip_network((address, 64), strict=False)}"
    return f"{address}"
