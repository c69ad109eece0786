"""The log as JSON, one object a line; formatted fast, because every request writes one."""

import json
import logging
import time
from datetime import UTC
from datetime import datetime

from pydantic import TypeAdapter

TEMPLATE = {"name": "groundcrew", "levelno": logging.INFO, "levelname": "INFO", "msg": "answered"}
ANSWERED = logging.makeLogRecord(TEMPLATE)
# Attributes that every record has; any other is logged.
STANDARD = {*vars(ANSWERED), "message", "asctime", "taskName"}
to_json = TypeAdapter(dict[str, object]).dump_json


class AnsweredRecord(logging.LogRecord):
    """The record of an answered request, made without looking up the line of code that logs it."""

    def __init__(self, **fields: object) -> None:
        vars(self).update(vars(ANSWERED), created=time.time(), **fields)


class JsonFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        extra = {name: value for name, value in vars(record).items() if name not in STANDARD}
        line = {"levelname": record.levelname, "message": record.getMessage(), **extra}
        line["timestamp"] = datetime.fromtimestamp(record.created, UTC).isoformat()
        if record.exc_info:
            line["exc_info"] = self.formatException(record.exc_info)
        try:
            return to_json(line, fallback=str).decode()
        except ValueError:  # a lone surrogate
            return json.dumps(line, default=str)


CONFIGURATION = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": JsonFormatter}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"groundcrew": {"level": "INFO"}},
}
