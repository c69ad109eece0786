"""The log as lines of JSON, made fast: there is one for each request."""

import json
import logging
from datetime import UTC
from datetime import datetime

# What every record has; whatever else one has is told.
USUAL = {*vars(logging.makeLogRecord({})), "message", "asctime", "taskName"}


class Lines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        told = {name: value for name, value in vars(record).items() if name not in USUAL}
        line = {"levelname": record.levelname, "message": record.getMessage(), **told}
        line["timestamp"] = datetime.fromtimestamp(record.created, UTC).isoformat()
        if record.exc_info:
            line["exc_info"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)
