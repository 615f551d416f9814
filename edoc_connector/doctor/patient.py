"""Whom the doctor looks at: the settings and what is opened from them, once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from edoc_connector.bus.management import Management
from edoc_connector.settings import Settings
from edoc_connector.storage import Storage


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """`storage` is None where our own database cannot be opened.

    `files` are those of the settings.  Several organisations share account and broker,
    and these are looked at with one of them (`with_common`).
    """

    settings: Settings
    files: tuple[Path, ...]
    now: datetime
    storage: Storage | None
    management: Management | None
    with_common: bool = True
