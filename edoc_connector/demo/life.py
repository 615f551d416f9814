"""What people do with the documents of the demo: data, laid over the scene.

Clerks register, work and finish; one refuses; two recalls and a replacement are asked
for, and one recall is not granted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from edoc_connector.demo.plot import DEPARTMENT, PLOTS, Plot
from edoc_connector.demo.scene import (
    Deed,
    Outcome,
    Scene,
    SceneChange,
    SceneDocument,
    written_as,
)
from edoc_connector.model.change import ChangeKind

PLAN, INVITATION, LONG_ONE, CONTACT, ADDRESS = 2, 7, 8, 10, 11
"""Places of plots to which something happens."""

DEEDS: Final[Mapping[int, Deed]] = {
    0: Deed.FINISH,
    PLAN: Deed.REGISTER,
    3: Deed.FINISH,
    6: Deed.FINISH,
    INVITATION: Deed.REGISTER,
    CONTACT: Deed.REFUSE,
}

REFUSAL: Final = "Không thuộc phạm vi xử lý của xã; đề nghị gửi đúng cơ quan vận hành"

ASKING: Final = (DEPARTMENT,)
"""Whose connector asks the clerk before a recall: the others apply it at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the sender of a plot wants done to it; a replacement is another plot."""

    kind: ChangeKind
    of: int
    reason: str
    refusal: str = ""
    by: Plot | None = None


WISHES: Final = (
    Wish(kind=ChangeKind.RECALL, of=LONG_ONE, reason="Gửi nhầm nơi nhận"),
    Wish(
        kind=ChangeKind.RECALL,
        of=INVITATION,
        reason="Hoãn hội nghị",
        refusal="Đã vào sổ và trình lãnh đạo; đề nghị gửi thông báo hoãn bằng văn bản",
    ),
    Wish(
        kind=ChangeKind.REPLACE,
        of=ADDRESS,
        reason="Địa chỉ ghi trong văn bản trước bị sai",
        by=replace(
            PLOTS[ADDRESS],
            subject="Về việc địa chỉ thư điện tử công vụ của văn thư (thay thế)",
        ),
    ),
)

ENDINGS: Final[Mapping[ChangeKind, Outcome]] = {
    ChangeKind.RECALL: Outcome.RECALLED,
    ChangeKind.REPLACE: Outcome.REPLACED,
}


def lively(scene: Scene, *, first_day: date) -> Scene:
    """Return the scene with what people do; changes stand before the broken row."""
    *written, broken = map(_with_deed, range(len(scene.documents)), scene.documents)
    wishes = [wish for wish in WISHES if wish.of < len(written)]
    for wish in wishes:
        written[wish.of] = replace(written[wish.of], ending=_ending(wish))
    changes = tuple(_changes(written, wishes, first_day))
    moved = sum(it.sender == broken.sender for it in changes)
    last = replace(broken, row_id=broken.row_id + moved)
    return Scene(scene.organizations, (*written, *changes, last))


def _with_deed(place: int, document: SceneDocument) -> SceneDocument:
    return with_deed(document, DEEDS.get(place, Deed.LEAVE))


def with_deed(document: SceneDocument, deed: Deed) -> SceneDocument:
    """Return the document with what its receiver's clerk does with it."""
    if deed is not Deed.REFUSE:
        return replace(document, deed=deed)
    ending = Outcome.TURNED_DOWN
    return replace(document, deed=deed, refusal=REFUSAL, ending=ending)


def _ending(wish: Wish) -> Outcome:
    return Outcome.KEPT if wish.refusal else ENDINGS[wish.kind]


def _changes(
    written: list[SceneDocument],
    wishes: list[Wish],
    first_day: date,
) -> Iterator[SceneDocument]:
    rows = {it.sender: it.row_id for it in written}
    for wish in wishes:
        original = written[wish.of]
        rows[original.sender] += 1
        change = SceneChange(wish.kind, original.row_id, wish.reason, wish.refusal)
        row_id = rows[original.sender]
        document = _asking(wish, original, row_id, first_day)
        ending = Outcome.DECLINED if wish.refusal else Outcome.AGREED
        yield replace(document, change=change, ending=ending)


def _asking(
    wish: Wish, original: SceneDocument, row_id: int, first_day: date
) -> SceneDocument:
    """Return the row that asks: a recall has the original's own metadata, no file."""
    if wish.by is not None:
        return written_as(wish.by, row_id, None, first_day=first_day)
    return replace(
        original, row_id=row_id, deed=Deed.LEAVE, refusal="", files=(), reply=None
    )
