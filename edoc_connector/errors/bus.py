"""What is wrong with the axis, or with a message on it."""

from edoc_connector.errors.envelope import EnvelopeRefused
from edoc_connector.errors.tree import N_, EdocError, ExitCode


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


class BusBlocked(BusUnavailable):
    """The broker takes nothing from anybody: an alarm of its memory or disk is on."""

    code = "bus-blocked"
    template = N_(
        "the broker at {address} takes nothing for now, since {since}: its memory or"
        " its disk is full; documents wait, and nothing is lost"
    )


class BusCertificate(BusUnavailable):
    """Broker and connector do not believe each other's certificates.

    Everything waits, and a person is needed: the certificates are read anew at every
    attempt, so nothing is to be restarted.  To try again changes nothing, which is why
    the exit code is another one than that of a broker that is away.
    """

    code = "bus-certificate"
    template = N_("there is no safe way to the broker at {address}: {problem}")
    exit_code = ExitCode.SETTINGS


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


class MailboxUnsafe(EdocError):
    """Our own queue would lose documents: nothing is sent or received by it."""

    code = "mailbox-unsafe"
    quotable = True
    template = N_(
        "the queue {queue} would lose documents: its {argument} is {found}, and must be"
        " {expected}"
    )
    remedy = N_(
        "the operator of the broker makes it anew once it is empty (rabbitmqctl"
        " delete_queue -p edoc {queue} --if-empty), from the definitions that edoc axis"
        " plan writes"
    )
    fatal = True
    exit_code = ExitCode.SETTINGS


class MessageTooLarge(BusRefused):
    """Larger than the broker allows; `limit` is what it allows, 0 where it kept that.

    What can be cut smaller is.
    """

    code = "message-too-large"
    template = N_("the broker takes no message of more than {limit} bytes: {problem}")


class MessageForeign(EnvelopeRefused):
    """A message of the axis whose properties are not of the contract."""

    code = "message-foreign"
    template = N_("the message is not of the axis's contract: {property} {problem}")


class Unroutable(EdocError):
    """No queue takes mail for this recipient."""

    code = "unroutable"
    template = N_("the axis knows no mailbox for {recipient}; check the identifier")


class SentBack(EdocError):
    """A broker behind our links knows no mailbox for this recipient."""

    code = "sent-back"
    template = N_(
        "the broker {broker} knows no mailbox for {recipient} and has sent it back;"
        " check the identifier"
    )


class PongOfAnother(EdocError):
    """Something came back that answers another question than ours."""

    code = "pong-of-another"
    template = N_("what came back answers another ping, or is from another body")


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
