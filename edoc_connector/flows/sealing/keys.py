"""Which of our keys seals: the one a person chose, or the only one that still can.

The rule stands in docs/adr/0014.  Every change is in the ledger before the first packet
it seals.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from edoc_connector.errors import (
    KeyRevoked,
    KeyUnknown,
    KeyWaits,
    LostRace,
    PinRefused,
    SettingsInvalid,
)
from edoc_connector.flows.site import Site
from edoc_connector.ledger.facts import KeyUsed
from edoc_connector.model.identifiers import Digest
from edoc_connector.model.own_key import DEFAULT_KEY, Cause, KeyState
from edoc_connector.pki.ring import KeyRing, RingKey
from edoc_connector.pki.standing import check_dates
from edoc_connector.signature.ports import SealKey
from edoc_connector.storage import Storage, Work
from edoc_connector.storage.records import KeyUse

log = logging.getLogger(__name__)


def key_for_seal(site: Site, storage: Storage) -> SealKey:
    """Return the key that seals the next packet, and record where it is another one.

    What is wrong with it makes the post wait, whatever it is: a person puts it right
    or chooses another key.  Raises `KeyUnusable`, always retryable.
    """
    try:
        return ready_key(site, storage)
    except SettingsInvalid as error:
        if error.retryable:
            raise
        raise KeyWaits(problem=error) from error


def ready_key(site: Site, storage: Storage) -> SealKey:
    """Return the key that seals now.  Raises what is wrong with it, as it is."""
    while True:
        with suppress(LostRace):  # a person chose meanwhile: theirs, then
            return _ready_key(site, storage, site.clock())


def _ready_key(site: Site, storage: Storage, now: datetime) -> SealKey:
    with storage.reading() as work:
        standing = standing_of(site.ring, work)
    chosen = choose(site.ring, standing, now)  # may open a token, which takes seconds
    if not _is_in_use(chosen, standing.use):
        _record(storage, chosen, site.ring, standing, now)
    return chosen.opened


def _is_in_use(key: RingKey, use: KeyUse | None) -> bool:
    return use is not None and (use.name, use.certificate) == (key.name, key.digest)


def choose(ring: KeyRing, standing: Standing, now: datetime) -> RingKey:
    """Return the key in use, or the only one that serves where that has ended."""
    found = _found(ring, standing)
    if _serves(found, standing.revoked, now):
        return found
    return _heir(ring, found, standing, now)


@dataclass(frozen=True, slots=True)
class Standing:
    """What our database says of our keys.

    `use` is the newest of a name we know; `unknown` is the name of a newer one.
    """

    use: KeyUse | None
    unknown: str
    revoked: frozenset[Digest]


def standing_of(ring: KeyRing, work: Work) -> Standing:
    """Read it in one look."""
    newest, known = work.key_uses.newest(), work.key_uses.newest(ring.names)
    unknown = newest.name if newest and newest != known else ""
    if unknown and ring.misses(unknown):
        # It was added to the settings after this process had read them.
        log.warning("key_unknown", extra={"key": unknown})
    return Standing(known, unknown, work.watched.revoked())


def _found(ring: KeyRing, standing: Standing) -> RingKey:
    """Return the key in use, read anew where it is not what it was."""
    use = standing.use
    key = ring.find(use.name if use else DEFAULT_KEY)
    if key is None:
        raise KeyUnknown(name=DEFAULT_KEY)
    if isinstance(key.problem, PinRefused):  # once is enough
        return key
    if key.problem or (use and use.certificate != key.digest):
        return ring.reopen(key.name)
    return key


def _serves(key: RingKey, revoked: frozenset[Digest], now: datetime) -> bool:
    """Tell whether it seals today.  Raises for what no other key should hide."""
    match key.state(now, revoked):
        case KeyState.READY:
            return True
        case KeyState.EXPIRED | KeyState.NOT_YET_VALID:
            return False
        case KeyState.REVOKED:
            raise KeyRevoked(name=key.name, certificate=key.digest)
        case KeyState.UNUSABLE:
            raise key.problem or KeyUnknown(name=key.name)
        case other:
            assert_never(other)


def _heir(ring: KeyRing, ended: RingKey, standing: Standing, now: datetime) -> RingKey:
    """Return the only other key that serves.  Raises `CertificateOutOfDate`."""
    others = ring.others(ended, now, standing.revoked)
    if len(others) != 1 or standing.unknown:
        check_dates(ended.place, ended.opened.certificate, now)
    return others[0]


def _record(
    storage: Storage, key: RingKey, ring: KeyRing, seen: Standing, now: datetime
) -> None:
    """Put it into use.  Raises `LostRace` where the choice rests on what is no more."""
    cause = _cause(seen.use, key)
    with storage.work() as work:
        if standing_of(ring, work) != seen:
            raise LostRace(key=key.name)
        _put_into_use(work, key, cause, now)
    level = logging.WARNING if cause is Cause.TOOK_OVER else logging.INFO
    log.log(
        level,
        "key_used",
        extra={"key": key.name, "certificate": key.digest, "cause": cause.value},
    )


def _cause(use: KeyUse | None, key: RingKey) -> Cause:
    before = use.name if use else DEFAULT_KEY
    if key.name != before:
        return Cause.TOOK_OVER
    return Cause.RENEWED if use else Cause.STARTED


def _put_into_use(work: Work, key: RingKey, cause: Cause, now: datetime) -> None:
    before = work.key_uses.newest()
    work.key_uses.add(
        KeyUse(name=key.name, certificate=key.digest, cause=cause, since=now)
    )
    fact = KeyUsed(
        certificate=key.digest,
        key=key.name,
        cause=cause,
        before=before.certificate if before else "",
    )
    work.ledger.append(fact, now)


def use_key(ring: KeyRing, storage: Storage, name: str, *, at: datetime) -> RingKey:
    """Have this key seal from the next packet on.

    Raises `KeyUnknown`, or what keeps it from sealing: then nothing changes.
    """
    key = ring.find(name)
    if key is None:
        raise KeyUnknown(name=name)
    with storage.work() as work:
        if not _serves(key, work.watched.revoked(), at):
            check_dates(key.place, key.opened.certificate, at)
        if not _is_in_use(key, work.key_uses.newest()):
            _put_into_use(work, key, Cause.CHOSEN, at)
    return key


def sealing_key(ring: KeyRing, work: Work, now: datetime) -> str:
    """Return the name of the key that seals the next packet; empty where none can."""
    try:
        return choose(ring, standing_of(ring, work), now).name
    except SettingsInvalid:
        return ""
