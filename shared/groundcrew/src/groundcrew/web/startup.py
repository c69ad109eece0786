"""What the application lacks when it starts, in its log: a model, or the feed."""

import logging
import threading

from groundcrew import commands
from groundcrew import feed
from groundcrew.errors import UserError
from groundcrew.web.services import Services

logger = logging.getLogger(__name__)


def report(services: Services) -> None:
    """Load the model, and try the feed meanwhile, which may be slow and is not needed to start."""
    threading.Thread(target=report_feed, daemon=True).start()
    try:
        services.serving()
    except UserError as problem:
        logger.warning("%s; %s", problem, commands.looked())


def report_feed() -> None:
    """Log why the page cannot show the names of airports and airlines, or a time of arrival."""
    try:
        feed.airports()
        feed.airlines()
    except UserError as problem:
        logger.warning("the page has codes for names, and no time of arrival: %s", problem)
