"""Every way things go wrong, in one tree: what happened, and what to do next.

Each error has a `code` for machines (stable for ever), a `template` for people
(English, the key of the Vietnamese catalogue), where the template does not say it a
`remedy` (the same), `retryable` for the flows and `exit_code` for the shell; after a
`fatal` one the whole service stops.  `days` names details that are days.  Details are
handles and short values.  A log has the code of an error only, because a detail may
quote the field that was changed; of a `quotable` one also the message.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING, ClassVar, Final

if TYPE_CHECKING:
    from edoc_connector.model.evidence import Evidence


class ExitCode(IntEnum):
    """What the shell is told.  README prints this table; a test compares them."""

    OK = 0
    FAILED = 1
    USAGE = 2
    SETTINGS = 2
    UNAVAILABLE = 3
    NOT_WHOLE = 4
    NOT_VERIFIED = 5
    NOT_FOUND = 6
    NOT_AS_EXPECTED = 7
    BUSY = 8
    INDETERMINATE = 9
    ATTENTION = 10


def N_(message: str) -> str:  # noqa: N802  (gettext's own name for "translate later")
    """Mark a message for the catalogue; it is translated where it is shown."""
    return message


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something stands where it stands: storable, and sayable in any language.

    Where there are several reasons at once, this one only counts its `causes`.
    """

    code: str
    details: Mapping[str, str] = field(default_factory=dict)
    causes: tuple[Reason, ...] = ()


FILLED: Final = {"cause": "detail", "because": "problem"}
"""A detail that is a message with gaps, and the detail it is when they are filled."""

Why = Mapping[str, object]
"""What is wrong, as details of an error; none where nothing is."""


def why(because: str, **details: object) -> Why:
    """Say what is wrong by a message and what stands in its gaps."""
    return {"because": because, **details}


class EdocError(Exception):
    """The root.  Shown to people as `template` filled with `details`.

    What is sent to others says `told` instead, where it has one: what a person here
    wrote stands alone there, without a word of ours before it.

    The details of `FILLED` are messages themselves, with gaps for the other details;
    each reader gets them in their own language.
    """

    code: ClassVar[str] = "failed"
    template: ClassVar[str] = N_("the work could not be done: {problem}")
    remedy: ClassVar[str] = ""
    told: ClassVar[str] = ""
    retryable: ClassVar[bool] = False
    quotable: ClassVar[bool] = False
    days: ClassVar[tuple[str, ...]] = ()
    fatal: ClassVar[bool] = False
    exit_code: ClassVar[ExitCode] = ExitCode.FAILED

    def __init__(self, **details: object) -> None:
        self.details = {name: str(value) for name, value in details.items()}
        for message, filled in FILLED.items():
            if message in self.details:
                self.details[filled] = self.details[message].format_map(self.details)
        said = filter(None, (self.template, self.remedy))
        super().__init__("; ".join(said).format(**self.details))

    @property
    def reason(self) -> Reason:
        """The same fact as data, to be stored beside what it is about."""
        return Reason(self.code, self.details)


def cause_of(error: EdocError) -> Why:
    """Return the problem of an error as the `detail` of the message of another one."""
    said = {**error.details, "detail": error.details["problem"]}
    del said["problem"]
    if "because" in said:
        said["cause"] = said.pop("because")
    return said


def kind_of(code: str) -> type[EdocError] | None:
    """Return the error of a code, or None if this release has none."""
    return next((kind for kind in every_error() if kind.code == code), None)


def every_error() -> Iterator[type[EdocError]]:
    """All error types, the root first."""
    waiting: list[type[EdocError]] = [EdocError]
    while waiting:
        kind = waiting.pop(0)
        yield kind
        waiting.extend(kind.__subclasses__())


# --- settings -----------------------------------------------------------------


class SettingsInvalid(EdocError):
    """A settings file, or a value in it, cannot be used as it stands."""

    code = "settings-invalid"
    quotable = True
    template = N_("{where}: {problem}")
    exit_code = ExitCode.SETTINGS


class SettingsRefused(SettingsInvalid):
    """Several problems in one file, told at once as `problems`."""

    code = "settings-refused"
    template = N_("{where} has problems: {count}")

    def __init__(self, where: object, problems: Iterable[SettingsInvalid]) -> None:
        self.problems = tuple(problems)
        super().__init__(where=where, count=len(self.problems))


class SettingsUnreadable(SettingsInvalid):
    """There is no such file, or it may not be read."""

    code = "settings-unreadable"
    template = N_("the settings file {where} cannot be read: {problem}")


class SettingsNotToml(SettingsInvalid):
    """The file is not written as TOML; the problem names line and column."""

    code = "settings-not-toml"
    template = N_("{where} is not written as TOML: {problem}")


class SettingsNotFound(SettingsInvalid):
    """No settings file in any of the places where one is looked for."""

    code = "settings-not-found"
    template = N_(
        "no settings file was found ({where});"
        " name one with --settings or EDOC_SETTINGS, or make one with: edoc init"
    )


class NobodyTrusted(SettingsNotFound):
    """Without settings a reader must say whose seals to believe."""

    code = "nobody-trusted"
    template = N_(
        "nobody is trusted yet: name the certificates of the authorities, root and"
        " issuing, with --anchor, or a settings file with --settings (none in {where})"
    )


class SettingUnknown(SettingsInvalid):
    """A name nobody reads: most often a slip of the finger."""

    code = "setting-unknown"
    template = N_("{where}: unknown setting {name}; did you mean {near}?")


class SettingForeign(SettingsInvalid):
    """A name nobody reads, and nothing that is near to it."""

    code = "setting-foreign"
    template = N_("{where}: unknown setting {name}; the settings here are: {known}")


class SettingMissing(SettingsInvalid):
    """A setting without which there is no connector."""

    code = "setting-missing"
    template = N_("{where}: the setting {name} is missing; it must be {expected}")


