"""The connector of one organisation, put together: its steps and its parts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from edoc_connector.app.inquiry import inspector_of, require_checker, revocation_of
from edoc_connector.app.post import Post
from edoc_connector.app.sites import site_of
from edoc_connector.clock import Clock, system_clock
from edoc_connector.dms.database import IDLE
from edoc_connector.dms.mapping import load_mapping
from edoc_connector.dms.sql import SqlDms
from edoc_connector.flows.backoff import Backoff
from edoc_connector.flows.evidence.recheck import recheck
from edoc_connector.flows.incoming.accept import accept
from edoc_connector.flows.incoming.deliver import deliver
from edoc_connector.flows.incoming.inspection import inspect
from edoc_connector.flows.incoming.unfinished import LastLook
from edoc_connector.flows.outgoing.patience import Breaker, Patience
from edoc_connector.flows.outgoing.relay import relay
from edoc_connector.flows.outgoing.seal import seal
from edoc_connector.flows.outgoing.take import take
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
from edoc_connector.own_storage import open_storage
from edoc_connector.parts import organization_of
from edoc_connector.pdf.workers import Workers
from edoc_connector.pki.timestamp import HttpTimeStamper
from edoc_connector.secret import value_of
from edoc_connector.settings import Settings
from edoc_connector.storage import Storage
from edoc_connector.storage.shelf import AnswerShelf

Step = Callable[[], int]

MOST_COMPARED: Final = 500
"""Statements of partners that are looked at in one step; most of them fit at once."""

BATCH: Final = 50
"""How many packets one step moves before the loop looks up again."""

WINDOW: Final = 64
"""How many messages leave in one step, each for one or many: as many as are on their
way at a time, so that something urgent waits no longer for those that were claimed than
for those."""

STEPS: Final = 200
"""How many steps the sending register is told at a time: they are small, and one of its
transactions costs as much as twenty."""

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
        batch = self.settings.poll.batch
        stamping, last_look = stamping_of(self.settings, site), LastLook()
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
                limit=WINDOW,
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
                    answering=post.answering,
                    last_look=last_look,
                ),
            ),
            "deliver": lambda: deliver(site, dms, storage, limit=BATCH),
            "decide": lambda: decide(site, dms, storage, limit=BATCH),
            "recheck": lambda: recheck(site, storage, limit=BATCH),
            "report": lambda: report(site, dms, storage, limit=batch),
            "progress": lambda: progress(
                site, dms, storage, limit=STEPS, backoff=self.backoff()
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
        value_of(settings.dms.password),
        load_mapping(settings.dms.profile),
        organization_of(settings),
        settings.dms.files,
        idle=idle,
    )


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


def patience_of(settings: Settings) -> Patience:
    """Return how long is gone on with whom."""
    retry = settings.retry
    most = max(retry.breaker_seconds, retry.most_seconds)
    return Patience(
        breaker=Breaker(retry.breaker_failures, Backoff(retry.breaker_seconds, most)),
        answers=timedelta(days=retry.answer_days),
    )


def after(check: Callable[[], None], step: Step) -> Step:
    """Return a step before whose first time the check is passed, once."""
    passed: list[bool] = []

    def checked() -> int:
        if not passed:
            check()
            passed.append(True)
        return step()

    return checked
