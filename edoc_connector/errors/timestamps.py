"""What is wrong with a time stamp, or with the service that gives them."""

from edoc_connector.errors.tree import N_, EdocError, ExitCode


class TimeNotProven(EdocError):
    """A time stamp is there, and no authority we trust says by it when it was sealed.

    It never refuses a packet: anybody on the way can add a time stamp.
    """

    code = "time-not-proven"
    template = N_("the time stamp does not prove when it was sealed: {problem}")


class TimestampUnavailable(EdocError):
    """No time stamp from the service, or none that proves anything: try again later."""

    code = "timestamp-unavailable"
    quotable = True
    template = N_("the time stamping service gave no time stamp: {problem}")
    retryable = True
    exit_code = ExitCode.UNAVAILABLE