class SettingWrong(SettingsInvalid):
    """A value of the wrong kind."""

    code = "setting-wrong"
    template = N_("{where}: {name} is {found}, but must be {expected}")


class SettingUnfit(SettingsInvalid):
    """A value that does not serve; it is not shown, it may hold a password."""

    code = "setting-unfit"
    template = N_("{where}: {name} must be {expected}")


class SettingOutOfRange(SettingsInvalid):
    """A number outside its limits."""

    code = "setting-out-of-range"
    template = N_("{where}: {name} is {found}; {least} to {most} is allowed")


class PasswordInSettings(SettingsInvalid):
    """A password stands in a file that is copied, printed and mailed around."""

    code = "password-in-settings"
    template = N_(
        "{where}: {name} holds a password, and settings never do."
        " Write the password to a file without showing it:"
        ' (umask 077; read -rs p; printf %s "$p" > edoc.password)'
        ' and set {setting} = "file:edoc.password"'
        ' (or "env:NAME" for an environment variable)'
    )


class SettingFileUnreadable(SettingsInvalid):
    """A setting names a file that is not there, or not for us."""

    code = "setting-file-unreadable"
    template = N_("{name} names {path}, which cannot be read: {problem}")


class ProfileUnknown(SettingsInvalid):
    """No mapping of this name is shipped."""

    code = "profile-unknown"
    template = N_(
        "dms.profile: no mapping {name} is shipped; there is: {shipped};"
        " or name your own, a file that ends in .toml"
    )


class DriverMissing(SettingsInvalid):
    """A database whose driver is not installed."""

    code = "driver-missing"
    template = N_(
        "{setting}: the driver for this database is missing; install the connector"
        " again as edoc-connector[postgres]; docs/install.md says how"
    )


class PdfCheckerMissing(SettingsInvalid):
    """Something is required of PDFs, and nothing here can read them."""

    code = "pdf-checker-missing"
    template = N_(
        "{setting}: what checks PDFs is missing; install the connector again as"
        " edoc-connector[pdf]; docs/install.md says how"
    )


class SecretUnreadable(SettingsInvalid):
    """A password was named by reference and is not there."""

    code = "secret-unreadable"
    template = N_(
        "{setting} names the secret {reference}, which cannot be read: {problem}"
    )


class SecretExposed(SecretUnreadable):
    """A secret file that others on this computer may read."""

    code = "secret-exposed"
    template = N_(
        "{setting}: others may read {path}; take that from them with: chmod 600 {path}"
    )


class KeyUnusable(SettingsInvalid):
    """The key, its certificate or their password does not serve."""

    code = "key-unusable"
    template = N_("the key {path} cannot be used: {problem}")


class TokenAway(KeyUnusable):
    """The token or HSM of the key is not there; what is to be sealed waits for it."""

    code = "token-away"
    retryable = True
    exit_code = ExitCode.UNAVAILABLE
    template = N_(
        "the token of {path} is not there ({problem}); plug it in: the post waits for"
        " it and nothing is lost"
    )


class ModuleUnusable(KeyUnusable):
    """The library of a token's maker cannot be loaded."""

    code = "module-unusable"
    template = N_("the PKCS#11 module {path} cannot be used: {problem}")


class PinRefused(KeyUnusable):
    """The token does not take the PIN.  It is not asked again: it would lock itself."""

    code = "pin-refused"
    retryable = True
    template = N_("the token of {path} cannot be opened: {problem}")


class KeyOfAnother(KeyUnusable):
    """The certificate names another organisation, so nobody would believe the seal."""

    code = "key-of-another"
    template = N_(
        "the certificate of {path} belongs to {found}, not to {code}; read was {read},"
        " as trust.binding says: set it as your authority fills in the subject, or ask"
        " for a certificate that names {code}"
    )


class KeyExposed(KeyUnusable):
    """A key file that others on this computer may read: they could seal as we do."""

    code = "key-exposed"
    template = N_(
        "others may read the key {path}; take that from them with: chmod 600 {path}"
    )


class CertificateOutOfDate(KeyUnusable):
    """Nobody would believe a seal made today, so none is made."""

    code = "certificate-out-of-date"
    retryable = True
    template = N_(
        "the certificate of the key {path} is valid from {since} to {until}, and today"
        " is {today}; check the clock of this computer, or ask your authority for a new"
        " certificate"
    )


class KeyRevoked(KeyUnusable):
    """The authority took the certificate back.  A person decides what seals now."""

    code = "key-revoked"
    retryable = True
    template = N_(
        "the certificate of the key {name} was revoked, and seals nothing more;"
        " choose another key with: edoc key use NAME"
    )


class KeyUnknown(KeyUnusable):
    """No key of this name in the settings."""

    code = "key-unknown"
    template = N_(
        "the settings have no key {name}; add it as [seal.keys.{name}]"
        " and start the service anew"
    )


class KeyWaits(KeyUnusable):
    """What is wrong with the key that seals, while the service runs: it waits."""

    code = "key-waits"
    retryable = True
    template = N_("nothing can be sealed: {problem}")


# --- documents to send --------------------------------------------------------


class RowBroken(EdocError):
    """A row of the DMS cannot become a document; a clerk must mend it there."""

    code = "row-broken"
    template = N_("row {row}: {field}: {problem}")


class SeveralProblems(RowBroken):
    """More than one, told at once; the causes of its reason are the problems."""

    code = "several-problems"
    template = N_("{count} problems keep the document from being sent")


def told_together(problems: Sequence[Reason]) -> Reason:
    """Return one reason for all of them; a single one speaks for itself."""
    if len(problems) == 1:
        return problems[0]
    details = {"count": str(len(problems))}
    return Reason(SeveralProblems.code, details, tuple(problems))


class OriginalUnknown(RowBroken):
    """A change of something that was never sent from here."""

    code = "original-unknown"
    template = N_("{original} was never taken over for sending by this connector")
    remedy = N_("correct which document is meant, or send this one as a new document")


