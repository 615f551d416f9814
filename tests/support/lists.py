"""Lists of bodies as files, and imported without ceremony."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from edoc_connector.directory.read import read_list
from edoc_connector.flows.directory.importing import Imported, Scope, import_list
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.storage import Storage

TODAY: Final = date(2026, 11, 23)
NOON: Final = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
HEADINGS: Final = "code,name"


def csv_list(folder: Path, *rows: str, headings: str = HEADINGS) -> Path:
    """Write a list of such rows."""
    path = folder / "bodies.csv"
    path.write_text("\n".join((headings, *rows)) + "\n", encoding="utf-8")
    return path


def json_list(folder: Path, *entries: Mapping[str, object]) -> Path:
    """Write a list as the axis gives it."""
    path = folder / "bodies.json"
    path.write_text(json.dumps(list(entries), indent=1), encoding="utf-8")
    return path


def imported(  # noqa: PLR0913  (one per circumstance)
    storage: Storage,
    path: Path,
    *,
    on: date = TODAY,
    now: datetime = NOON,
    is_full: bool = False,
    root: str = "",
    may_close: int = 1_000_000,
) -> Imported:
    """Import a file."""
    scope = Scope(on=on, is_full=is_full, root=OrganizationCode(root))
    with storage.work() as work:
        return import_list(work, read_list(path), scope, now=now, may_close=may_close)


def kinds(done: Imported) -> Sequence[tuple[int, str]]:
    """Return the flaws, each as its line and what it is."""
    return [(it.line, it.kind.value) for it in done.flaws]
