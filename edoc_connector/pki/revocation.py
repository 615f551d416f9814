"""Asks OCSP responders and list servers whether a certificate was revoked.

First what is here (lists the operator carried in, answers that were kept), then OCSP,
then the list; nobody is asked once there is a proof that is not old.  Only addresses of
certificates whose path was verified come here.  An answer is kept when it has been
judged authentic, and until a newer one takes its place.

A responder that returns no nonce is accepted, as most serve stored answers: such an
answer is fresh by its own dates.  One that returns another nonce is not.
"""

from __future__ import annotations

import os
from collections.abc import (
    Callable,
    Hashable,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Final

from cryptography import x509

from edoc_connector.clock import Clock
from edoc_connector.errors import N_, AnswerUnusable
from edoc_connector.model.evidence import Evidence, EvidenceKind
from edoc_connector.model.identifiers import Digest
from edoc_connector.pki.crl_files import CrlFiles, crl_der
from edoc_connector.pki.http import Question, ask
from edoc_connector.pki.patience import Patience
from edoc_connector.pki.pauses import MOST_KNOWN, Pauses
from edoc_connector.pki.shelf import Shelf
from edoc_connector.signature.addresses import crl_addresses, ocsp_addresses
from edoc_connector.signature.certificate import UNREADABLE, fingerprint
from edoc_connector.signature.ocsp import nonce_of, request, successful
from edoc_connector.signature.ports import Answer, Silence
from edoc_connector.signature.revocation import (
    CLOCK_TOLERANCE,
    MOST_AGE,
    check_use,
    judge,
)
from edoc_connector.signature.said import Said

MOST_OCSP_BYTES: Final = 64 * 1024
MOST_CRL_BYTES: Final = 20 * 1024 * 1024
NONCE_BYTES: Final = 16
MOST_ADDRESSES: Final = 4
"""How many of each kind are asked; all together may cost two timeouts."""

ASK_ANEW: Final = timedelta(hours=6)
"""How often is asked for something newer than a "good" of more than a day ago."""

NO_TIME: Final = N_("there was no time left to ask it")
SLOW: Final = N_("it takes so long that it is asked only now and then")

OCSP_HEADERS: Final = {
    "Content-Type": "application/ocsp-request",
    "Accept": "application/ocsp-response",
}


@dataclass(frozen=True, slots=True)
class _Case:
    """A certificate whose revocation is asked for, at a time; and its fingerprint."""

    certificate: x509.Certificate
    issuer: x509.Certificate
    at: datetime
    patience: Patience
    key: Digest

    @property
    def issuer_key(self) -> Digest:
        return fingerprint(self.issuer)


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen when the seals of one batch were judged, by certificate.

    Nobody looks at lists and kept answers again for the seals of one batch; what we
    keep meanwhile has us look again.  What else changes them meanwhile (who carries a
    list in, another process of this connector) counts for the next batch, as if this
    one had been judged a moment earlier.  An outage that begins within a batch is ended
    by the next good answer of a later one.

    For one thread and one batch.
    """

    here: dict[Digest, Sequence[Answer | Silence]] = field(default_factory=dict)
    reached: set[Digest] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class _Inquiry:
    """One address, what is asked there, and what an answer of it is about."""

    address: str
    about: str
    ask: Callable[[str], Evidence]


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveRevocation:
    """Asks over the network.  Threads may share it.

    `instead` names other addresses for those that certificates name: old ones name
    computers that are no more.
    """

    shelf: Shelf
    clock: Clock
    timeout_seconds: float
    files: CrlFiles = field(default_factory=CrlFiles)
    instead: Mapping[str, str] = field(default_factory=dict)
    pauses: Pauses = field(default_factory=Pauses)
    _asked: dict[tuple[str, str], datetime] = field(default_factory=dict)
    _seen: Seen | None = None

    def answers(
        self, certificate: x509.Certificate, issuer: x509.Certificate, at: datetime
    ) -> Iterator[Answer | Silence]:
        """Yield what is here, then what others say, until something is a proof."""
        return self.for_one_seal().answers(certificate, issuer, at)

    def for_one_seal(self) -> OneSeal:
        """Return who asks about the certificates of one seal, in a bounded time."""
        return OneSeal(self, Patience.of(self.timeout_seconds, self.pauses.ticks))

    def for_several(self) -> LiveRevocation:
        """Return who looks once at what is kept, for seals that are judged together."""
        return replace(self, _seen=Seen())

    def _answers(self, case: _Case) -> Iterator[Answer | Silence]:
        # All that is here is told, though the first may be a proof: another may say
        # that the certificate was revoked.
        here = self._here(case)
        yield from here
        self._note(here, case)
        proofs = [*self._proofs(here, case, case.at)]
        if any(self._settles(said, case) for said in proofs):
            return
        is_good = any(said.revoked is None for said in proofs)
        for inquiry in self._inquiries(case):
            if self._was_asked(inquiry) and is_good:
                continue
            item = self._answer(inquiry, case)
            yield item
            if any(self._proofs([item], case, case.at)):
                self._note([item], case)
                return

    def _here(self, case: _Case) -> Sequence[Answer | Silence]:
        seen = {} if self._seen is None else self._seen.here
        if case.key not in seen:
            found = [*self.files.answers(case.issuer), *self._kept(case)]
            seen[case.key] = found
        return seen[case.key]

    def _note(self, items: Iterable[Answer | Silence], case: _Case) -> None:
        """End an outage with a "good" that holds now: one of last month ends none.

        Now, as far as clocks agree; and of this certificate only, for its issuer may
        publish several lists.
        """
        if self._seen is not None and case.key in self._seen.reached:
            return
        now = self.clock() - CLOCK_TOLERANCE
        if any(said.revoked is None for said in self._proofs(items, case, now)):
            self.shelf.reached(case.key, case.issuer_key)
            if self._seen is not None:
                self._seen.reached.add(case.key)

    def _settles(self, said: Said, case: _Case) -> bool:
        """Whether what is here says so much that nobody need be asked.

        A hold may have ended when the answer has, and a "good" that is to hold for
        long may be wrong by now.
        """
        now = self.clock()
        if said.is_hold:
            return now <= (said.next_update or said.this_update + MOST_AGE)
        is_new = said.this_update >= min(case.at, now - MOST_AGE)
        return said.revoked is not None or is_new

    def _was_asked(self, inquiry: _Inquiry) -> bool:
        """Tell whether it was asked lately, and note that it is asked now."""
        key, now = (inquiry.address, inquiry.about), self.clock()
        before = self._asked.get(key)
        if before is not None and abs(now - before) < ASK_ANEW:
            return True
        if len(self._asked) >= MOST_KNOWN:
            self._asked.clear()
        self._asked[key] = now
        return False

    def _kept(self, case: _Case) -> Iterator[Answer]:
        about = (case.key, *crl_addresses(case.certificate)[:MOST_ADDRESSES])
        for source, evidence in self.shelf.kept(about, case.issuer_key):
            yield Answer(source, evidence)

    def _proofs(
        self, items: Iterable[Answer | Silence], case: _Case, at: datetime
    ) -> Iterator[Said]:
        for item in items:
            if isinstance(item, Answer):
                with suppress(AnswerUnusable):
                    yield self._judge(item.evidence, case, at)

    def _judge(self, evidence: Evidence, case: _Case, at: datetime) -> Said:
        """Return what a proof says, or raise `AnswerUnusable`."""
        return judge(evidence, case.certificate, case.issuer, at=at, now=self.clock())

    def _inquiries(self, case: _Case) -> Iterator[_Inquiry]:
        for address in ocsp_addresses(case.certificate)[:MOST_ADDRESSES]:
            yield _Inquiry(address, case.key, lambda to: self._ask_responder(to, case))
        for address in crl_addresses(case.certificate)[:MOST_ADDRESSES]:
            yield _Inquiry(address, address, lambda to: self._fetch_list(to, case))

    def _answer(self, inquiry: _Inquiry, case: _Case) -> Answer | Silence:
        """Ask, unless it was just asked in vain or has us wait too long."""
        address = inquiry.address
        if problem := self._problem(address, case):
            return Silence(address, problem)
        try:
            evidence = self._ask(inquiry, case)
        except AnswerUnusable as error:
            self.pauses.failed(address, error.details["problem"])
            return Silence(address, error.details["problem"])
        self._use(inquiry, evidence, case)
        return Answer(address, evidence)

    def _problem(self, address: str, case: _Case) -> str:
        for place in (address, *_places(address, case)):
            if problem := self.pauses.problem(place):
                return problem
        return "" if case.patience.seconds else NO_TIME

    def _ask(self, inquiry: _Inquiry, case: _Case) -> Evidence:
        address, before = inquiry.address, case.patience.left
        with case.patience.waiting():
            evidence = inquiry.ask(self.instead.get(address, address))
        took = before - case.patience.left
        if took > self.timeout_seconds / 2:
            self.pauses.slow(address, took, SLOW)
        else:
            self.pauses.answered(address)
        return evidence

    def _use(self, inquiry: _Inquiry, evidence: Evidence, case: _Case) -> None:
        """Keep a proof; remember of what is none whom it fails."""
        of_all, of_this = _places(inquiry.address, case)
        try:
            given_at = self._judge(evidence, case, case.at).this_update
        except AnswerUnusable as error:  # no proof of this one: others may ask there
            is_for_nobody = self._is_for_nobody(evidence, case)
            place = of_all if is_for_nobody else of_this
            self.pauses.failed(place, error.details["problem"])
            return
        self.pauses.answered(of_all)
        self.pauses.answered(of_this)
        self.shelf.keep(
            inquiry.about,
            case.issuer_key,
            evidence,
            source=inquiry.address,
            given_at=given_at,
        )
        if self._seen is not None:
            self._seen.here.clear()

    def _is_for_nobody(self, evidence: Evidence, case: _Case) -> bool:
        """Tell whether other certificates of the issuer need not ask for it either.

        A list has megabytes, and many certificates name the same.
        """
        try:
            check_use(evidence, case.issuer, self.clock())
        except AnswerUnusable:
            return True
        return False

    def _ask_responder(self, address: str, case: _Case) -> Evidence:
        nonce = os.urandom(NONCE_BYTES)
        answer = ask(
            Question(
                address=address,
                most_bytes=MOST_OCSP_BYTES,
                timeout_seconds=case.patience.seconds,
                body=request(case.certificate, case.issuer, nonce),
                headers=OCSP_HEADERS,
            )
        )
        _check_nonce(answer, nonce)
        return Evidence(EvidenceKind.OCSP, answer)

    def _fetch_list(self, address: str, case: _Case) -> Evidence:
        answer = ask(
            Question(
                address=address,
                most_bytes=MOST_CRL_BYTES,
                timeout_seconds=case.patience.seconds,
            )
        )
        return Evidence(EvidenceKind.CRL, crl_der(answer))


@dataclass(frozen=True, slots=True)
class OneSeal:
    """Asks about all certificates of one seal, which share the patience."""

    live: LiveRevocation
    patience: Patience

    def answers(
        self, certificate: x509.Certificate, issuer: x509.Certificate, at: datetime
    ) -> Iterator[Answer | Silence]:
        """Yield what there is to say, as long as it may be waited for."""
        key = fingerprint(certificate)
        case = _Case(certificate, issuer, at, self.patience, key)
        return self.live._answers(case)  # noqa: SLF001  (the other half of it)


def _places(address: str, case: _Case) -> tuple[Hashable, Hashable]:
    """Return what is left alone: there for all of an issuer, and for this one."""
    return (address, case.issuer_key), (address, case.issuer_key, case.key)


def _check_nonce(answer: bytes, nonce: bytes) -> None:
    """Refuse the answer to another question (RFC 9654)."""
    try:
        found = nonce_of(successful(answer))
    except (AnswerUnusable, *UNREADABLE):  # what it is, the judge says
        return
    if found is not None and not compare_digest(found, nonce):
        raise AnswerUnusable(problem=N_("it answers another question (nonce)"))
