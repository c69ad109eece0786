"""Put a registered model into production: a person names the version.

python -m flighttime.release --version 7
"""

from flighttime import tracking
from groundcrew import commands
from groundcrew import registry


def release(version: str) -> None:
    """Serve this version after a restart; raises UserError if it does not load."""
    tracking.load(version)  # refuse it before the switch, not after
    registry.set_champion(version)


def main(*, version: str) -> None:
    release(version)
    commands.output("released", registry.champion())


if __name__ == "__main__":
    commands.run(main)
