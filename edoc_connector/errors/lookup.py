"""What was typed names nothing, nothing that serves, or several things."""

from edoc_connector.errors.tree import N_, EdocError, ExitCode


class NotFound(EdocError):
    """No document, message or file of this name."""

    code = "not-found"
    template = N_("nothing is known of {what}")
    exit_code = ExitCode.NOT_FOUND


class HeldBySeveral(NotFound):
    """Several organisations of this connector have something of this name."""

    code = "held-by-several"
    template = N_(
        "{what} is known to several organisations of this connector: {organizations};"
        " say which is meant: --for CODE"
    )


class OfficeUnknown(NotFound):
    """Nobody of this code is served here."""

    code = "office-unknown"
    template = N_("this connector does not serve {organization}; it serves: {known}")


class OfficeUnnamed(EdocError):
    """A command about one organisation, and several are served here."""

    code = "office-unnamed"
    template = N_(
        "this connector serves {count} organisations;"
        " say for which this is to be done: --for CODE"
    )
    exit_code = ExitCode.USAGE


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
