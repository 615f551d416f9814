"""What is wrong with an attached PDF, and what keeps us from checking it."""

from edoc_connector.errors.envelope import EnvelopeRefused
from edoc_connector.errors.tree import N_, EdocError, ExitCode


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


class PdfCheckUnavailable(EdocError):
    """The system does not let us check PDFs now: no memory, no disk, no process."""

    code = "pdf-check-unavailable"
    quotable = True
    template = N_("the signatures of PDFs cannot be checked now: {problem}")
    retryable = True
    exit_code = ExitCode.UNAVAILABLE
