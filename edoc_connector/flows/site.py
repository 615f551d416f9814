"""Who we are and whom we trust: what every flow at one department shares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from edoc_connector.clock import VIETNAM, Clock
from edoc_connector.language import Language
from edoc_connector.model.change import ChangeKind, ChangeMode
from edoc_connector.model.deadlines import DEADLINES, Deadlines
from edoc_connector.model.document import Organization
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.other_files import OtherFiles
from edoc_connector.model.pdf_signatures import PdfRequirement
from edoc_connector.pdf.port import PdfInspector
from edoc_connector.pki.ring import KeyRing
from edoc_connector.signature.policy import Policy
from edoc_connector.signature.ports import Revocation


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One department: its organisation, its keys, its trust, its language, its clock.

    `worker` names this connector among all that share its database.  Without
    `revocation` nobody is asked whether a certificate was revoked; where nobody
    answers, what arrives is delivered for the time of `grace`, and waits after it.
    `inspector` looks at attached PDFs where `pdf_require` asks for it before delivery.
    `changes` says what is done at once and what a clerk is asked before.  `aliases`
    are other codes of the organisation, and `takes_over` those of bodies whose mail it
    gets, each from a day on.
    """

    organization: Organization
    ring: KeyRing
    policy: Policy
    language: Language
    clock: Clock
    worker: str
    max_packet_bytes: int
    segment_bytes: int
    other_files: OtherFiles = OtherFiles.ZIP
    revocation: Revocation | None = None
    grace: timedelta = timedelta(hours=72)
    pdf_require: PdfRequirement = PdfRequirement.NOTHING
    inspector: PdfInspector | None = None
    deadlines: Deadlines = DEADLINES
    changes: Mapping[ChangeKind, ChangeMode] = field(default_factory=dict)
    aliases: tuple[OrganizationCode, ...] = ()
    takes_over: Mapping[OrganizationCode, date] = field(default_factory=dict)

    def mode_of(self, kind: ChangeKind) -> ChangeMode:
        """Say what is done when the sender of a received document asks for this."""
        return self.changes.get(kind, ChangeMode.APPLY)

    @property
    def codes(self) -> tuple[OrganizationCode, ...]:
        """Our code and all others under which mail is for us today, our own first."""
        today = self.clock().astimezone(VIETNAM).date()
        over = (code for code, since in self.takes_over.items() if since <= today)
        return (self.organization.code, *self.aliases, *over)

    def serves(self, code: OrganizationCode) -> bool:
        """Whether mail for this code, in its old or new form, is for us."""
        if self.organization.code.is_same_body(code):
            return True
        return any(own.is_same_body(code) for own in self.codes)