class UpdateOfAnother(RowBroken):
    """An update keeps the number and notation: receivers know the document by them."""

    code = "update-of-another"
    template = N_("{document} cannot update {original}: the number is another one")
    remedy = N_("give it the same number and notation, or send it as a replacement")


class ReplacedByItself(RowBroken):
    """Number and date of both are the same, and so is the document id."""

    code = "replaced-by-itself"
    template = N_("{document} cannot be replaced by a document of the same number")
    remedy = N_("give the new one a number of its own, or send it as an update")


class UpdatedByItself(RowBroken):
    """The document with the new content is the one that is to be updated."""

    code = "updated-by-itself"
    template = N_("{document} cannot be updated by itself")
    remedy = N_("name the document that has the new content")


class ContentIsChange(RowBroken):
    """What is to stand in the place of a document only says something of another."""

    code = "content-is-change"
    template = N_(
        "{document} is itself a recall, an update or a replacement, and gives no new"
        " content to another document"
    )
    remedy = N_("name a document that was taken over as a new one")


class ContentTakenBack(RowBroken):
    """Nobody is sent in the place of a document what was taken back itself."""

    code = "content-taken-back"
    template = N_(
        "{document} was itself recalled or replaced, and does not stand in the place of"
        " another document"
    )
    remedy = N_("give the new content a number of its own, and take it over anew")


class OriginalFrozen(RowBroken):
    """What was recalled stays as it was."""

    code = "original-frozen"
    template = N_("{document} was recalled and is kept as it was")
    remedy = N_("send the new content as a new document")


class RecallOfRecall(RowBroken):
    """A request to give a document back is no document."""

    code = "recall-of-recall"
    template = N_("{document} is itself a recall, which cannot be changed")
    remedy = N_("send the document again as a new one, if it is to stand after all")


class ChangedAlready(RowBroken):
    """They were asked before, and answer that."""

    code = "changed-already"
    template = N_("{document} was recalled or replaced before at {recipients}")
    remedy = N_("'edoc document show' tells what they answer")


class RowDefect(RowBroken):
    """A row that this release cannot read, by a defect of its own."""

    code = "row-defect"
    template = N_("this release cannot read the row ({problem})")
    remedy = N_("have whoever maintains this connector look at its log")


class FieldMissing(RowBroken):
    """A field without which no document leaves an office."""

    code = "field-missing"
    template = N_("{field} is missing")
    remedy = N_("fill it in the document register and send again")


class FieldInvalid(RowBroken):
    """A field is there and cannot be used."""

    code = "field-invalid"
    template = N_("{field} cannot be used ({problem})")
    remedy = N_("correct it and send again")


class FieldUnreadable(RowBroken):
    """Where a date or a number belongs stands something else."""

    code = "field-unreadable"
    template = N_("{field} is {value}, and must be written {limit}")
    remedy = N_("correct it and send again")


class ValueUnknown(RowBroken):
    """A code that the table of the standard does not have."""

    code = "value-unknown"
    template = N_("{field} is {value}, which is none of {limit}")
    remedy = N_("correct it and send again")


class CharacterForbidden(RowBroken):
    """A character that no packet can carry, or that obeys nobody."""

    code = "character-forbidden"
    template = N_("{field} holds a character that cannot be sent ({value})")
    remedy = N_("delete it and send again")


class FieldTooLong(RowBroken):
    """A field is longer than the standard lets it be."""

    code = "field-too-long"
    template = N_("{field} has {length} characters, {limit} are allowed")
    remedy = N_("shorten it")


class DateInFuture(RowBroken):
    """A document is dated after the day on which it is sent."""

    code = "date-in-future"
    days = ("value", "limit")
    template = N_("{field} is {value}, but today is {limit}")
    remedy = N_("correct the date, or send it on that day")


class DateTooEarly(RowBroken):
    """A date before any date that makes sense there."""

    code = "date-too-early"
    days = ("value", "limit")
    template = N_("{field} is {value}, earlier than {limit}")
    remedy = N_("correct the date and send again")


class AttachmentMissing(RowBroken):
    """The DMS names a file which is not there."""

    code = "attachment-missing"
    template = N_("the attached file {name} was not found")
    remedy = N_("attach it again")


class AttachmentEmpty(RowBroken):
    """A file of no bytes is no document."""

    code = "attachment-empty"
    template = N_("the attached file {name} is empty")
    remedy = N_("attach it again")


class AttachmentUnreadable(RowBroken):
    """The file is there, and the connector may not read it."""

    code = "attachment-unreadable"
    template = N_("the attached file {name} cannot be read")
    remedy = N_("check its permissions")


class AttachmentTwice(RowBroken):
    """Two files of one name: the receiver could not tell them apart."""

    code = "attachment-twice"
    template = N_("two attached files are called {name}")
    remedy = N_("rename one of them")


class AttachmentNameUnfit(RowBroken):
    """A name that harms or deceives whoever keeps the file under it."""

    code = "attachment-name-unfit"
    template = N_("the file name {value} cannot be sent: {problem}")
    remedy = N_("rename the file")


class AttachmentTooLarge(RowBroken):
    """One file is larger than a packet may be."""

    code = "attachment-too-large"
    template = N_("the attached file {name} has {value} bytes, {limit} are allowed")
    remedy = N_("make it smaller, or deliver it in another way")


class AttachmentsTooLarge(RowBroken):
    """All files together are larger than a packet may be."""

    code = "attachments-too-large"
    template = N_("the attached files have {value} bytes in all, {limit} are allowed")
    remedy = N_("make them smaller, or send several documents")


class RecipientMissing(RowBroken):
    """A document to nobody."""

    code = "recipient-missing"
    template = N_("there is no recipient with an identifier")
    remedy = N_("choose at least one")


class RecipientTwice(RowBroken):
    """One body stands among the recipients twice, perhaps under both its codes."""

    code = "recipient-twice"
    template = N_("{value} stands among the recipients twice, also as {other}")
    remedy = N_("take one of the two out")


