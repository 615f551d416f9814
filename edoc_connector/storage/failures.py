"""What drivers raise becomes one of our errors, the moment it is raised.

`StorageUnavailable` where waiting or a repaired disk helps; `StorageRefused` for the
rest, which is a defect of ours or a damaged database.
"""

from __future__ import annotations

import sqlite3
from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine import ExceptionContext

from edoc_connector.errors import (
    EdocError,
    StorageDamaged,
    StorageRefused,
    StorageUnavailable,
)

SQLITE_WAITS: Final = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_INTERRUPT,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
    }
)
SQLITE_DAMAGED: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})

PRIMARY: Final = 0xFF
"""The low byte of SQLite's extended codes is the primary one."""

LIMIT_EXCEEDED: Final = "54"
"""PostgreSQL calls this class operational, but the same row will never fit."""

READ_ONLY_SERVER: Final = "25006"
"""PostgreSQL while another server takes over: not called operational, and it passes."""


def translate(context: ExceptionContext) -> EdocError | None:
    """Return the error the flows are to see, or None to let it pass as it is."""
    error = context.original_exception
    if context.is_pre_ping or not isinstance(error, Exception):
        return None
    if _will_pass(context, error):
        return StorageUnavailable(problem=_first_line(error))
    if getattr(error, "sqlite_errorcode", 0) & PRIMARY in SQLITE_DAMAGED:
        problem = _defect(context.statement, error)
        return StorageDamaged(place=_place(context), problem=problem)
    return StorageRefused(problem=_defect(context.statement, error))


def not_bound(statement: str, error: Exception) -> StorageRefused:
    """Return the error for a value of which no driver was asked: none could take it."""
    return StorageRefused(problem=_defect(statement, error))


def _place(context: ExceptionContext) -> str:
    return (context.engine and context.engine.url.database) or "sqlite"


def _will_pass(context: ExceptionContext, error: Exception) -> bool:
    if isinstance(error, sqlite3.Error):
        return getattr(error, "sqlite_errorcode", 0) & PRIMARY in SQLITE_WAITS
    state = getattr(error, "sqlstate", None) or ""
    if state.startswith(LIMIT_EXCEEDED):
        return False
    if state == READ_ONLY_SERVER or context.is_disconnect:
        return True
    waits = (sa.exc.OperationalError, sa.exc.InterfaceError)
    return isinstance(context.sqlalchemy_exception, waits)


def _first_line(error: Exception) -> str:
    """Keep to the first line; servers put details of rows into those that follow."""
    return str(error).partition("\n")[0]


def _defect(statement: str | None, error: Exception) -> str:
    """Say what failed by type, code and table; the message may quote a row."""
    code = getattr(error, "sqlstate", None) or getattr(error, "sqlite_errorname", "")
    where = " ".join((statement or "").split()[:3])
    return ", ".join(part for part in (type(error).__name__, code, where) if part)
