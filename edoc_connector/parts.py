"""Who we are and whom we trust, as the settings say: parts that need no adapter."""

from __future__ import annotations

from datetime import date
from itertools import combinations
from pathlib import Path

from edoc_connector.dms.mapping import load_mapping
from edoc_connector.errors import RegisterShared
from edoc_connector.model.deadlines import Deadlines, InDays, InHours, WorkingDays
from edoc_connector.model.document import Organization, Priority
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.organizations import Offices
from edoc_connector.pki.certificates import Period, load_anchors
from edoc_connector.settings import Settings, TrustSettings, UrgentSettings
from edoc_connector.signature.binding import Binding
from edoc_connector.signature.path import Anchor
from edoc_connector.signature.policy import Policy


def organization_of(settings: Settings) -> Organization:
    """Return the body we speak for, as it stands in From."""
    own = settings.organization
    return Organization(
        code=OrganizationCode(own.code),
        name=own.name,
        in_charge=own.in_charge,
        address=own.address,
        email=own.email,
        telephone=own.telephone,
        fax=own.fax,
        website=own.website,
    )


def aliases_of(settings: Settings) -> tuple[OrganizationCode, ...]:
    """Return our other codes."""
    return tuple(map(OrganizationCode, settings.organization.aliases))


def taken_over_of(settings: Settings) -> dict[OrganizationCode, date]:
    """Return the codes of closed bodies whose mail is ours, each from its day on."""
    found = settings.organization.takes_over
    return {OrganizationCode(code): since for code, since in found.items()}


def policy_of(settings: Settings) -> Policy:
    """Return whose seals are believed."""
    return Policy(
        anchors=load_anchors(settings.trust.anchors, _periods(settings.trust)),
        accounts={
            account: tuple(OrganizationCode(code) for code in codes)
            for account, codes in settings.trust.accounts.items()
        },
        timestamp_anchors=load_anchors(
            settings.trust.timestamp_anchors, setting="trust.timestamp_anchors"
        ),
        algorithms=frozenset(each.algorithm for each in settings.trust.algorithms),
        links=frozenset(settings.trust.links),
        binding=binding_of(settings),
        unsealed={
            OrganizationCode(code): accepted
            for code, accepted in settings.trust.unsealed.items()
        },
    )


def binding_of(settings: Settings) -> Binding:
    """Return the rule by which a certificate belongs to an organisation."""
    rule = settings.trust.binding
    return Binding(
        fields=rule.fields,
        prefixes=rule.prefixes,
        certificates={
            fingerprint: tuple(map(OrganizationCode, codes))
            for fingerprint, codes in rule.certificates.items()
        },
    )


def deadlines_of(settings: Settings) -> Deadlines:
    """Return by when documents are sent and receipts are there."""
    chosen = settings.deadlines
    return Deadlines(
        days=WorkingDays(
            ends=chosen.day_ends,
            weekdays=chosen.weekdays,
            holidays=frozenset(chosen.holidays),
            make_up=frozenset(chosen.make_up_days),
        ),
        normal=InDays(
            send=chosen.normal.send_days,
            receipt=chosen.normal.receipt_days,
            last=chosen.normal.last_days,
        ),
        urgent={
            Priority.URGENT: _hours(chosen.urgent),
            Priority.VERY_URGENT: _hours(chosen.very_urgent),
            Priority.EXPRESS: _hours(chosen.express),
            Priority.EXPRESS_TIMED: _hours(chosen.express_timed),
        },
    )


def _hours(chosen: UrgentSettings) -> InHours:
    return InHours(
        send=chosen.send_hours,
        receipt=chosen.receipt_hours,
        last=chosen.last_hours,
    )


def pdf_anchors(settings: Settings) -> tuple[Anchor, ...]:
    """Return the authorities of those who sign PDFs."""
    trust = settings.trust
    return (
        *load_anchors(trust.anchors, _periods(trust)),
        *load_anchors(settings.pdf.anchors, setting="pdf.anchors"),
    )


def pdf_stamps(settings: Settings) -> tuple[Anchor, ...]:
    """Return the authorities of time stamps in PDFs, where they are named apart."""
    named = settings.trust.timestamp_anchors
    if not named:
        return ()
    return (
        *load_anchors(named, setting="trust.timestamp_anchors"),
        *load_anchors(settings.pdf.anchors, setting="pdf.anchors"),
    )


def require_registers_apart(offices: Offices) -> None:
    """Raise `RegisterShared` where two of them would send each other's documents."""
    for first, second in combinations(offices.all, 2):
        if first.settings.dms.url != second.settings.dms.url:
            continue
        for profile in {first.settings.dms.profile, second.settings.dms.profile}:
            if blind := load_mapping(profile).blind:
                raise RegisterShared(
                    first=first.file,
                    second=second.file,
                    statement=blind,
                    profile=profile,
                )


def _periods(trust: TrustSettings) -> dict[Path, Period]:
    return {path: Period(it.since, it.until) for path, it in trust.periods.items()}
