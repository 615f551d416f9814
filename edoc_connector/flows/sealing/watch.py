"""Says before a certificate ends, and asks whether one of ours was revoked.

What is said is remembered, so that nobody hears it twice, not even after a restart.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from edoc_connector.errors import CertificateRevoked, CertificateUntrusted
from edoc_connector.flows.site import Site
from edoc_connector.ledger.facts import KeyFoundRestored, KeyFoundRevoked
from edoc_connector.pki.ring import RingKey
from edoc_connector.pki.term import Term, term_of
from edoc_connector.signature.certificate import read_certificate
from edoc_connector.signature.ports import Revocation
from edoc_connector.signature.proven import ask_revocation
from edoc_connector.signature.trust import check_trust
from edoc_connector.storage import Storage

log = logging.getLogger(__name__)

DAYS: Final = (60, 30, 14, 7, 3, 1, 0)
"""How long before its end a certificate is spoken of; 0: it has ended."""

LOUD_DAYS: Final = 7
"""From here on it is an error, for whoever counts only those."""


def watch(site: Site, storage: Storage) -> int:
    """Look at all certificates once; return how many things were said."""
    said = sum(_announce(site, storage, it) for it in _watched(site))
    if site.revocation is None:
        return said
    ours = [it for it in site.ring.keys if it.certificate]
    return said + sum(_ask(site, storage, site.revocation, it) for it in ours)


def _watched(site: Site) -> Iterator[Term]:
    for key in site.ring.keys:
        if key.key:
            yield term_of(key.key.certificate, f"key {key.name}")
    trusted = (*site.policy.anchors, *site.policy.timestamp_anchors)
    for anchor in dict.fromkeys(trusted):
        yield term_of(anchor.der)


def _announce(site: Site, storage: Storage, term: Term) -> int:
    left = term.days_left(site.clock())
    due = [days for days in DAYS if left <= days]
    if not due:
        return 0
    with storage.work() as work:
        if not work.watched.warn(term.certificate, min(due)):
            return 0
        # Before the commit: who dies here says it again, and nobody says it never.
        _say(term, left)
    return 1


def _say(term: Term, left: int) -> None:
    log.log(
        logging.WARNING if left > LOUD_DAYS else logging.ERROR,
        "certificate_expires" if left >= 0 else "certificate_expired",
        extra={
            "certificate": term.certificate,
            "of": term.name,
            "days_left": left,
            "until": term.until.isoformat(),
        },
    )


def _ask(site: Site, storage: Storage, revocation: Revocation, key: RingKey) -> int:
    """Ask about one of ours; who does not answer changes nothing."""
    now, certificate = site.clock(), read_certificate(key.opened.certificate)
    if not certificate.not_before <= now <= certificate.not_after:
        return 0  # whose end is said already
    try:
        anchors = site.policy.anchors
        path = check_trust(certificate, anchors, now)
        _trusted(storage, key)
        known = ask_revocation(path, revocation, at=now, now=now, anchors=anchors)
    except CertificateUntrusted as error:
        return _untrusted(storage, key, error, now)
    except CertificateRevoked as error:
        return _revoked(storage, key, error, now)
    return _restored(storage, key, now) if not known.doubts else 0


def _untrusted(
    storage: Storage, key: RingKey, error: CertificateUntrusted, now: datetime
) -> int:
    """Say once that nobody is asked about it: others trust its authority, not we."""
    with storage.work() as work:
        if not work.watched.distrust(key.digest, now):
            return 0
        # Before the commit, as for the days.
        log.warning(
            "key_authority_untrusted",
            extra={
                "key": key.name,
                "certificate": key.digest,
                "reason": error.code,
            },
        )
    return 1


def _trusted(storage: Storage, key: RingKey) -> None:
    with storage.reading() as work:
        if key.digest not in work.watched.untrusted():
            return
    with storage.work() as work:
        work.watched.trust(key.digest)


def _revoked(
    storage: Storage, key: RingKey, error: CertificateRevoked, now: datetime
) -> int:
    with storage.work() as work:
        if not work.watched.revoke(key.digest, now):
            return 0
        fact = KeyFoundRevoked(
            certificate=key.digest,
            key=key.name,
            revoked_at=error.details["revoked_at"],
        )
        work.ledger.append(fact, now)
    log.error("key_revoked", extra={"key": key.name, "certificate": key.digest})
    return 1


def _restored(storage: Storage, key: RingKey, now: datetime) -> int:
    with storage.reading() as work:
        if key.digest not in work.watched.revoked():
            return 0
    with storage.work() as work:
        if not work.watched.restore(key.digest):
            return 0
        fact = KeyFoundRestored(certificate=key.digest, key=key.name)
        work.ledger.append(fact, now)
    log.warning("key_restored", extra={"key": key.name, "certificate": key.digest})
    return 1
