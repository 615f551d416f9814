"""The composition root: the only file that picks adapters."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from edoc_connector.axis.description import AxisLimits
from edoc_connector.axis.queues import mailbox_arguments
from edoc_connector.bus.address import Tls
from edoc_connector.bus.mailbox import look_at_mailbox
from edoc_connector.bus.outcome import Room
from edoc_connector.bus.port import Consumer, Publisher
from edoc_connector.bus.rabbit import RabbitAddress, RabbitConsumer, RabbitPublisher
from edoc_connector.clock import Clock, system_clock
from edoc_connector.dms.database import IDLE
from edoc_connector.dms.mapping import load_mapping
from edoc_connector.dms.sql import SqlDms
from edoc_connector.errors import (
    KeyUnknown,
    PdfCheckerMissing,
    SettingsInvalid,
)
from edoc_connector.flows.backoff import Backoff
from edoc_connector.flows.evidence.recheck import recheck
from edoc_connector.flows.incoming.accept import accept
from edoc_connector.flows.incoming.deliver import deliver
from edoc_connector.flows.incoming.inspection import inspect
from edoc_connector.flows.outgoing.patience import Breaker, Patience
from edoc_connector.flows.outgoing.relay import relay
from edoc_connector.flows.outgoing.seal import seal
from edoc_connector.flows.outgoing.take import take
from edoc_connector.flows.pinging.answer import Answering
from edoc_connector.flows.reconciliation.reconcile import Schedule, reconcile
from edoc_connector.flows.requests.decide import decide
from edoc_connector.flows.sealing.keys import ready_key
from edoc_connector.flows.sealing.stamp import stamp
from edoc_connector.flows.sealing.stamping import Stamping
from edoc_connector.flows.sealing.watch import watch
from edoc_connector.flows.site import Site
from edoc_connector.flows.statuses.answer import settle
from edoc_connector.flows.statuses.deadlines import look_at_deadlines
from edoc_connector.flows.statuses.progress import progress
from edoc_connector.flows.statuses.report import report
from edoc_connector.model.change import ChangeKind
from edoc_connector.model.pdf_signatures import PdfRequirement
from edoc_connector.own_storage import open_storage
from edoc_connector.parts import (
    aliases_of,
    binding_of,
    deadlines_of,
    organization_of,
    pdf_anchors,
    pdf_stamps,
    policy_of,
    taken_over_of,
)
from edoc_connector.pdf.inspector import ChildInspector
from edoc_connector.pdf.port import PdfInspector
from edoc_connector.pdf.revocation import Known
from edoc_connector.pdf.workers import Workers
from edoc_connector.pki.crl_files import CrlFiles
from edoc_connector.pki.keys import load_key
from edoc_connector.pki.local import LocalRevocation
from edoc_connector.pki.pkcs11 import TokenSource
from edoc_connector.pki.revocation import LiveRevocation, NoShelf, Shelf
from edoc_connector.pki.ring import KeyRing, RingKey
from edoc_connector.pki.standing import key_problems
from edoc_connector.pki.timestamp import HttpTimeStamper
from edoc_connector.pki.token_key import open_token_key
from edoc_connector.secret import SecretReference
from edoc_connector.settings import (
    KeySettings,
    RevocationSettings,
    Settings,
    all_keys,
)
from edoc_connector.signature.path import Anchor
from edoc_connector.signature.policy import Policy
from edoc_connector.signature.ports import Revocation, SealKey
from edoc_connector.storage import Storage
from edoc_connector.storage.shelf import AnswerShelf
from edoc_connector.token_uri import is_token_uri, parse_token_uri

Step = Callable[[], int]

MOST_COMPARED: Final = 500
"""Statements of partners that are looked at in one step; most of them fit at once."""

BATCH: Final = 20
"""How many packets one step moves before the loop looks up again."""


@dataclass(frozen=True, slots=True)
class Connector:
    """A department's connector, put together and not yet running."""

    settings: Settings
    site: Site
    storage: Storage
    dms: SqlDms

    def steps(
        self, post: Post, wait_seconds: Callable[[], float], *, inspected: int = 1
    ) -> dict[str, Step]:
        """Return one step per loop, in the order in which a document meets them.

        Each half of the `post` is a connection to the broker and belongs to one thread.
        `wait_seconds` says how long `accept` waits for a message; `inspected` is how
        many packets' PDFs one step looks at: one, where a stop must not wait for more.
        """
        site, storage, dms = self.site, self.storage, self.dms
        publisher, consumer = post.publisher, post.consumer
        answering = Answering(post.answers)
        batch = self.settings.poll.batch
        stamping = stamping_of(self.settings, site)
        return {
            "take": lambda: take(site, dms, storage, limit=batch),
            "seal": lambda: (
                seal(site, storage, limit=BATCH, stamping=stamping)
                + settle(site, storage, limit=BATCH)
            ),
            "stamp": lambda: stamp(site, storage, stamping),
            "relay": lambda: relay(
                site,
                publisher,
                storage,
                limit=BATCH,
                backoff=self.backoff(),
                patience=self.patience(),
            ),
            "accept": after(
                post.check,
                lambda: accept(
                    site,
                    consumer,
                    storage,
                    wait_seconds=wait_seconds(),
                    limit=BATCH,
                    answering=answering,
                ),
            ),
            "deliver": lambda: deliver(site, dms, storage, limit=BATCH),
            "decide": lambda: decide(site, dms, storage, limit=BATCH),
            "recheck": lambda: recheck(site, storage, limit=BATCH),
            "report": lambda: report(site, dms, storage, limit=batch),
            "progress": lambda: progress(
                site, dms, storage, limit=BATCH, backoff=self.backoff()
            ),
            "deadlines": lambda: look_at_deadlines(site, storage, limit=BATCH),
            "reconcile": self._reconciling(),
            "watch": lambda: watch(site, storage),
            "inspect": lambda: self._inspect(inspected),
        }

    def _reconciling(self) -> Step:
        chosen = self.settings.reconciliation
        if not chosen.enabled:
            return lambda: 0
        schedule = Schedule(at=chosen.at, wait=timedelta(hours=chosen.wait_hours))
        told: set[date] = set()
        return lambda: reconcile(
            self.site,
            self.storage,
            schedule=schedule,
            told=told,
            limit=MOST_COMPARED,
        )

    def _inspect(self, limit: int) -> int:
        inspector = self.site.inspector
        if inspector is None or not self.settings.pdf.check:
            return 0
        return inspect(self.site, inspector, self.storage, limit=limit)

    def backoff(self) -> Backoff:
        """Return the pauses of the settings."""
        retry = self.settings.retry
        return Backoff(retry.first_seconds, retry.most_seconds)

    def patience(self) -> Patience:
        """Return how long is gone on with whom, as the settings say."""
        return patience_of(self.settings)


