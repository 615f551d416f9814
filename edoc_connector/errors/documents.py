"""What keeps a row of the register from becoming a document."""

from collections.abc import Sequence

from edoc_connector.errors.tree import N_, EdocError, Reason


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
