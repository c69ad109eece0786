"""Each line of the log is JSON by itself, whatever is told in it."""

import json
import logging
import sys

from flighttime.web.lines import Lines


def test_a_line_tells_what_when_and_whatever_else_there_is() -> None:
    record = logging.makeLogRecord({"levelname": "INFO", "msg": "answered %s", "args": ("all",), "created": 0, "status": 200})

    line = Lines().format(record)

    assert json.loads(line) == {
        "levelname": "INFO",
        "message": "answered all",
        "status": 200,
        "timestamp": "1970-01-01T00:00:00+00:00",
    }


def test_a_failure_is_one_line_with_its_traceback() -> None:
    try:
        raise ValueError("two\nlines \ud800")
    except ValueError:
        record = logging.makeLogRecord({"msg": "failed", "exc_info": sys.exc_info(), "cause": ValueError()})

    line = Lines().format(record)

    assert len(line.splitlines()) == 1
    assert "ValueError: two\nlines \ud800" in json.loads(line)["exc_info"]