@dataclass(frozen=True, slots=True)
class Post:
    """The way out to the axis, and for another thread the way in.

    `answers` is the way out of the latter, and `check` is passed before it reads.
    """

    publisher: Publisher
    consumer: Consumer
    answers: Publisher
    check: Callable[[], None]


def post_of(settings: Settings) -> Post:
    """Return the post of an account; nothing is connected yet."""
    address, axis = rabbit_address(settings), settings.axis
    room = Room(messages=axis.window, bytes=axis.window_bytes)
    return Post(
        RabbitPublisher(address, room),
        RabbitConsumer(
            address,
            axis.queue,
            axis.prefetch,
            axis.express_queue,
            prefetch_bytes=axis.prefetch_bytes,
        ),
        RabbitPublisher(address),
        mailbox_check(settings),
    )


ONE_OF_MANY: Final = 1
"""How many idle connections each of several organisations keeps."""

LOOPS: Final = (
    "take",
    "seal",
    "stamp",
    "relay",
    "accept",
    "deliver",
    "decide",
    "recheck",
    "report",
    "progress",
    "deadlines",
    "reconcile",
    "watch",
    "inspect",
)


def patience_of(settings: Settings) -> Patience:
    """Return how long is gone on with whom."""
    retry = settings.retry
    most = max(retry.breaker_seconds, retry.most_seconds)
    return Patience(
        breaker=Breaker(retry.breaker_failures, Backoff(retry.breaker_seconds, most)),
        answers=timedelta(days=retry.answer_days),
    )


@contextmanager
def open_connector(
    settings: Settings, clock: Clock = system_clock
) -> Iterator[Connector]:
    """Put the connector of these settings together; nothing is connected yet.

    Raises `SettingsInvalid` where a key, a certificate, a password or the mapping does
    not serve: before anything runs rather than at night.  Whether a key of ours was
    revoked is asked before the first seal, and not some time after it.
    """
    with (
        open_storage(settings) as storage,
        connected(settings, storage, clock) as connector,
    ):
        yield connector


