"""Everything a site can choose, read once from one TOML file and then fixed.

`config/edoc.example.toml` explains each key to the person who fills it in.  A unit is
part of a name.  Passwords are never here: `secret.py` reads them from where they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, time
from pathlib import Path
from typing import Annotated, Final

from edoc_connector.checks import (
    BrokerUrl,
    DatabaseUrl,
    Filled,
    Fingerprint,
    Identifier,
    KeyNames,
    KeyPlace,
    Limits,
    Listed,
    ManagementUrl,
    ObjectId,
    OnToken,
    ProfileName,
    Rising,
    ServiceUrl,
    SignsIn,
    SwitchedOn,
    Together,
)
from edoc_connector.errors import SettingsNotFound
from edoc_connector.language import Language
from edoc_connector.logs import Format, Level
from edoc_connector.model.change import ChangeMode
from edoc_connector.model.deadlines import Weekday
from edoc_connector.model.other_files import OtherFiles
from edoc_connector.model.own_key import DEFAULT_KEY
from edoc_connector.model.pdf_signatures import PdfRequirement
from edoc_connector.secret import Secret, SecretReference
from edoc_connector.signature.choices import AlgorithmName, SubjectField, Unsealed
from edoc_connector.toml import Place, parsed_text, read_table, read_toml

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
    "Secret",
    "SecretReference",
    "Settings",
    "StateSettings",
    "TimestampSettings",
    "TrustSettings",
    "UrgentSettings",
    "VeryUrgentSettings",
    "all_keys",
    "find",
    "load",
    "load_text",
    "read_toml",
]

PLACES: Final = (Path("edoc.toml"), Path("/etc/edoc/edoc.toml"))

OF_TOKEN: Final = OnToken("key", "module")
"""A PKCS#11 library beside a key in a file would be read by nobody."""

SIGNED_IN: Final = SignsIn("url", "password", "certificate", "password_over_network")

