"""A site for the doctor: its settings in a folder, and a look at one thing."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from edoc_connector.bus.management import Management
from edoc_connector.demo import dms
from edoc_connector.demo.authority import create_authority
from edoc_connector.demo.scene import scene
from edoc_connector.demo.site import DemoSite
from edoc_connector.doctor.finding import Finding, State
from edoc_connector.doctor.patient import Patient
from edoc_connector.own_storage import storage_of
from edoc_connector.pki.request import KeyKind
from edoc_connector.settings import load
from edoc_connector.storage import Storage


class Ward:
    """One site of the demo that was set up, with an open database of its own."""

    def __init__(self, folder: Path, *, port: int = 1, now: datetime | None = None):
        self.made_at = now or datetime.now(UTC)
        organization = next(it for it in scene().organizations if it.code == "H20")
        authority = create_authority(folder / "authority", now=self.made_at)
        self.site = DemoSite(organization, folder / organization.code)
        self.site.create(authority, KeyKind.P_256, self.made_at)
        self.site.write_settings(port, folder / "authority")
        dms.create(self.site.dms, organization)
        (self.site.folder / "files").mkdir(exist_ok=True)
        self.management: Management | None = None
        self.settings.state.folder.mkdir(mode=0o700, exist_ok=True)
        self.storage = self.open()

    @property
    def settings(self):
        return load(self.site.settings)

    def open(self) -> Storage:
        storage = storage_of(self.settings)
        storage.migrate()
        return storage

    def change(self, old: str, new: str) -> None:
        text = self.site.settings.read_text("utf-8")
        assert old in text
        self.site.settings.write_text(text.replace(old, new), "utf-8")

    def patient(self, **changes: Any) -> Patient:
        values = {
            "settings": self.settings,
            "files": (self.site.settings,),
            "now": datetime.now(UTC),
            "storage": self.storage,
            "management": self.management,
        }
        return Patient(**values | changes)

    def look(self, looked: Callable, code: str, **changes: Any) -> list[Finding]:
        """All that one look finds under this code."""
        return [it for it in looked(self.patient(**changes)) if it.code == code]

    def states(self, looked: Callable, code: str, **changes: Any) -> set[State]:
        return {it.state for it in self.look(looked, code, **changes)}

    def close(self) -> None:
        self.storage.close()


def text_of(found: list[Finding]) -> str:
    """All that was found, as one text to look into."""
    return json.dumps(
        [
            [it.code, it.state, it.what, dict(it.details), it.reason and it.reason.code]
            for it in found
        ],
        ensure_ascii=False,
    )
