"""Why a connection to the broker is gone, in words that people can use."""

from __future__ import annotations

import pika.exceptions

from edoc_connector.errors import N_


def cause_of(error: BaseException) -> BaseException:
    """Return what went wrong at the bottom of pika's nested errors."""
    inner = (*error.args, getattr(error, "exception", None))
    for cause in (*inner, *reversed(getattr(error, "exceptions", ()))):
        if isinstance(cause, BaseException):
            return cause_of(cause)
    return error


def told_of(error: BaseException) -> str:
    """Say it in words that the catalogue has, where there are any."""
    if isinstance(error, ConnectionRefusedError):
        return N_("nobody listens there")
    if isinstance(error, pika.exceptions.ProbableAuthenticationError):
        return N_(
            "it does not let us in: it does not know this account, or the password or"
            " the certificate is not that of the account"
        )
    if isinstance(error, pika.exceptions.ProbableAccessDeniedError):
        return N_("this account has no right to the vhost of axis.url")
    if isinstance(error, pika.exceptions.AuthenticationError):
        return N_("it offers no way to sign in that we have (EXTERNAL, or PLAIN)")
    if isinstance(error, OSError):
        return error.strerror or raw(error)
    return raw(error)


def raw(error: BaseException) -> str:
    """Say it in the words of who raised it, for the log."""
    return f"{type(error).__name__}: {error}".removesuffix(": ")