Code = Annotated[str, Identifier()]
Text = Annotated[str, Filled()]
Hours = Annotated[float, Limits(0.01, 8784)]
Address = Annotated[str, Filled(), ServiceUrl("trust.revocation")]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganizationSettings:
    """The body this connector speaks for: what its documents say in From."""

    code: Code
    """Its identifier (mã định danh), such as H20.14."""
    name: Text
    """Its official name, as it stands on its documents."""
    in_charge: str = ""
    """The identifier of the body above it (OrganizationInCharge); may be empty."""
    address: str = ""
    """Its postal address."""
    email: str = ""
    """Its official e-mail address."""
    telephone: str = ""
    """Its telephone number."""
    fax: str = ""
    """Its fax number."""
    website: str = ""
    """Its web site."""
    aliases: tuple[Code, ...] = ()
    """Other codes of it, beside the old and new writing of its own."""
    takes_over: Mapping[Code, date] = field(default_factory=dict)
    """Code of a closed body -> the day from which its mail comes here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StateSettings:
    """Where the connector keeps its own state, without which it forgets."""

    folder: Path
    """The folder of contents, lock and (by default) database; nobody else's."""
    database: Annotated[str, DatabaseUrl("state.database_password")] = ""
    """The URL of its own database; empty: edoc.sqlite in the folder."""
    database_password: SecretReference | None = None
    """The password of that database, by reference; PostgreSQL only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AxisSettings:
    """How the broker of the axis is reached."""

    url: Annotated[str, BrokerUrl("axis.password")]
    """`amqp://account@host:port/vhost`, without a password."""
    password: SecretReference | None = None
    """The password of the account, by reference; for a broker on this computer."""
    certificate: Path | None = None
    """The certificate that proves the account, PEM; its CN is the account's name."""
    key: Path | None = None
    """Its private key, PEM."""
    key_password: SecretReference | None = None
    """The password of that key, by reference; empty: none."""
    authorities: tuple[Path, ...] = ()
    """The authorities of the broker's certificate, PEM files; empty: the system's."""
    crls: tuple[Path, ...] = ()
    """Their lists of revoked certificates, PEM files; empty: none is looked at."""
    password_over_network: bool = False
    """Whether a password may leave this computer, where certificates are not had."""
    reconnect_hours: Annotated[float, Limits(0.01, 168)] = 12.0
    """After so long a connection is made anew, and all certificates are looked at."""
    management: Annotated[str, ManagementUrl("axis.management_password")] = ""
    """Its management plugin for `edoc doctor`, such as https://host:15671; or empty."""
    management_account: str = ""
    """The account that may ask it (tag monitoring)."""
    management_password: SecretReference | None = None
    """The password of that account, by reference."""
    exchange: Text = "edoc.axis"
    """The exchange through which all organisations send."""
    queue: str = ""
    """Our own queue; empty: edoc.inbox.<organization.code>."""
    express_queue: str = ""
    """Our queue for what cannot wait; empty: edoc.express.<organization.code>."""
    segment_bytes: Annotated[int, Limits(1024, 15_728_640)] = 4_194_304
    """The most bytes of one message; a larger packet travels in several."""
    max_packet_bytes: Annotated[int, Limits(1024, 4_294_967_296)] = 1_610_612_736
    """The most bytes of one packet, sent or received."""
    heartbeat_seconds: Annotated[int, Limits(5, 600)] = 30
    """The silence after which the connection counts as dead."""
    timeout_seconds: Annotated[float, Limits(1, 600)] = 15.0
    """How long to wait for the broker: to connect, and to confirm."""
    window: Annotated[int, Limits(1, 1000)] = 64
    """The most messages on their way to the broker that it has not confirmed yet."""
    window_bytes: Annotated[int, Limits(1_048_576, 1_073_741_824)] = 33_554_432
    """The most bytes of them; a larger message goes alone."""
    prefetch: Annotated[int, Limits(1, 1000)] = 8
    """The most messages in hand that are not yet acknowledged."""
    prefetch_bytes: Annotated[int, Limits(1_048_576, 1_073_741_824)] = 67_108_864
    """The most bytes of them, and one message more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PacketSettings:
    """How a packet is written, where the standard leaves a choice."""

    other_files: OtherFiles = OtherFiles.ZIP
    """How files travel that are neither PDF nor Word nor ZIP: zip or raw."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimestampSettings:
    """The time stamping service, and how long it may take."""

    url: Annotated[str, ServiceUrl("seal.timestamp.password")] = ""
    """Its address, http or https; empty: documents leave without a time stamp."""
    account: str = ""
    """The name it knows us by, where it wants one."""
    password: SecretReference | None = None
    """The password of that account, by reference."""
    policy: Annotated[str, ObjectId()] = ""
    """The policy that is asked for, an OID; empty: whatever the service has."""
    wait_seconds: Annotated[float, Limits(1, 180)] = 20.0
    """How long a document waits for its stamp; then it leaves without one."""
    timeout_seconds: Annotated[float, Limits(1, 600)] = 180.0
    """How long a request may take for a stamp that is fetched later."""
    attempts: Annotated[int, Limits(1, 1000)] = 50
    """How often it is tried to fetch a stamp later."""
    at_once: Annotated[int, Limits(1, 16)] = 4
    """The most requests at the same time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeySettings:
    """A key with its certificate."""

    key: Annotated[str, KeyPlace("password")]
    """The private key: a PEM file, a PKCS#12 file (.p12, .pfx), or a `pkcs11:` URI."""
    certificate: Path | None = None
    """The certificate, PEM; empty where PKCS#12 or the token holds it."""
    password: SecretReference | None = None
    """The password of the key file or PIN of the token, by reference; empty: none."""
    module: Path | None = None
    """The PKCS#11 library that speaks to the token."""
    algorithm: AlgorithmName | None = None
    """How it signs; empty: as is usual for a key of its kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SealSettings(KeySettings):
    """The key with which everything that leaves is sealed, and others to follow it."""

    timestamp: Annotated[TimestampSettings, Together("account", "password")] = (
        TimestampSettings()
    )
    """The time stamping service, and how long it may take."""
    keys: Annotated[
        Mapping[str, Annotated[KeySettings, OF_TOKEN]], KeyNames(DEFAULT_KEY)
    ] = field(default_factory=dict)
    """Further keys by their names; `edoc key use NAME` puts one into use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BindingSettings:
    """Where a certificate says whose it is."""

    fields: Annotated[tuple[SubjectField, ...], Filled()] = (
        SubjectField.ORGANIZATION_IDENTIFIER,
    )
    """The fields of the subject that hold the identifier."""
    prefixes: tuple[str, ...] = ()
    """What may stand before the identifier there, such as "MST:"."""
    certificates: Mapping[Annotated[str, Fingerprint()], tuple[Code, ...]] = field(
        default_factory=dict
    )
    """SHA-256 of a certificate -> the identifiers it stands for, whatever it says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodSettings:
    """For what time an authority is trusted; days in Vietnam, both included."""

    since: date | None = None
    """The first day; empty: from the beginning."""
    until: date | None = None
    """The last day; empty: until its certificate ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RevocationSettings:
    """How it is found out whether a certificate was revoked."""

    check: bool = True
    """Whether anybody is asked; without it no seal is wholly proven."""
    timeout_seconds: Annotated[float, Limits(0.1, 120)] = 10.0
    """How long one OCSP responder or list server may take for its whole answer."""
    grace_hours: Annotated[float, Limits(0, 720)] = 72.0
    """How long documents are delivered while nobody answers; then they wait."""
    crls: tuple[Path, ...] = ()
    """Lists of revoked certificates (CRL, PEM or DER) that are carried in by hand."""
    addresses: Mapping[Address, Address] = field(default_factory=dict)
    """An address that certificates name -> the one to ask instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustSettings:
    """Whose seals are believed, and who may speak for whom."""

    anchors: Annotated[tuple[Path, ...], Filled()]
    """The certificates of the authorities that are trusted, PEM files."""
    periods: Mapping[Path, Annotated[PeriodSettings, Rising("since", "until")]] = field(
        default_factory=dict
    )
    """A file of `anchors` -> the days for which what is in it is trusted."""
    revocation: RevocationSettings = RevocationSettings()
    """How it is found out whether a certificate was revoked."""
    timestamp_anchors: tuple[Path, ...] = ()
    """Those of time stamping authorities, PEM files; empty: the same."""
    accounts: Mapping[str, tuple[Code, ...]] = field(default_factory=dict)
    """Broker account -> the identifiers it speaks for; not listed: its own name."""
    algorithms: Annotated[tuple[AlgorithmName, ...], Filled()] = tuple(AlgorithmName)
    """The signature algorithms of seals that are read; others are refused."""
    links: tuple[Text, ...] = ()
    """Accounts of other brokers: they vouch for nobody, only the seal does."""
    unsealed: Mapping[Code, Unsealed] = field(default_factory=dict)
    """Identifier -> what is accepted of a body that cannot seal yet."""
    binding: BindingSettings = BindingSettings()
    """Where a certificate says whose it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfSettings:
    """Whether signatures inside attached PDFs are looked at; what they must be."""

    check: bool = True
    """Whether they are looked at; must be true where something is required."""
    require: PdfRequirement = PdfRequirement.NOTHING
    """What a received PDF must be before it is delivered: nothing, intact, trusted."""
    anchors: tuple[Path, ...] = ()
    """Authorities of those who sign PDFs, beside `trust.anchors`; PEM files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DmsSettings:
    """The document database of the organisation, and how it is read."""

    url: Annotated[str, DatabaseUrl("dms.password")]
    """Its SQLAlchemy URL, without a password."""
    profile: Annotated[Text, ProfileName()]
    """The mapping: the name of a shipped one, or the path of a TOML file."""
    password: SecretReference | None = None
    """The password of the database, by reference; empty: it needs none."""
    files: Path | None = None
    """The folder from which relative paths of files in the database start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeSettings:
    """What is done when the sender of a received document wants it changed."""

    recall: ChangeMode = ChangeMode.APPLY
    """A recall (thu hồi, lấy lại): apply it at once, or ask a clerk first."""
    update: ChangeMode = ChangeMode.APPLY
    """An update (cập nhật): apply it at once, or ask a clerk first."""
    replace: ChangeMode = ChangeMode.APPLY
    """A replacement (thay thế): mark the old one at once, or ask a clerk first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PollSettings:
    """How the connector asks the DMS for work."""

    every_seconds: Annotated[float, Limits(0.1, 86_400)] = 30.0
    """The rest between two questions when there was nothing to do."""
    batch: Annotated[int, Limits(1, 10_000)] = 50
    """The most documents taken at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrySettings:
    """How long to wait for a partner that is not there; pauses grow by doubling."""

    first_seconds: Annotated[float, Limits(0.1, 3_600)] = 1.0
    """The first pause."""
    most_seconds: Annotated[float, Limits(0.1, 86_400)] = 300.0
    """The longest pause."""
    breaker_failures: Annotated[int, Limits(1, 1000)] = 5
    """After so many failures in a row a recipient is left alone for a while."""
    breaker_seconds: Annotated[float, Limits(0.1, 86_400)] = 60.0
    """For how long at first; each further failure doubles it, to the longest pause."""
    answer_days: Annotated[int, Limits(1, 3650)] = 30
    """How long an answer is tried whose receiver has no mailbox."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NormalSettings:
    """Deadlines of a normal document, in working days; 0: the end of the same one."""

    send_days: Annotated[int, Limits(0, 366)] = 0
    """From the day it is taken over to the broker's confirm."""
    receipt_days: Annotated[int, Limits(0, 366)] = 0
    """From the day it is sent to the receiver's receipt."""
    last_days: Annotated[int, Limits(0, 366)] = 3
    """From the day it is found late to the end of waiting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UrgentSettings:
    """Deadlines of an urgent document (khẩn), in hours of day and night."""

    send_hours: Hours = 1.0
    """From when it is taken over to the broker's confirm."""
    receipt_hours: Hours = 2.0
    """From when it is sent to the receiver's receipt."""
    last_hours: Hours = 24.0
    """From when it is found late to the end of waiting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VeryUrgentSettings(UrgentSettings):
    """Those of a very urgent one (thượng khẩn)."""

    send_hours: Hours = 0.5
    """From when it is taken over to the broker's confirm."""
    receipt_hours: Hours = 1.0
    """From when it is sent to the receiver's receipt."""
    last_hours: Hours = 12.0
    """From when it is found late to the end of waiting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpressSettings(UrgentSettings):
    """Those of an express one (hỏa tốc)."""

    send_hours: Hours = 0.25
    """From when it is taken over to the broker's confirm."""
    receipt_hours: Hours = 0.5
    """From when it is sent to the receiver's receipt."""
    last_hours: Hours = 6.0
    """From when it is found late to the end of waiting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineSettings:
    """By when documents are sent, receipts are there, and nobody waits any longer."""

    day_ends: time = time(17)
    """When the working day ends, in Vietnam time."""
    weekdays: Annotated[tuple[Weekday, ...], Filled()] = tuple(Weekday)[:5]
    """The days of the week on which the office works."""
    holidays: tuple[date, ...] = ()
    """Days on which it does not."""
    make_up_days: tuple[date, ...] = ()
    """Free days on which it does."""
    normal: NormalSettings = NormalSettings()
    """Normal documents, in working days."""
    urgent: UrgentSettings = UrgentSettings()
    """Urgent ones (khẩn), in hours of day and night, like those that follow."""
    very_urgent: VeryUrgentSettings = VeryUrgentSettings()
    """Very urgent ones (thượng khẩn)."""
    express: ExpressSettings = ExpressSettings()
    """Express ones (hỏa tốc)."""
    express_timed: ExpressSettings = ExpressSettings()
    """Express ones for a set time (hỏa tốc hẹn giờ)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconciliationSettings:
    """Once a day partners tell each other what passed between them."""

    enabled: bool = True
    """Whether this connector states its days and compares those of others."""
    at: time = time(0, 30)
    """From when on the day before is stated, in Vietnam time."""
    wait_hours: Annotated[float, Limits(0.1, 168)] = 6.0
    """How long a difference may only be under way before it becomes a case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogSettings:
    """What is written to standard error while the connector runs."""

    level: Level = Level.INFO
    """The least that is written: debug, info, warning or error."""
    format: Format = Format.TEXT
    """text for people, json for programs; one line per event."""


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


def load(path: Path) -> Settings:
    """Read the file, and fill in what follows from something else in it.

    Raises `SettingsInvalid`: one problem, or `SettingsRefused` with all of them.
    """
    return completed(read_toml(path, Settings))


def load_text(text: str, path: Path) -> Settings:
    """Read what a file of this text would say.  Raises `SettingsInvalid`."""
    return completed(read_table(parsed_text(text, path), Settings, Place(path)))


def completed(settings: Settings, *, account: str = "") -> Settings:
    """Fill in what follows from something else.

    Queues are called by the organisation, or by the `account` that several of them
    share.
    """
    node = account or settings.organization.code
    queue = settings.axis.queue or f"edoc.inbox.{node}"
    express = settings.axis.express_queue or f"edoc.express.{node}"
    folder = settings.state.folder
    database = settings.state.database or f"sqlite:///{folder / 'edoc.sqlite'}"
    return replace(
        settings,
        axis=replace(settings.axis, queue=queue, express_queue=express),
        state=replace(settings.state, database=database),
    )


def all_keys(seal: SealSettings) -> Mapping[str, KeySettings]:
    """Return the keys by their names; the one in `[seal]` itself is the default one."""
    return {DEFAULT_KEY: seal, **seal.keys}


def find(environment: Mapping[str, str], named: Path | None = None) -> Path:
    """Return the file to read: the one named, else EDOC_SETTINGS, else `PLACES`."""
    if named is not None:
        return named
    if environment.get("EDOC_SETTINGS"):
        return Path(environment["EDOC_SETTINGS"])
    for place in PLACES:
        if place.is_file():
            return place
    raise SettingsNotFound(where=", ".join(str(place) for place in PLACES))
