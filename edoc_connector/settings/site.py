"""All that one site has chosen, section by section."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from edoc_connector.checks import Listed, Rising, SwitchedOn, Together
from edoc_connector.language import Language
from edoc_connector.model.pdf_signatures import PdfRequirement
from edoc_connector.settings.axis import SIGNED_IN, AxisSettings, RetrySettings
from edoc_connector.settings.deadlines import DeadlineSettings, ReconciliationSettings
from edoc_connector.settings.ourselves import (
    LogSettings,
    OrganizationSettings,
    StateSettings,
)
from edoc_connector.settings.register import ChangeSettings, DmsSettings, PollSettings
from edoc_connector.settings.seal import OF_TOKEN, PacketSettings, SealSettings
from edoc_connector.settings.trust import PdfSettings, TrustSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One site."""

    organization: OrganizationSettings
    state: StateSettings
    axis: Annotated[AxisSettings, SIGNED_IN, Together("certificate", "key")]
    seal: Annotated[SealSettings, OF_TOKEN]
    trust: Annotated[TrustSettings, Listed("periods", "anchors")]
    dms: DmsSettings
    packet: PacketSettings = PacketSettings()
    pdf: Annotated[
        PdfSettings, SwitchedOn("check", "require", least=PdfRequirement.NOTHING)
    ] = PdfSettings()
    changes: ChangeSettings = ChangeSettings()
    poll: PollSettings = PollSettings()
    retry: Annotated[RetrySettings, Rising("first_seconds", "most_seconds")] = (
        RetrySettings()
    )
    deadlines: DeadlineSettings = DeadlineSettings()
    reconciliation: ReconciliationSettings = ReconciliationSettings()
    log: LogSettings = LogSettings()
    language: Language = Language.VIETNAMESE
    """The language of what is written for clerks, also into the DMS: vi or en."""