class RecipientIsSender(RowBroken):
    """A document to oneself."""

    code = "recipient-is-sender"
    template = N_("the sender {value} stands among its own recipients")
    remedy = N_("take it out")


class RecipientIsNode(RowBroken):
    """A node of the axis takes no documents."""

    code = "recipient-is-node"
    template = N_("{value} is a node of the axis, which is never a recipient")
    remedy = N_("choose the body itself")


class RecipientClosed(RowBroken):
    """A code of level 1 that the government has closed."""

    code = "recipient-closed"
    template = N_("{value} was closed on {since}; its successor is {successor}")
    remedy = N_("send it to the body that has taken over")


class RecipientOfClosed(RecipientClosed):
    """A body below such a code: only its new superior knows where it goes on."""

    code = "recipient-of-closed"
    template = N_(
        "{value} belongs to {closed}, which was closed on {since};"
        " its successor is {successor}"
    )
    remedy = N_("ask there under which identifier the body goes on")


class CodeUnfit(RowBroken):
    """An identifier with something in it that does not belong there."""

    code = "code-unfit"
    template = N_("{field} is {value}: {problem}")
    remedy = N_("choose the body again, or correct its identifier")


class StateSecret(RowBroken):
    """State secrets never enter the axis (QD 28/2018, article 1)."""

    code = "state-secret"
    template = N_("a document of secrecy level {level} must not be sent over the axis")
    remedy = N_("deliver it as the law on state secrets says")


class SecretStamp(StateSecret):
    """No level is stated, but the document bears the words of one."""

    code = "secret-stamp"
    template = N_(
        "{field} bears the words {value} of a state secret, which must not be sent over"
        " the axis"
    )
    remedy = N_(
        "deliver it as the law on state secrets says; if it is no secret, word it"
        " otherwise"
    )


# --- the packet ---------------------------------------------------------------


class EnvelopeRefused(EdocError):
    """What was received cannot be accepted as an envelope."""

    code = "envelope-refused"
    template = N_("the packet was refused: {problem}")
    exit_code = ExitCode.NOT_VERIFIED


class EnvelopeMalformed(EnvelopeRefused):
    """These bytes are not an envelope."""

    code = "envelope-malformed"
    template = N_("the packet cannot be read: {problem}")


class EnvelopeForeign(EnvelopeRefused):
    """It is something we know the name of, and it is not QCVN 102:2016."""

    code = "envelope-foreign"
    template = N_("the packet is {generation}; this connector reads QCVN 102:2016")


class EnvelopeTooLarge(EnvelopeRefused):
    """More bytes than the settings allow."""

    code = "envelope-too-large"
    template = N_("the packet has {size} bytes, {limit} are allowed")


class AttachmentDamaged(EnvelopeRefused):
    """An attachment cannot be decoded."""

    code = "attachment-damaged"
    template = N_("the attachment {name} cannot be decoded: {problem}")


class AttachmentNameRefused(EnvelopeRefused):
    """A file, or what an archive says is in it, has a name that is an attack."""

    code = "attachment-name-refused"
    template = N_("the file name {name} is not accepted: {problem}")


class EnvelopeJsonInvalid(EdocError):
    """A JSON text is no envelope."""

    code = "envelope-json-invalid"
    template = N_("the JSON is no envelope: {problem}")
    exit_code = ExitCode.USAGE


class FileNotAsStated(EdocError):
    """A file beside a JSON envelope is another one than the envelope states."""

    code = "file-not-as-stated"
    template = N_(
        "the file {name} is not what the JSON states: it has {size} bytes and the"
        " SHA-256 {digest}; correct `size` and `sha256` if it was changed on purpose"
    )
    exit_code = ExitCode.USAGE


# --- the seal -----------------------------------------------------------------


class SealInvalid(EnvelopeRefused):
    """The envelope is not what its sender sealed, or the sealer is not the sender."""

    code = "seal-invalid"
    template = N_("the seal is not valid: {problem}")


class SealAbsent(SealInvalid):
    """Nobody sealed it."""

    code = "seal-absent"
    template = N_("the packet carries no seal")
    remedy = N_(
        "if its sender cannot seal yet, the operator who receives it may allow that in"
        " trust.unsealed"
    )


class SealPlaceholder(SealAbsent):
    """What stands there is the example of the axis's library, in every packet alike."""

    code = "seal-placeholder"
    template = N_(
        "the packet carries no seal, only the placeholder of the axis's library"
    )


class LinkUnproven(SealAbsent):
    """Without a seal nothing proves the sender of what came over a link."""

    code = "link-unproven"
    template = N_(
        "the packet came over the link {account} without a seal, and a link does not"
        " prove that {claimed} sent it"
    )
    remedy = ""


class SealMalformed(SealInvalid):
    """There is a signature, and it is not of the profile we read."""

    code = "seal-malformed"
    template = N_("the seal cannot be read: {problem}")


class SealAlgorithmRefused(SealInvalid):
    """An algorithm outside the allow-list."""

    code = "seal-algorithm-refused"
    template = N_("the seal uses {algorithm}, which is not accepted")
    remedy = N_("the operator who receives it sets in trust.algorithms what is")


class ContentChanged(SealInvalid):
    """What was sealed is not what arrived; the field says where."""

    code = "content-changed"
    template = N_("{field} was changed on the way: sealed {expected}, arrived {found}")


class CertificateChanged(SealInvalid):
    """The certificate in the seal is not the one the sealer named."""

    code = "certificate-changed"
    template = N_("the certificate was replaced: sealed with {expected}, found {found}")


class SignatureWrong(SealInvalid):
    """The signature value does not belong to this content and this certificate."""

    code = "signature-wrong"
    template = N_("the signature does not fit the certificate {certificate}")


class CertificateUntrusted(SealInvalid):
    """No path from the certificate to a trust anchor."""

    code = "certificate-untrusted"
    template = N_("the certificate {certificate} is not trusted: {problem}")


