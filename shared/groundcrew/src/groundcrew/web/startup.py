"""What the application lacks when it starts, in its log: a model, or the feed."""

import logging
import threading

from groundcrew import commands
from groundcrew import feed
from groundcrew.errors import UserError
from groundcrew.web.services import Services

SECONDS_FOR_MODEL = 20
logger = logging.getLogger(__name__)


def report(services: Services) -> None:
    """Load the model, and try the feed meanwhile, which may be slow and is not needed to start.

    A registry that is silent is not waited for: requests say what is missing, or wait for it.
    """
    threading.Thread(target=report_feed, daemon=True).start()
    failed: list[Exception] = []
    loading = threading.Thread(target=report_model, args=(services, failed), daemon=True)
    loading.start()
    loading.join(SECONDS_FOR_MODEL)
    if loading.is_alive():
        remedy = "see that the registry answers"
        logger.warning("the model is not loaded after %s seconds: %s", SECONDS_FOR_MODEL, remedy)
    for problem in failed:
        raise problem


def report_model(services: Services, failed: list[Exception]) -> None:
    """Log why no model answers; any other failure stops the application."""
    try:
        services.serving()
    except UserError as problem:
        logger.warning("%s; %s", problem, commands.looked())
    except Exception as problem:
        failed.append(problem)


def report_feed() -> None:
    """Log why the page cannot show the names of airports and airlines, or a time of arrival."""
    try:
        feed.airports()
        feed.airlines()
    except UserError as problem:
        logger.warning("the page has codes for names, and no time of arrival: %s", problem)
