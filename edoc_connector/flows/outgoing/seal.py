"""Seal what was taken: document -> sealed packet -> one outbox row per recipient."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from itertools import accumulate
from typing import Final

from edoc_connector.errors import (
    ContentMissing,
    EnvelopeRefused,
    EnvelopeTooLarge,
    LostRace,
    Reason,
    RowBroken,
    SettingsInvalid,
)
from edoc_connector.flows.attempts import Attempts, passes, too_often
from edoc_connector.flows.outgoing.sealed import (
    Ready,
    Sealed,
    write_parked,
    write_sealed,
)
from edoc_connector.flows.sealing.keys import key_for_seal
from edoc_connector.flows.sealing.packing import Packed, keep_in, sign_with
from edoc_connector.flows.sealing.stamping import Stamping
from edoc_connector.flows.site import Site
from edoc_connector.flows.together import in_bulk
from edoc_connector.model.delivery import DocumentState
from edoc_connector.model.document import Document
from edoc_connector.storage import Storage
from edoc_connector.storage.content import ContentBatch
from edoc_connector.storage.records import OutgoingDocument
from edoc_connector.storage.tries import TriedStep

log = logging.getLogger(__name__)

AT_ONCE: Final = 50
"""How many are sealed before it is asked whether something more urgent has come."""

MOST_BYTES: Final = 32 * 1024 * 1024
"""After files of so many together it is asked as well."""

MOST_SECONDS: Final = timedelta(seconds=1)
"""And after so long with a key that is slow: some tokens need a second for one."""


def seal(
    site: Site, storage: Storage, *, limit: int, stamping: Stamping | None = None
) -> int:
    """Seal up to `limit` documents, the most urgent first; return how many moved.

    What is urgent waits for those in hand.  A document that cannot be sealed is set
    aside with its reason, also one that ends the process; the rest go on.  One that
    gets no time stamp in time goes without, and the stamp is fetched later.
    """
    sealing = _Sealing(site, storage, stamping)
    done = 0
    while done < limit and (some := sealing.next()):
        done += sealing.seal(some)
    return done


class _Sealing:
    def __init__(self, site: Site, storage: Storage, stamping: Stamping | None) -> None:
        self.site, self.storage, self.stamping = site, storage, stamping
        self.attempts = Attempts(storage, TriedStep.SEAL)

    def next(self) -> Sequence[OutgoingDocument]:
        """Return what is to be sealed now: what failed before last, and alone."""
        at_once = self.stamping.at_once if self.stamping else AT_ONCE
        with self.storage.reading() as work:
            waiting = work.documents.in_state(DocumentState.TAKEN, at_once)
            keys = [it.key for it in waiting]
            tried = work.tries.of(TriedStep.SEAL, keys) if keys else {}
        for taken in waiting:
            reason = too_often(tried.get(taken.key, 0))
            if reason is not None:
                self._set_aside(taken, reason)
                return self.next()
        return _few([it for it in waiting if it.key not in tried]) or waiting[:1]

    def seal(self, some: Sequence[OutgoingDocument]) -> int:
        """Seal these, each counted before; return how many those are."""
        stopped: Exception | None = None
        packed: list[Sealed] = []
        with self.attempts.counted([it.key for it in some]):
            with self.storage.content.batch() as batch:
                try:
                    packed.extend(self._packed(self._stamped(some), batch))
                except Exception as error:  # noqa: BLE001  (it is raised again below)
                    stopped = error
            # A crash here leaves packets nobody names; the documents are sealed again.
            self._keep(packed)
            if stopped is not None:
                raise stopped
        return len(some)

    def _stamped(self, some: Sequence[OutgoingDocument]) -> Iterable[Ready]:
        if self.stamping is None:
            return self._signed(some)
        ready = tuple(self._signed(some))
        stamps = self.stamping.stamp_now([one.signed.value for one in ready])
        return (
            replace(one, stamp=stamp) for one, stamp in zip(ready, stamps, strict=True)
        )

    def _signed(self, some: Sequence[OutgoingDocument]) -> Iterator[Ready]:
        key = key_for_seal(self.site, self.storage)
        until = self.site.clock() + MOST_SECONDS
        for number, taken in enumerate(some):
            if number and self.site.clock() >= until:
                self._let_go(some[number:])
                return
            try:
                signed = sign_with(self.site, key, _document_of(taken))
            except Exception as error:  # noqa: BLE001  (raised again where it matters)
                self._fail(taken, error)
            else:
                yield Ready(taken, signed)

    def _packed(self, ready: Iterable[Ready], batch: ContentBatch) -> Iterator[Sealed]:
        for one in ready:
            try:
                packed = self._pack(one, batch)
            except Exception as error:  # noqa: BLE001  (raised again where it matters)
                self._fail(one.taken, error)
            else:
                yield Sealed(one, packed)

    def _pack(self, ready: Ready, batch: ContentBatch) -> Packed:
        most = self.site.max_packet_bytes
        tokens = (ready.stamp,) if isinstance(ready.stamp, bytes) else ()
        packed = keep_in(batch, self.site, self.storage, ready.signed, *tokens)
        if packed.packet_bytes > most:
            raise EnvelopeTooLarge(size=packed.packet_bytes, limit=most)
        return packed

    def _keep(self, packed: Sequence[Sealed]) -> None:
        for kept in in_bulk(
            self.storage,
            packed,
            lambda work, some: write_sealed(self.site, work, some),
            alone=self._keep_one,
        ):
            _say(kept.ready)

    def _keep_one(self, sealed: Sealed) -> None:
        try:
            with self.storage.work() as work:
                write_sealed(self.site, work, [sealed])
        except LostRace:
            self._let_go([sealed.ready.taken])
        else:
            _say(sealed.ready)

    def _fail(self, taken: OutgoingDocument, error: Exception) -> None:
        """Set a document aside for what it lacks at once, for a defect at the third.

        Raises the error again where it is no fault of this document.
        """
        if isinstance(error, (RowBroken, EnvelopeRefused, ContentMissing)):
            if not self._set_aside(taken, error.reason):
                self._let_go([taken])
            return
        if passes(error) or isinstance(error, SettingsInvalid):
            raise error
        log.error("seal_defect", extra={"document": taken.key}, exc_info=error)
        reason = self.attempts.verdict(taken.key, error)
        if reason is not None:
            self._set_aside(taken, reason)

    def _set_aside(self, taken: OutgoingDocument, reason: Reason) -> bool:
        """Park it; return False where somebody has moved it meanwhile."""
        with suppress(LostRace):
            with self.storage.work() as work:
                write_parked(self.site, work, taken, reason)
            extra = {"document": taken.key, "reason": reason.code}
            log.error("document_parked", extra=extra)
            return True
        return False

    def _let_go(self, taken: Sequence[OutgoingDocument]) -> None:
        """Take back the count of what a recall moves now, or nobody has begun yet."""
        with self.storage.work() as work:
            work.tries.let_go(TriedStep.SEAL, [it.key for it in taken])


def _few(waiting: Sequence[OutgoingDocument]) -> Sequence[OutgoingDocument]:
    """Return the first of these, with whom no more urgent one waits for too long."""
    together = accumulate(map(_bytes_of, waiting), initial=0)
    return [
        it for it, before in zip(waiting, together, strict=False) if before < MOST_BYTES
    ]


def _bytes_of(taken: OutgoingDocument) -> int:
    return sum(it.size for it in taken.document.attachments) if taken.document else 0


def _document_of(taken: OutgoingDocument) -> Document:
    if taken.document is None:
        raise ContentMissing(digest=taken.key)
    return taken.document


def _say(ready: Ready) -> None:
    document, stamp = ready.taken.key, ready.stamp
    log.info("document_sealed", extra={"document": document})
    if isinstance(stamp, Reason):
        extra = {"document": document, "cause": stamp.details["problem"]}
        log.warning("seal_without_timestamp", extra=extra)