class CertificateRevoked(SealInvalid):
    """The authority had taken the certificate back when it sealed.

    `evidence` are the answers that say so, to be kept with the refusal.
    """

    code = "certificate-revoked"
    template = N_(
        "the certificate {certificate} was revoked at {revoked_at} ({why}),"
        " and had to hold at {at}"
    )

    def __init__(self, *, evidence: Iterable[Evidence] = (), **details: object) -> None:
        self.evidence = tuple(evidence)
        super().__init__(**details)


class RevocationUnknown(EdocError):
    """Nobody gave a usable answer; the causes of its reason say who, and why."""

    code = "revocation-unknown"
    retryable = True
    template = N_(
        "whether the certificate {certificate} was revoked at {at} is not known"
    )


class RevocationNoAnswer(RevocationUnknown):
    """One of those who should know, and what came of asking."""

    code = "revocation-no-answer"
    template = N_("{source}: {problem}")


class AnswerUnusable(RevocationUnknown):
    """An answer about revocation that proves nothing of what was asked."""

    code = "revocation-answer-unusable"
    template = N_("the answer about revocation cannot be used: {problem}")


class RevocationUnchecked(EdocError):
    """Nobody was asked, by the operator's will."""

    code = "revocation-unchecked"
    template = N_(
        "nobody was asked whether the certificate was revoked (trust.revocation.check)"
    )


class RevocationNotPublished(EdocError):
    """The certificate says nowhere where to ask, and the settings do not either."""

    code = "revocation-not-published"
    template = N_("nobody publishes whether the certificate {certificate} is revoked")
    remedy = N_(
        "ask its authority for a list of revoked certificates and name the file in"
        " trust.revocation.crls"
    )


class RevokedLater(EdocError):
    """It was revoked since; at the time that counts it was not."""

    code = "revoked-later"
    template = N_(
        "the certificate {certificate} was revoked at {revoked_at} ({why}), after the"
        " time at which it had to hold"
    )


class SenderMismatch(SealInvalid):
    """The certificate belongs to another organisation than the one in From."""

    code = "sender-mismatch"
    template = N_("From names {claimed}, but the {evidence} belongs to {actual}")


class AccountMismatch(SenderMismatch):
    """The account that the broker let in speaks for another than the one in From."""

    code = "account-mismatch"
    template = N_(
        "From names {claimed}, but the account {account} of the broker belongs to"
        " {actual}"
    )


class SealedInFuture(SealInvalid):
    """The sender's clock or ours is wrong; which one, a person must find out."""

    code = "sealed-in-future"
    template = N_("sealed at {sealed_at}, but here it is {now}; check both clocks")


class SealDoubt(EdocError):
    """Something is missing for a proof; the packet may be delivered, and is marked."""

    code = "seal-doubt"
    template = N_("the seal is not proven: {problem}")


class UnsealedAccepted(SealDoubt):
    """The operator lets this organisation send without a seal (trust.unsealed)."""

    code = "unsealed-accepted"
    template = N_(
        "accepted without a seal (found: {form}), as trust.unsealed allows for"
        " {organization}; only the broker vouches for the sender"
    )


class UnsealedUnvouched(UnsealedAccepted):
    """A file without a seal: no broker says who brought it."""

    code = "unsealed-unvouched"
    template = N_(
        "accepted without a seal (found: {form}), as trust.unsealed allows for"
        " {organization}; nothing in this file proves who sent it"
    )


class TimeNotProven(EdocError):
    """A time stamp is there, and no authority we trust says by it when it was sealed.

    It never refuses a packet: anybody on the way can add a time stamp.
    """

    code = "time-not-proven"
    template = N_("the time stamp does not prove when it was sealed: {problem}")


class PdfRefused(EnvelopeRefused):
    """An attached PDF is less than `pdf.require` asks for."""

    code = "pdf-refused"
    template = N_("the attached PDF {name} is not accepted: {problem}")


class PdfSignatureBroken(PdfRefused):
    """A signature in it does not hold, or the file was changed after it."""

    code = "pdf-signature-broken"
    template = N_("the attached PDF {name} was damaged or changed: {problem}")


class PdfSignatureUntrusted(PdfRefused):
    """No signature in it is by a signer known here and covers the whole file."""

    code = "pdf-signature-untrusted"
    template = N_("the attached PDF {name} is not signed as required here: {problem}")


class PdfNotChecked(PdfRefused):
    """Nobody can say whether its signatures hold."""

    code = "pdf-not-checked"
    template = N_("the attached PDF {name} could not be checked: {problem}")


class NotForUs(EnvelopeRefused):
    """A packet none of whose recipients is served here."""

    code = "not-for-us"
    template = N_("none of the recipients {recipients} is served here")


class RejectedHere(EnvelopeRefused):
    """A person at the receiver has looked at it and wants no more of it."""

    code = "rejected-here"
    template = N_("rejected by a person at the receiver: {text}")
    told = "{text}"


class BusinessUnsupported(EnvelopeRefused):
    """A recall, update or replacement that an earlier release has put aside.

    No more is put aside so; rows of that release keep this reason and are told by it.
    """

    code = "business-unsupported"
    template = N_("a packet of business type {type} cannot be applied here yet")


class RecalledBefore(EnvelopeRefused):
    """Its sender did not want it delivered any more when it came."""

    code = "recalled-before"
    template = N_(
        "its sender recalled it before it came; it is not put into the register"
    )


# --- changes of what is in the register -----------------------------------------


class ChangeRefused(EdocError):
    """What the sender of a received document asks is not done: status 16."""

    code = "change-refused"
    template = N_("the request is refused: {problem}")


class ChangeOfNothing(ChangeRefused):
    """A request that names no document."""

    code = "change-of-nothing"
    template = N_("the request does not say which document it is about")


class NotTheIssuer(ChangeRefused):
    """Somebody asks for a change of another body's document."""

    code = "not-the-issuer"
    template = N_(
        "only the body that issued a document may recall, update or replace it"
    )


