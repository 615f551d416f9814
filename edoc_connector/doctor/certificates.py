"""When certificates end, whether ours were revoked, and whether anybody can say."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from edoc_connector.app.inquiry import revocation_of
from edoc_connector.app.post import rabbit_address
from edoc_connector.app.sites import ring_of
from edoc_connector.bus.shown import certificate_of_broker
from edoc_connector.doctor.finding import (
    Finding,
    State,
    bad,
    because,
    soon,
    unseen,
    well,
)
from edoc_connector.doctor.patient import Patient
from edoc_connector.doctor.readiness import authorities, revoked_keys
from edoc_connector.errors import (
    N_,
    CertificateRevoked,
    CertificateUntrusted,
    EdocError,
    FileUnreadable,
)
from edoc_connector.parts import policy_of
from edoc_connector.pki.certificates import load_anchors
from edoc_connector.pki.standing import day
from edoc_connector.pki.term import Term, term_of
from edoc_connector.signature.certificate import read_certificate
from edoc_connector.signature.proven import ask_revocation
from edoc_connector.signature.trust import check_trust

SOON: Final = timedelta(days=30)
"""An authority takes weeks to give another one."""

ENDS: Final = N_("{name} is valid until {until}")
ENDED: Final = N_("{name} has ended on {until}")


def look(patient: Patient) -> Iterator[Finding]:
    """Yield each certificate that matters with its end, and what is known of ours."""
    common = (_line, _broker) if patient.with_common else ()
    for looked in (_keys, _anchors, *common, _revoked, _reach):
        try:
            yield from looked(patient)
        except EdocError as error:
            yield because(CODES[looked.__name__], State.UNSEEN, error)


CODES: Final = {
    "_keys": "key-ends",
    "_anchors": "anchor-ends",
    "_line": "line-certificate-ends",
    "_broker": "broker-certificate-ends",
    "_revoked": "key-revoked",
    "_reach": "revocation-silent",
}
"""What is not seen where looking fails."""


def _judged(code: str, term: Term, patient: Patient) -> Finding:
    if patient.now >= term.until:
        return bad(code, ENDED, name=term.name, until=day(term.until))
    told = soon if term.until - patient.now < SOON else well
    return told(code, ENDS, name=term.name, until=day(term.until))


def _keys(patient: Patient) -> Iterator[Finding]:
    for key in ring_of(patient.settings).keys:
        if key.problem is not None:
            yield because("key-ends", State.RED, key.problem)
        elif key.key is not None:
            yield _judged("key-ends", term_of(key.key.certificate, key.name), patient)


def _anchors(patient: Patient) -> Iterator[Finding]:
    for setting, paths in authorities(patient.settings):
        for it in load_anchors(paths, setting=setting):
            yield _judged("anchor-ends", term_of(it.der), patient)


def _line(patient: Patient) -> Iterator[Finding]:
    axis = patient.settings.axis
    if axis.certificate is None:
        yield well("line-certificate-ends", N_("the account is proven by a password"))
        return
    try:
        term = _term_of_file(axis.certificate)
    except OSError as error:
        problem = error.strerror or str(error)
        unread = FileUnreadable(path=axis.certificate, problem=problem)
        yield because("line-certificate-ends", State.RED, unread)
    except ValueError:
        what = N_("{file} (axis.certificate) holds no certificate, PEM")
        yield bad("line-certificate-ends", what, file=axis.certificate)
    else:
        yield _judged("line-certificate-ends", term, patient)


def _term_of_file(path: Path) -> Term:
    certificate = x509.load_pem_x509_certificate(path.read_bytes())
    return term_of(certificate.public_bytes(Encoding.DER), path.name)


def _broker(patient: Patient) -> Iterator[Finding]:
    address = rabbit_address(patient.settings)
    if address.tls is None:
        yield well("broker-certificate-ends", N_("the broker is on this computer"))
        return
    der = certificate_of_broker(address, patient.now)
    yield _judged("broker-certificate-ends", term_of(der), patient)


def _revoked(patient: Patient) -> Iterator[Finding]:
    if not patient.settings.trust.revocation.check:
        yield unseen("key-revoked", NOBODY_ASKED)
        return
    found = [*revoked_keys(patient.settings, patient.now)]
    for error in found:
        yield because("key-revoked", State.RED, error)
    if not found:
        yield well("key-revoked", N_("no key of ours is known to be revoked"))


NOBODY_ASKED: Final = N_("nobody is asked (trust.revocation.check)")


def _reach(patient: Patient) -> Iterator[Finding]:
    """Yield whether somebody answers about each of our keys, right now."""
    asked = revocation_of(patient.settings.trust.revocation)
    if asked is None:
        yield unseen("revocation-silent", NOBODY_ASKED)
        return
    anchors, now = policy_of(patient.settings).anchors, patient.now
    for key in ring_of(patient.settings).keys:
        if key.key is None:
            continue
        try:
            path = check_trust(read_certificate(key.key.certificate), anchors, now)
            known = ask_revocation(path, asked, at=now, now=now, anchors=anchors)
        except CertificateRevoked:
            continue  # somebody has answered
        except CertificateUntrusted as error:
            yield because("revocation-silent", State.UNSEEN, error)
            continue
        for doubt in known.doubts:
            yield Finding("revocation-silent", State.RED, reason=doubt)
        if not known.doubts:
            what = N_("whether the key {name} was revoked is answered")
            yield well("revocation-silent", what, name=key.name)
