"""Recalls, updates and replacements as clerks make them, and what receivers say."""

from __future__ import annotations

import uuid

from edoc_connector.clock import VIETNAM
from edoc_connector.flows.backoff import Backoff
from edoc_connector.flows.outgoing.relay import relay
from edoc_connector.flows.outgoing.seal import seal
from edoc_connector.flows.outgoing.take import take
from edoc_connector.flows.sealing.packing import pack
from edoc_connector.model.document import ResponseFor
from edoc_connector.model.identifiers import MessageId
from edoc_connector.model.stages import Kind
from edoc_connector.model.status import Status, StatusCode
from tests.support.world import Department, World

REASON = "Ban hành nhầm"


def take_at(department: Department) -> int:
    return take(department.site, department.dms, department.storage, limit=10)


def seal_at(department: Department) -> int:
    return seal(department.site, department.storage, limit=10)


def relay_at(department: Department, publisher=None) -> int:
    return relay(
        department.site,
        publisher or department.publisher,
        department.storage,
        limit=10,
        backoff=Backoff(10.0, 10.0),
    )


def send(department: Department) -> None:
    """All the way to the axis, and nobody has received it yet."""
    take_at(department)
    seal_at(department)
    relay_at(department)


def recall(department: Department, row=1, *to, **columns) -> int:
    """A clerk writes a recall into the register; nothing but the original is filled."""
    values = {
        "so": None,
        "ky_hieu": None,
        "trich_yeu": None,
        "ngay_ban_hanh": None,
        "loai_nghiep_vu": "Thu hồi",
        "van_ban_goc": row,
        "ly_do_nghiep_vu": REASON,
    }
    return department.write(0, *to, **(values | columns))


def update(department: Department, number=7, row=1, *to, **columns) -> int:
    """A clerk writes an update, or with another kind and number a replacement."""
    values = {
        "loai_nghiep_vu": "Cập nhật",
        "van_ban_goc": row,
        "ly_do_nghiep_vu": "Sửa phụ lục",
        "trich_yeu": "V/v kiểm kê, đã sửa",
    }
    return department.write(number, *to, **(values | columns))


def documents(department: Department):
    """All that was taken or refused, the oldest first."""
    with department.storage.reading() as work:
        return list(reversed(work.documents.recent(100)))


def asked(department: Department, number=-1):
    """What became of a change at each recipient."""
    document = documents(department)[number]
    with department.storage.reading() as work:
        return {it.recipient: it.state for it in work.changes.of(document.key)}


def shown(department: Department, row=1):
    """What the register shows of each recipient of a row."""
    return dict(
        department.ask(
            "SELECT ma_dinh_danh, trang_thai FROM noi_nhan_van_ban_di"
            " WHERE van_ban_id = ?",
            row,
        )
    )


def say(  # noqa: PLR0913  (a status and the message it comes in)
    world: World,
    code: StatusCode,
    about,
    *,
    speaker: Department | None = None,
    answers: str | None = None,
    description: str = "",
    at=None,
    message_id: str = "",
) -> None:
    """A receiver says this of a document of the sender, who takes it in."""
    teller = speaker or world.receiver
    said = (at or world.clock()).astimezone(VIETNAM).replace(microsecond=0)
    status = Status(
        sender=teller.site.organization,
        response_for=ResponseFor(
            organization=world.sender.code,
            code=about.label,
            document_id=about.document_id,
            promulgation_date=about.document.promulgation_date,
        ),
        code=code,
        description=description,
        at=said,
    )
    packed = pack(teller.site, teller.storage, status)
    with teller.storage.work() as work:
        work.outbox.add(
            message_id=MessageId(message_id or uuid.uuid4().hex),
            kind=Kind.STATUS,
            sender=teller.code,
            recipient=world.sender.code,
            correlation_id=about.document_id,
            business_type=0,
            priority=0,
            packet=packed.packet,
            packet_bytes=packed.packet_bytes,
            answers=about.key if answers is None else answers,
            at=world.clock(),
        )
    relay_at(teller)
    world.sender.accept_and_deliver()
