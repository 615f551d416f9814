"""A log line is a constant event with handles: never content, subjects or persons.

Only fields of `HANDLES` are written, cut and on one line; a field that is not among
them shows by name alone.  Of an exception the types and places are written and not the
message, which may quote what was in a document or in a statement to a database.  Of
other people's libraries only the logger and the level are written, for the same reason.
Residual risk: a caller who puts a subject into a field of a permitted name.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Final, TextIO

from edoc_connector.errors import EdocError, Reason

OURS: Final = "edoc_connector"

WHOSE: Final[ContextVar[str]] = ContextVar("organization", default="")
"""For which organisation this thread works now, where one process serves several."""

MOST_CHARACTERS: Final = 200

HANDLES: Final = frozenset(
    {
        "account",
        "address",
        "attempts",
        "authority",
        "broker",
        "bytes",
        "cause",
        "certificate",
        "code",
        "count",
        "day",
        "days_left",
        "delivery",
        "deviations",
        "difference",
        "differences",
        "digest",
        "document",
        "due",
        "entry",
        "exchange",
        "fact",
        "failures",
        "folder",
        "hours_left",
        "inbox",
        "key",
        "kind",
        "loop",
        "loops",
        "message_id",
        "of",
        "organization",
        "organizations",
        "original",
        "outcomes",
        "packet",
        "path",
        "pause_seconds",
        "peer",
        "queue",
        "reason",
        "recipient",
        "recipients",
        "row",
        "seconds",
        "segment",
        "segments",
        "sender",
        "signal",
        "state",
        "status",
        "step",
        "until",
        "version",
    }
)

STANDARD: Final = frozenset(
    logging.makeLogRecord({}).__dict__.keys() | {"message", "asctime", "taskName"}
)


class Level(StrEnum):
    """The least that is written."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class Format(StrEnum):
    """For whom."""

    TEXT = "text"
    JSON = "json"


def configure(level: Level, form: Format, stream: TextIO | None = None) -> None:
    """Write everything that is logged in this process to standard error."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(TextLines() if form is Format.TEXT else JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger(OURS).setLevel(level.upper())
    _find_nothing_out()


def _find_nothing_out() -> None:
    """Have no line look for what none of ours shows: who has called, by which thread.

    As the logging HOWTO of Python has it, under "Optimization".
    """
    logging._srcfile = None  # noqa: SLF001  (documented)
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False


def fields_of(record: logging.LogRecord) -> dict[str, object]:
    """Return what may be written of a record, in writing order."""
    fields: dict[str, object] = {
        "at": datetime.fromtimestamp(record.created, UTC).isoformat(
            "T", "milliseconds"
        ),
        "level": record.levelname.lower(),
        "event": "library_message",
        "logger": record.name,
    }
    if record.name.partition(".")[0] == OURS:
        fields["event"] = str(record.msg)
        fields |= _handles(record)
    if record.exc_info and record.exc_info[1]:
        fields |= _places(record.exc_info[1])
    return fields


def _handles(record: logging.LogRecord) -> dict[str, object]:
    fields: dict[str, object] = {"organization": it} if (it := WHOSE.get()) else {}
    unknown: list[str] = []
    for name, value in vars(record).items():
        if name in HANDLES:
            fields[name] = _short(value)
        elif name not in STANDARD:
            unknown.append(name)
    return fields | {"withheld": ",".join(sorted(unknown))} if unknown else fields


def _short(value: object) -> object:
    if isinstance(value, NUMBERS):
        return value
    if isinstance(value, QUOTING):
        return value.code  # its details may quote content
    text = str(value)
    return text if len(text) <= MOST_CHARACTERS else f"{text[:MOST_CHARACTERS]}…"


NUMBERS: Final = (bool, int, float)
QUOTING: Final = (EdocError, Reason)


def _places(error: BaseException) -> dict[str, object]:
    """Name the error and where it happened, the newest place last."""
    fields: dict[str, object] = {"error": type(error).__name__}
    if isinstance(error, EdocError):
        fields["error_code"] = error.code
    if error.__cause__ is not None:
        fields["cause"] = type(error.__cause__).__name__
    if isinstance(error, EdocError) and error.quotable:
        return fields | {"message": _short(str(error))}
    frames = traceback.extract_tb(error.__traceback__)
    fields["trace"] = " > ".join(
        f"{Path(frame.filename).stem}.{frame.name}:{frame.lineno}" for frame in frames
    )
    return fields


class JsonLines(logging.Formatter):
    """One JSON object per line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        return json.dumps(fields_of(record))


class TextLines(logging.Formatter):
    """`time LEVEL event name=value ...`; a value with blanks or quotes is quoted."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        fields = fields_of(record)
        head = [
            str(fields.pop("at")),
            str(fields.pop("level")).upper().ljust(7),
            _plain(fields.pop("event")),
        ]
        return " ".join(
            [*head, *(f"{name}={_plain(value)}" for name, value in fields.items())]
        )


def _plain(value: object) -> str:
    """Return the value on one line; what could pass for another field is quoted."""
    text = str(value)
    if text and text.isprintable() and not _has_marks(text):
        return text
    shown = "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode()
        for letter in text
    )
    return '"' + shown.replace('"', "'") + '"'


def _has_marks(text: str) -> bool:
    return " " in text or '"' in text or "=" in text