@contextmanager
def connected(
    settings: Settings,
    storage: Storage,
    clock: Clock = system_clock,
    workers: Workers | None = None,
) -> Iterator[Connector]:
    """Put the rest of it together around a database that is open already.

    With `workers` PDFs are looked at by a worker that other organisations share; then
    a server of databases is not asked for more than one idle connection for each.
    """
    shelf = AnswerShelf(storage)
    revocation = revocation_of(settings.trust.revocation, clock, shelf)
    require_checker(settings)
    folder = settings.state.folder
    inspector = inspector_of(settings, folder, clock, shelf, workers=workers)
    site = replace(site_of(settings, clock), revocation=revocation, inspector=inspector)
    watch(site, storage)
    ready_key(site, storage)
    dms = register_of(settings, ONE_OF_MANY if workers else IDLE)
    if workers:
        dms.share_statements()
    try:
        yield Connector(settings, site, storage, dms)
    finally:
        inspector.close()
        dms.close()


def register_of(settings: Settings, idle: int = IDLE) -> SqlDms:
    """Return the document register with its mapping; nothing is connected yet."""
    return SqlDms(
        settings.dms.url,
        _secret(settings.dms.password),
        load_mapping(settings.dms.profile),
        organization_of(settings),
        settings.dms.files,
        idle=idle,
    )


def site_without_keys(settings: Settings, clock: Clock = system_clock) -> Site:
    """Return the same for who seals nothing: no key is opened, and no token asked."""
    return _site(settings, clock, KeyRing((), _no_key), policy_of(settings))


def counter_of(settings: Settings, clock: Clock = system_clock) -> Site:
    """Return the same for who takes mail in and judges nothing: nobody is trusted.

    So mail is safe with an organisation whose keys or authorities do not serve today.
    """
    return _site(settings, clock, KeyRing((), _no_key), Policy(anchors=()))


def _no_key(name: str) -> RingKey:
    return RingKey(name, "", None, KeyUnknown(name=name))


def site_of(settings: Settings, clock: Clock = system_clock) -> Site:
    """Return who we are and whom we trust, with our keys opened."""
    return _site(settings, clock, ring_of(settings), policy_of(settings))


def _site(settings: Settings, clock: Clock, ring: KeyRing, policy: Policy) -> Site:
    return Site(
        organization=organization_of(settings),
        ring=ring,
        policy=policy,
        language=settings.language,
        clock=clock,
        worker=str(settings.state.folder),
        max_packet_bytes=settings.axis.max_packet_bytes,
        segment_bytes=settings.axis.segment_bytes,
        other_files=settings.packet.other_files,
        grace=timedelta(hours=settings.trust.revocation.grace_hours),
        pdf_require=settings.pdf.require,
        deadlines=deadlines_of(settings),
        changes={kind: getattr(settings.changes, kind) for kind in ChangeKind},
        aliases=aliases_of(settings),
        takes_over=taken_over_of(settings),
    )


def ring_of(settings: Settings, *, careful: bool = True) -> KeyRing:
    """Return all our keys, each opened or with what is wrong with it.

    `careful` tries no PIN at a token at which a wrong one was entered before: only who
    has a person before him may.
    """
    kept, binding = all_keys(settings.seal), binding_of(settings)

    def opened(name: str) -> RingKey:
        place = kept[name].key
        try:
            key = key_of(kept[name], careful=careful)
        except SettingsInvalid as error:
            return RingKey(name, place, None, error)
        code = settings.organization.code
        problems = key_problems(place, key.certificate, code=code, binding=binding)
        return RingKey(name, place, key, next(problems, None))

    return KeyRing(kept, opened)


def key_of(kept: KeySettings, *, careful: bool = True) -> SealKey:
    """Open a key with the certificate that belongs to it.  Raises `SettingsInvalid`."""
    password = _secret(kept.password)
    if not is_token_uri(kept.key):
        secret = password.encode() if password is not None else None
        return load_key(Path(kept.key), kept.certificate, secret, kept.algorithm)
    source = TokenSource(
        uri=parse_token_uri(kept.key),
        module=kept.module,
        pin=password,
        careful=careful,
    )
    return open_token_key(source, kept.certificate, kept.algorithm)


def stamping_of(settings: Settings, site: Site) -> Stamping | None:
    """Return the time stamping service, if one is set; nothing is connected yet."""
    chosen = settings.seal.timestamp
    if not chosen.url:
        return None
    return Stamping(
        stamper=HttpTimeStamper(
            url=chosen.url,
            trust=site.policy,
            clock=site.clock,
            policy=chosen.policy,
            account=chosen.account,
            password=chosen.password.read() if chosen.password else None,
        ),
        wait_seconds=chosen.wait_seconds,
        timeout_seconds=chosen.timeout_seconds,
        at_once=chosen.at_once,
        attempts=chosen.attempts,
    )