class ChangeOutdated(ChangeRefused):
    """An old request, or a sender whose clock goes back."""

    code = "change-outdated"
    template = N_(
        "the document here was sealed after this request, which is not about it"
    )
    remedy = N_("if it is, check the sender's clock and ask again")


class NothingToUpdate(ChangeRefused):
    """The original has not come for so long that nobody waits any more."""

    code = "nothing-to-update"
    template = N_("the document to be updated has never arrived here")


class UpdateOfRecalled(ChangeRefused):
    """There is no document any more that could be updated."""

    code = "update-of-recalled"
    template = N_("the document to be updated was recalled")


class RecallsTooMany(ChangeRefused):
    """One sender recalls more than it can have sent."""

    code = "recalls-too-many"
    template = N_(
        "too many recalls of documents that never arrived here ({count} in {days} days)"
    )


class RefusedByClerk(ChangeRefused):
    """A person here has decided so, and says why."""

    code = "refused-by-clerk"
    template = N_("refused here: {reason}")
    told = "{reason}"


class RefusedSilently(RefusedByClerk):
    """A person here has decided so."""

    code = "refused-silently"
    template = N_("refused here; no reason was given")
    told = N_("no reason was given")


class ChangeDone(EdocError):
    """What the sender asks needs nothing more to be done: status 15."""

    code = "change-done"
    template = N_("the request is agreed to: {problem}")


class RecallDone(ChangeDone):
    """A recall that was carried out."""

    code = "recall-done"
    template = N_("recalled: cancelled in the register, its metadata is kept")


class UpdateDone(ChangeDone):
    """An update that was carried out."""

    code = "update-done"
    template = N_("updated in the register")


class ReplaceDone(ChangeDone):
    """A replacement that was carried out."""

    code = "replace-done"
    template = N_("marked in the register as replaced")


class AlreadyRecalled(ChangeDone):
    """A recall of what was recalled."""

    code = "already-recalled"
    template = N_("the document was recalled before and is cancelled in the register")


class RecallRemembered(ChangeDone):
    """A recall that came before the document, or instead of it."""

    code = "recall-remembered"
    template = N_(
        "the document is not in the register, and will not be put there if it comes"
    )


class NothingToReplace(ChangeDone):
    """A replacement whose original is not here."""

    code = "nothing-to-replace"
    template = N_("the document that it replaces is not in the register")


class UpdateOvertaken(ChangeDone):
    """An update that comes after a later one."""

    code = "update-overtaken"
    template = N_("a later update of the document is in the register")


class ChangeWaits(EdocError):
    """What the sender asks waits for somebody, or for something."""

    code = "change-waits"
    template = N_("the request waits: {problem}")


class OriginalAwaited(ChangeWaits):
    """An update that came before the document."""

    code = "original-awaited"
    template = N_("it waits for the document that it updates")


class ClerkAsked(ChangeWaits):
    """The settings want a clerk to decide."""

    code = "clerk-asked"
    template = N_("a clerk is to decide, as {setting} of the settings says")
    remedy = N_("use the register, or `edoc document agree` or `refuse`")


class ChangeByHand(ChangeWaits):
    """The mapping has no statement for it."""

    code = "change-by-hand"
    template = N_("the mapping has no statement under {setting}")
    remedy = N_(
        "do it by hand in the register, then `edoc document agree`; or refuse it with"
        " `edoc document refuse`"
    )


class ChangeUnproven(ChangeWaits):
    """A request without a seal is nobody's until a person vouches for it."""

    code = "change-unproven"
    template = N_("no seal proves who asks for this")
    remedy = N_("ask the sender by other means, then `edoc document agree` or `refuse`")


# --- time stamps ----------------------------------------------------------------


class TimestampUnavailable(EdocError):
    """No time stamp from the service, or none that proves anything: try again later."""

    code = "timestamp-unavailable"
    quotable = True
    template = N_("the time stamping service gave no time stamp: {problem}")
    retryable = True
    exit_code = ExitCode.UNAVAILABLE


# --- the axis -----------------------------------------------------------------


class NoAnswer(EdocError):
    """A partner that was looked at did not answer in time."""

    code = "no-answer"
    template = N_("no answer within {seconds} s")
    retryable = True
    exit_code = ExitCode.UNAVAILABLE


class BusUnavailable(EdocError):
    """The broker cannot be reached, or did not confirm.  Nobody's fault: wait."""

    code = "bus-unavailable"
    quotable = True
    template = N_("the broker at {address} is not available: {problem}")
    retryable = True
    exit_code = ExitCode.UNAVAILABLE


class MailboxBusy(BusUnavailable):
    """The broker is there and cannot take this message now (basic.nack)."""

    code = "mailbox-busy"
    template = N_("the broker at {address} cannot take mail for {recipient} now")


class BusRefused(EdocError):
    """The broker answered and said no: an account, a permission or a limit."""

    code = "bus-refused"
    quotable = True
    template = N_("the broker refused: {problem}")
    exit_code = ExitCode.UNAVAILABLE


class MessageForeign(EnvelopeRefused):
    """A message of the axis whose properties are not of the contract."""

    code = "message-foreign"
    template = N_("the message is not of the axis's contract: {property} {problem}")


class Unroutable(EdocError):
    """No queue takes mail for this recipient."""

    code = "unroutable"
    template = N_("the axis knows no mailbox for {recipient}; check the identifier")


class AnswerGivenUp(EdocError):
    """An answer of ours that nobody took for a very long time: a person decides."""

    code = "answer-given-up"
    template = N_(
        "for {days} days the axis has known no mailbox for {recipient}, who waits for"
        " this answer"
    )
    remedy = N_("when the mailbox is there again: edoc queue release")


class Poison(EdocError):
    """What fails each time in a way nobody foresaw: set aside, so that it stops."""

    code = "poison"
    template = N_("it was tried {attempts} times and each time it failed ({problem})")
    remedy = N_("it is kept whole and not tried again before a person has looked at it")


