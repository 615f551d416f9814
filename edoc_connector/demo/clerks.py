"""The clerks of the demo: they work in their registers with SQL, as people do.

They know nothing of the connector.  One step at a time, and the next when the register
says that the one before was told.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Final

from edoc_connector.demo.dms import BUSY_SECONDS
from edoc_connector.demo.scene import Deed, Scene, SceneDocument
from edoc_connector.demo.site import DemoSite

STEP_SECONDS: Final = 1.2
"""Between two steps of one document: statuses are told to the second."""

WAYS: Final[Mapping[Deed, Sequence[str]]] = {
    Deed.LEAVE: (),
    Deed.REGISTER: ("Đã tiếp nhận",),
    Deed.FINISH: ("Đã tiếp nhận", "Đã phân công", "Đang xử lý", "Hoàn thành"),
    Deed.REFUSE: ("Từ chối",),
}
"""The states of a row, one after the other."""

ARRIVED: Final = """
SELECT id, ma_don_vi_gui, so || '/' || ky_hieu, trang_thai, so_den
FROM van_ban_den WHERE trang_thai = trang_thai_da_bao
"""
ASKED: Final = """
SELECT id, ma_don_vi_gui, so || '/' || ky_hieu FROM van_ban_den
WHERE yeu_cau IS NOT NULL AND quyet_dinh IS NULL
"""
WORK: Final = """
UPDATE van_ban_den
SET trang_thai = ?, ly_do_tra_lai = ?, so_den = COALESCE(so_den, ?)
WHERE id = ? AND trang_thai = ?
"""
DECIDE: Final = """
UPDATE van_ban_den SET quyet_dinh = ?, ly_do_quyet_dinh = ?
WHERE id = ? AND quyet_dinh IS NULL
"""
RELEASE: Final = """
UPDATE van_ban_di SET trang_thai_lien_thong = 'Chờ gửi'
WHERE id = ? AND trang_thai_lien_thong = 'Dự thảo' AND NOT EXISTS (
    SELECT 1 FROM noi_nhan_van_ban_di
    WHERE van_ban_id = ? AND (trang_thai <> 'Đã đến'
                              OR COALESCE(trang_thai_xu_ly, '') <> ?))
"""
"""Asks for a change once its original is where it is to be, and as far as it goes."""

TOLD_ARRIVED: Final = "Đã đến"
Name = tuple[str, str]


@dataclass(slots=True)
class Clerks:
    """All of them; `work` does what there is to do now."""

    sites: Sequence[DemoSite]
    scene: Scene
    done_at: dict[tuple[str, int], float] = field(default_factory=dict)

    def work(self) -> None:
        """Look into every register once, and do the next step of each row."""
        for site in self.sites:
            opened = sqlite3.connect(site.dms, timeout=BUSY_SECONDS)
            with closing(opened) as register, register:
                self._handle(site, register)
                self._answer(register)
                self._release(site, register)

    def _handle(self, site: DemoSite, register: sqlite3.Connection) -> None:
        for row_id, sender, label, state, number in register.execute(
            ARRIVED
        ).fetchall():
            document = self._document((sender, label))
            following = _next(document, state) if document else None
            if document is None or following is None:
                continue
            place = (site.organization.code, row_id)
            if time.monotonic() - self.done_at.get(place, 0.0) < STEP_SECONDS:
                continue
            reason = document.refusal or None
            values = (following, reason, number or row_id, row_id, state)
            register.execute(WORK, values)
            self.done_at[place] = time.monotonic()

    def _answer(self, register: sqlite3.Connection) -> None:
        """Say no where the story wants that, and why; yes otherwise."""
        for row_id, sender, label in register.execute(ASKED).fetchall():
            refusal = self._refusal((sender, label))
            word = "Từ chối" if refusal else "Đồng ý"
            register.execute(DECIDE, (word, refusal or None, row_id))

    def _release(self, site: DemoSite, register: sqlite3.Connection) -> None:
        """Send off changes whose originals have got as far as they will."""
        for document in self.scene.sent_by(site.organization.code):
            if document.change is None:
                continue
            original = self._original(document)
            way = WAYS[original.deed]
            state = way[-1] if way else TOLD_ARRIVED
            register.execute(RELEASE, (document.row_id, original.row_id, state))

    def _document(self, name: Name) -> SceneDocument | None:
        """Return the document of this sender and label; a recall is none."""
        return next(
            (
                it
                for it in self.scene.documents
                if it.is_put and (it.sender.code, it.label) == name
            ),
            None,
        )

    def _refusal(self, name: Name) -> str:
        for document in self.scene.documents:
            if document.change is not None:
                original = self._original(document)
                if (original.sender.code, original.label) == name:
                    return document.change.refusal
        return ""

    def _original(self, document: SceneDocument) -> SceneDocument:
        row_id = document.change.original if document.change else document.row_id
        written = self.scene.sent_by(document.sender.code)
        return next(it for it in written if it.row_id == row_id)


def _next(document: SceneDocument, state: str) -> str | None:
    """Return the state that follows, if there is one."""
    way = WAYS[document.deed]
    if state == "Chờ tiếp nhận":
        return next(iter(way), None)
    if state not in way:
        return None
    following = way[way.index(state) + 1 :]
    return next(iter(following), None)