def revocation_of(
    chosen: RevocationSettings,
    clock: Clock = system_clock,
    shelf: Shelf | None = None,
) -> Revocation | None:
    """Return who is asked whether certificates were revoked, if anybody is.

    Without a shelf no answer is kept, as for who asks once.
    """
    if not chosen.check:
        return None
    return LiveRevocation(
        shelf=shelf or NoShelf(),
        clock=clock,
        timeout_seconds=chosen.timeout_seconds,
        files=CrlFiles(chosen.crls),
        instead=chosen.addresses,
    )


def inspector_of(
    settings: Settings,
    folder: Path | None = None,
    clock: Clock = system_clock,
    shelf: Shelf | None = None,
    *,
    workers: Workers | None = None,
) -> PdfInspector:
    """Return what looks into PDFs; nothing is started yet.

    A file is in this folder while it is looked at, else where temporary files are.
    """
    known = _known_of(settings.trust.revocation, clock, shelf or NoShelf())
    anchors, stamps = pdf_anchors(settings), pdf_stamps(settings)
    shared = workers.trusting(anchors, stamps) if workers else None
    return ChildInspector(anchors, folder, stamps=stamps, known=known, shared=shared)


def _known_of(chosen: RevocationSettings, clock: Clock, shelf: Shelf) -> Known | None:
    """Return what is known here of revocation: of signers of PDFs nobody is asked."""
    if not chosen.check:
        return None
    return Known(LocalRevocation(CrlFiles(chosen.crls), shelf), clock)


def inspector_for(anchors: tuple[Anchor, ...]) -> PdfInspector:
    """Return what looks into PDFs and trusts these authorities alone."""
    return ChildInspector(anchors)


def pdf_problem() -> str:
    """Say why nobody here can look into PDFs; empty where somebody can."""
    return inspector_for(()).problem


def require_checker(settings: Settings) -> None:
    """Raise `PdfCheckerMissing` where PDFs must be checked and cannot be."""
    required = settings.pdf.require is not PdfRequirement.NOTHING
    if required and pdf_problem():
        raise PdfCheckerMissing(setting="pdf.require")


def rabbit_address(settings: Settings) -> RabbitAddress:
    """Return where the broker is and how we sign in."""
    axis = settings.axis
    address = RabbitAddress.of_url(
        axis.url,
        # With a certificate none is sent, so none has to be there.
        password="" if axis.certificate else _secret(axis.password) or "",
        tls=Tls(
            certificate=axis.certificate,
            key=axis.key,
            key_password=axis.key_password,
            authorities=axis.authorities,
            crls=axis.crls,
        ),
        exchange=axis.exchange,
    )
    return address.patient(
        heartbeat_seconds=axis.heartbeat_seconds,
        timeout_seconds=axis.timeout_seconds,
        reconnect_seconds=axis.reconnect_hours * 3600,
    )


def mailbox_check(settings: Settings) -> Callable[[], None]:
    """Return what raises `MailboxUnsafe` where a queue of ours would lose documents.

    While the broker is away it raises `BusUnavailable`, and can be called again.
    """
    address = rabbit_address(settings)
    arguments = mailbox_arguments(address.account, AxisLimits().delivery_limit)

    def check() -> None:
        for queue in (settings.axis.queue, settings.axis.express_queue):
            look_at_mailbox(address, queue, arguments)

    return check


def after(check: Callable[[], None], step: Step) -> Step:
    """Return a step before whose first time the check is passed, once."""
    passed: list[bool] = []

    def checked() -> int:
        if not passed:
            check()
            passed.append(True)
        return step()

    return checked


def publisher_of(settings: Settings) -> RabbitPublisher:
    """Return a way out for who sends one thing; nothing is connected yet."""
    return RabbitPublisher(rabbit_address(settings))


def reach_broker(settings: Settings, *, seconds: float) -> None:
    """Sign in to the broker and leave again; raise `BusUnavailable` if it fails."""
    patience = min(seconds, settings.axis.timeout_seconds)
    address = replace(rabbit_address(settings), timeout_seconds=patience)
    publisher = RabbitPublisher(address)
    try:
        publisher.connect()
    finally:
        publisher.close()


def _secret(reference: SecretReference | None) -> str | None:
    return reference.read().value if reference else None
