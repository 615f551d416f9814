"""Why a packet is not accepted, its seal and its PDFs aside."""

from edoc_connector.errors.tree import N_, EdocError, ExitCode


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
