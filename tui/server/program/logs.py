"""The program's log on standard error: a line a request, for people or as JSON."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from typing import TextIO

from tui.domain.text import visible
from tui.server.program.exchange import request_id


def start_logging(*, as_json: bool, stream: TextIO | None = None) -> logging.Handler:
    """Send every record of this program to standard error; returns the handler that does."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines() if as_json else Lines())
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    logging.getLogger("tui").setLevel(logging.INFO)
    return handler


class Lines(logging.Formatter):
    """For people: ``2026-11-02T09:30:00Z 200 GET /v1/ext/items 3.1 ms by sam, id 4f1c``."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, and the traceback of a failure below it."""
        fields = getattr(record, "fields", None)
        if fields and "status" in fields:
            words = "{status} {method} {path} {ms} ms".format(**{**fields, "status": fields["status"] or "cut"})
            words += f" by {fields['by']}" if fields["by"] else ""
        else:
            level = f"{record.levelname} " if record.levelno > logging.INFO else ""
            words = level + record.getMessage().strip()
        words += f", id {request_id.get()}" if request_id.get() else ""
        line = f"{_at(record)} {visible(words)}"
        return f"{line}\n{visible(self.formatException(record.exc_info), lines=True)}" if record.exc_info else line


class JsonLines(logging.Formatter):
    """For programs: one object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """One object."""
        members: dict[str, object] = {"at": _at(record), "level": record.levelname.lower()}
        members["event"] = record.getMessage().strip()
        members |= getattr(record, "fields", {})
        if request_id.get():
            members["request_id"] = request_id.get()
        if record.exc_info:
            members["error"] = self.formatException(record.exc_info)
        return json.dumps(members)


def _at(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
