"""The log as lines of JSON, made fast: there is one for each request."""

import json
import logging
import time
from datetime import UTC
from datetime import datetime

from pydantic import TypeAdapter

ANSWERED = logging.makeLogRecord({"name": "flighttime", "levelno": logging.INFO, "levelname": "INFO", "msg": "answered"})
# What every record has; whatever else one has is told.
USUAL = {*vars(ANSWERED), "message", "asctime", "taskName"}
told_fast = TypeAdapter(dict[str, object]).dump_json


class Answered(logging.LogRecord):
    """That a request was answered, without looking where in the code that is told."""

    def __init__(self, **told: object) -> None:
        vars(self).update(vars(ANSWERED), created=time.time(), **told)


class Lines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        told = {name: value for name, value in vars(record).items() if name not in USUAL}
        line = {"levelname": record.levelname, "message": record.getMessage(), **told}
        line["timestamp"] = datetime.fromtimestamp(record.created, UTC).isoformat()
        if record.exc_info:
            line["exc_info"] = self.formatException(record.exc_info)
        try:
            return told_fast(line, fallback=str).decode()
        except ValueError:  # half a character
            return json.dumps(line, default=str)
