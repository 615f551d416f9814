"""Everything a site can choose, read once from one TOML file and then fixed.

`config/edoc.example.toml` explains each key to the person who fills it in.  A unit is
part of a name.  Passwords are never here: `secret.py` reads them from where they are.
"""

from edoc_connector.settings.axis import AxisSettings, RetrySettings
from edoc_connector.settings.deadlines import (
    DeadlineSettings,
    ExpressSettings,
    NormalSettings,
    ReconciliationSettings,
    UrgentSettings,
    VeryUrgentSettings,
)
from edoc_connector.settings.ourselves import (
    LogSettings,
    OrganizationSettings,
    StateSettings,
)
from edoc_connector.settings.reading import completed, find, load, load_text
from edoc_connector.settings.register import ChangeSettings, DmsSettings, PollSettings
from edoc_connector.settings.seal import (
    KeySettings,
    PacketSettings,
    SealSettings,
    TimestampSettings,
    all_keys,
)
from edoc_connector.settings.site import Settings
from edoc_connector.settings.trust import (
    BindingSettings,
    PdfSettings,
    PeriodSettings,
    RevocationSettings,
    TrustSettings,
)

__all__ = [
    "AxisSettings",
    "BindingSettings",
    "ChangeSettings",
    "DeadlineSettings",
    "DmsSettings",
    "ExpressSettings",
    "KeySettings",
    "LogSettings",
    "NormalSettings",
    "OrganizationSettings",
    "PacketSettings",
    "PdfSettings",
    "PeriodSettings",
    "PollSettings",
    "ReconciliationSettings",
    "RetrySettings",
    "RevocationSettings",
    "SealSettings",
    "Settings",
    "StateSettings",
    "TimestampSettings",
    "TrustSettings",
    "UrgentSettings",
    "VeryUrgentSettings",
    "all_keys",
    "completed",
    "find",
    "load",
    "load_text",
]