class NotSentInTime(EdocError):
    """The send deadline has passed."""

    code = "not-sent-in-time"
    template = N_("it was to be sent by {due}, and is not sent yet")


class NoReceiptInTime(EdocError):
    """The receipt deadline has passed."""

    code = "no-receipt-in-time"
    template = N_("the receipt was promised by {due}, and has not come yet")


class NeverSent(EdocError):
    """The last deadline has passed, and it never left."""

    code = "never-sent"
    template = N_("it could not be sent by the last deadline, {due}")
    remedy = N_("reach the receiver another way, or send it again")


class NeverReceived(EdocError):
    """The last deadline has passed, and the receiver has said nothing."""

    code = "never-received"
    template = N_("no receipt had come by the last deadline, {due}")
    remedy = N_("ask the receiver, or send it again")


class CaseSettled(EdocError):
    """A person has settled a difference with the partner."""

    code = "case-settled"
    template = N_("settled by people: {text}")


class RefusedByReceiver(EdocError):
    """The receiver's sealed 02."""

    code = "refused-by-receiver"
    template = N_("{organization} refused it: {description}")


class ChangeRefusedByReceiver(EdocError):
    """The receiver's sealed 16, or its 02 to the packet that asks."""

    code = "change-refused-by-receiver"
    template = N_("{organization} refused the change: {description}")


class NothingToChange(EdocError):
    """A recipient that does not have the original."""

    code = "nothing-to-change"
    template = N_("there is nothing to change at {recipient}: {problem}")


class BrokerMissing(EdocError):
    """The demo and the tests start a broker of their own; there is none to start."""

    code = "broker-missing"
    template = N_(
        "RabbitMQ was not found in {places}; install it with 'apt-get install"
        " rabbitmq-server', or set EDOC_RABBITMQ_HOME to its folder"
    )
    exit_code = ExitCode.UNAVAILABLE


class BrokerNotStarted(EdocError):
    """A private broker did not come up; its own last words are in the details."""

    code = "broker-not-started"
    template = N_("the private broker did not start: {problem}\n{log}")
    exit_code = ExitCode.UNAVAILABLE


class PdfCheckUnavailable(EdocError):
    """The system does not let us check PDFs now: no memory, no disk, no process."""

    code = "pdf-check-unavailable"
    quotable = True
    template = N_("the signatures of PDFs cannot be checked now: {problem}")
    retryable = True
    exit_code = ExitCode.UNAVAILABLE


# --- databases and files ------------------------------------------------------


class DmsUnavailable(EdocError):
    """The customer's database does not answer."""

    code = "dms-unavailable"
    quotable = True
    template = N_("the document database is not available: {problem}")
    retryable = True
    exit_code = ExitCode.UNAVAILABLE


class DmsRefused(EdocError):
    """The customer's database answered and refused a statement of the mapping."""

    code = "dms-refused"
    quotable = True
    template = N_("the document database refused {statement}: {problem}")
    exit_code = ExitCode.SETTINGS


class DmsTooNarrow(DmsRefused):
    """A text is longer than the customer's column, and nobody allowed to cut it."""

    code = "dms-too-narrow"
    template = N_(
        "{field} has {length} characters, the document database takes {limit}; "
        "widen the column, or allow the mapping to cut it"
    )


class StatusWordUnknown(EdocError):
    """The register gives a state of which the mapping does not say what it means."""

    code = "status-word-unknown"
    quotable = True
    template = N_(
        'the document software gives the state "{word}", and the mapping does not say'
        " which status it is; add it to [statuses.values]"
    )
    exit_code = ExitCode.SETTINGS


class StatusOutOfTurn(EdocError):
    """The register gives a document a status that cannot follow the last one."""

    code = "status-out-of-turn"
    template = N_(
        "the document software says {status} of a document of which the sender was told"
        " {before}; that cannot follow, and the sender was not told"
    )


class StorageUnavailable(EdocError):
    """Our own database or disk does not answer."""

    code = "storage-unavailable"
    quotable = True
    template = N_("the connector's database is not available: {problem}")
    retryable = True
    exit_code = ExitCode.UNAVAILABLE


class StorageRefused(EdocError):
    """Our own database answered and refused: a defect of ours, or a damaged file."""

    code = "storage-refused"
    template = N_("the connector's database refused: {problem}")


class StorageOutdated(EdocError):
    """The database was made by another release."""

    code = "storage-outdated"
    template = N_("the database is at version {found}, this release needs {needed}")
    fatal = True
    exit_code = ExitCode.SETTINGS


class StorageNew(StorageOutdated):
    """There is nothing to look at yet."""

    code = "storage-new"
    template = N_("no connector has run on {place} yet; start it with: edoc run")


class StorageDamaged(StorageRefused):
    """The file is no whole database: a disk failed, or somebody wrote into it."""

    code = "storage-damaged"
    template = N_(
        "the connector's database {place} is damaged ({problem});"
        " stop the connector and restore the database from a backup"
    )
    fatal = True


class ContentMissing(EdocError):
    """A stored content is gone or is no longer what its name says."""

    code = "content-missing"
    quotable = True
    template = N_("stored content {digest} is missing or damaged")


class LostRace(EdocError):
    """Another worker was faster; look again."""

    code = "lost-race"
    template = N_("{key} was moved by another worker")
    retryable = True


class IllegalMove(EdocError):
    """An event that cannot happen to a thing in this state: a defect of ours."""

    code = "illegal-move"
    template = N_("this cannot be done now ({event}): it is {state}")


class AlreadyRunning(EdocError):
    """One connector per state folder."""

    code = "already-running"
    quotable = True
    template = N_("a connector already runs on {folder}")
    exit_code = ExitCode.BUSY


class AlreadyThere(EdocError):
    """A file that we would have to overwrite; people decide that, not we."""

    code = "already-there"
    template = N_("{path} is there already; nothing was changed")
    exit_code = ExitCode.USAGE


