"""What is true of documents once they are sealed, or set aside instead: one commit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from edoc_connector.dms.port import Step
from edoc_connector.errors import Reason
from edoc_connector.flows.sealing.packing import Packed
from edoc_connector.flows.sealing.stamping import Stamp
from edoc_connector.flows.site import Site
from edoc_connector.flows.telling import tell
from edoc_connector.ledger.facts import DocumentParked, DocumentSealed
from edoc_connector.model.delivery import DeliveryEvent, DeliveryState, DocumentEvent
from edoc_connector.signature.sign import Signed
from edoc_connector.storage import Work
from edoc_connector.storage.records import OutgoingDocument
from edoc_connector.storage.tries import TriedStep


@dataclass(frozen=True, slots=True)
class Ready:
    """A document that is signed; `stamp` is None where no service is set."""

    taken: OutgoingDocument
    signed: Signed
    stamp: Stamp | None = None


@dataclass(frozen=True, slots=True)
class Sealed:
    """A document whose packet is durable, and which nobody names yet."""

    ready: Ready
    packed: Packed

    @property
    def document(self) -> OutgoingDocument:
        """The document with its packet, in the state in which it was seen."""
        return replace(
            self.ready.taken,
            packet=self.packed.packet,
            packet_bytes=self.packed.packet_bytes,
            seal_form=self.packed.form,
            certificate=self.packed.certificate,
        )


def write_sealed(site: Site, work: Work, sealed: Sequence[Sealed]) -> None:
    """Name the packets, queue them for everybody, and record it.

    Raises `LostRace` where somebody has moved one of the documents meanwhile.
    """
    now = site.clock()
    documents = [it.document for it in sealed]
    keys = [it.key for it in documents]
    work.tries.end(TriedStep.SEAL, *keys)
    work.documents.seal_all(documents)
    work.deliveries.seal_all(keys, now)
    work.outbox.add_sealed(keys, at=now)
    for it in sealed:
        _stamp_later(site, work, it)
    for it in sealed:
        work.ledger.append(_fact(it), now)


def _stamp_later(site: Site, work: Work, sealed: Sealed) -> None:
    ready = sealed.ready
    if isinstance(ready.stamp, Reason):
        packet, value = sealed.packed.packet, ready.signed.value
        work.stamps.add(packet, ready.taken.key, value, due_at=site.clock())


def _fact(sealed: Sealed) -> DocumentSealed:
    return DocumentSealed(
        document=sealed.ready.taken.key,
        statement=sealed.packed.statement,
        certificate=sealed.packed.certificate,
        packet=sealed.packed.packet,
    )


def write_parked(
    site: Site, work: Work, taken: OutgoingDocument, reason: Reason
) -> None:
    """Set a document aside for everybody, and record and tell why.

    Raises `LostRace` where somebody has moved it meanwhile.
    """
    now = site.clock()
    work.tries.end(TriedStep.SEAL, taken.key)
    work.documents.move(taken.key, DocumentEvent.PARK, seen=taken.state, reason=reason)
    deliveries = work.deliveries.of(taken.key)
    # A recall may have stopped it here for some.
    waiting = [it for it in deliveries if it.state is DeliveryState.TAKEN]
    work.deliveries.move_all(waiting, DeliveryEvent.PARK, at=now, reason=reason)
    for it in waiting:
        fact = DocumentParked(
            document=taken.key, recipient=it.recipient, reason=reason.code
        )
        work.ledger.append(fact, now)
    tell(site, work, taken.row_id, Step.PARKED, reason=reason)