class NoDemo(EdocError):
    """A folder in which no demo was kept."""

    code = "no-demo"
    template = N_("no demo was kept in {path}")
    remedy = N_("keep one: edoc demo --keep --dir DIR")
    exit_code = ExitCode.NOT_FOUND


class NotWritable(EdocError):
    """A file or folder of the command line cannot be written."""

    code = "not-writable"
    template = N_("{path} cannot be written: {problem}")
    exit_code = ExitCode.USAGE


class FileRefused(EdocError):
    """The system does not let us use a file or folder."""

    code = "file-refused"
    template = N_("{path} cannot be used: {problem}; check owner, permissions and disk")


class OutputRefused(EdocError):
    """What a command prints has nowhere to go."""

    code = "output-refused"
    template = N_("standard output cannot be written: {problem}")


class FileUnreadable(EdocError):
    """A file named on the command line cannot be read."""

    code = "file-unreadable"
    template = N_("{path} cannot be read: {problem}")
    exit_code = ExitCode.NOT_FOUND


class EvidenceUnreadable(FileUnreadable):
    """A folder of evidence that nobody wrote as one."""

    code = "evidence-unreadable"
    template = N_("{path} is no evidence for a verdict: {problem}")


class FileTooLarge(EdocError):
    """A file named on the command line is larger than any packet may be."""

    code = "file-too-large"
    template = N_("{path} has more than {limit} bytes; no packet has")
    exit_code = ExitCode.NOT_VERIFIED


class FilesTooLarge(EdocError):
    """Attachments that do not fit into one JSON object."""

    code = "files-too-large"
    template = N_(
        "the attachments have {size} bytes; more than {limit} do not go into JSON:"
        " name a folder for them with --files"
    )
    exit_code = ExitCode.USAGE


class NotFound(EdocError):
    """No document, message or file of this name."""

    code = "not-found"
    template = N_("nothing is known of {what}")
    exit_code = ExitCode.NOT_FOUND


class DocumentUnknown(NotFound):
    """No document answers to what was typed."""

    code = "document-unknown"
    template = N_("no document is called {what}")
    remedy = N_("the ids stand in: edoc document list")


class CaseUnknown(NotFound):
    """No difference of this number is open."""

    code = "case-unknown"
    template = N_("no difference {case} is open")
    remedy = N_("which are: edoc reconciliation show")


class NotQueued(NotFound):
    """Nothing of that name waits for the axis."""

    code = "not-queued"
    template = N_("nothing of {what} waits for the axis; what does: edoc queue list")


class NothingQueued(NotFound):
    """Nothing waits for a recipient, or nobody has this code."""

    code = "nothing-queued"
    template = N_("nothing waits for {recipient}; what waits: edoc queue list")


class NotQuarantined(NotFound):
    """Nothing of that name is set aside."""

    code = "not-quarantined"
    template = N_("no packet {what} is set aside; which are: edoc quarantine list")


class SeveralPackets(NotFound):
    """Several packets that were set aside answer to what was typed."""

    code = "several-packets"
    template = N_("{text} may mean several packets: {numbers}; name one by its number")


class NoPacket(NotFound):
    """A document that was never sealed: there is nothing to send or to show."""

    code = "no-packet"
    template = N_("{document} has no packet: {problem}")


class NoStatement(NotFound):
    """Nobody had to be told that this document did not arrive."""

    code = "no-statement"
    template = N_(
        "there is no statement of non-delivery of {document}; one is made when no"
        " receipt has come by the last deadline"
    )


class StatementOfChange(NotFound):
    """What did not arrive is what was asked about it, which is a packet of its own."""

    code = "statement-of-change"
    template = N_(
        "there is no statement of non-delivery of {document} itself; what was asked"
        " about it did not arrive: edoc document statement {change}"
    )


class SeveralStatements(NotFound):
    """More than one recipient has not confirmed it."""

    code = "several-statements"
    template = N_(
        "there are statements of non-delivery of {document} to several recipients"
        " ({recipients}); name one: --to CODE"
    )


class NotARecipient(NotFound):
    """Somebody to whom this document was never addressed."""

    code = "not-a-recipient"
    template = N_(
        "{recipient} is not a recipient of {document}; its recipients are {recipients}"
    )


class ResendWithdrawn(EdocError):
    """What was recalled, replaced or stopped is never sent again."""

    code = "resend-withdrawn"
    template = N_("{document} was recalled, replaced or stopped for {recipient}")
    remedy = N_("send it as a new document, if it is to be there after all")


class ReceivedNotSent(NotFound):
    """Only who sealed a document disposes of it."""

    code = "received-not-sent"
    template = N_("{document} was received, not sent; {problem}")


class SentNotReceived(NotFound):
    """Only who received a document decides about what its sender asks."""

    code = "sent-not-received"
    template = N_("{document} was sent, not received")
    remedy = N_("only its receivers agree to a change of it or refuse it")


class RefusedHere(NotFound):
    """A row that could not be sent: nobody has it."""

    code = "refused-here"
    template = N_("{document} cannot be sent, and nobody has it")
    remedy = N_("correct its row in the register; what was sent: edoc document list")


class NothingAsked(NotFound):
    """A document about which no request waits for a decision."""

    code = "nothing-asked"
    template = N_("no request about {document} waits for a decision")


class Ambiguous(EdocError):
    """Several documents answer to what was typed."""

    code = "ambiguous"
    template = N_(
        "{text} may mean several documents; sent: {sent}; received: {received};"
        " name one by its id"
    )
    exit_code = ExitCode.NOT_FOUND


class SeveralDocuments(Ambiguous):
    """The same, and all of them were sent, or all of them received."""

    code = "several-documents"
    template = N_("{text} may mean several documents: {found}; name one by its id")
    remedy = N_("what each of them is: edoc why ID")


class LedgerBroken(EdocError):
    """The chain of facts does not fit: somebody changed or removed an entry."""

    code = "ledger-broken"
    template = N_("the ledger does not fit from entry {position} on: {problem}")
    fatal = True
    exit_code = ExitCode.NOT_WHOLE
