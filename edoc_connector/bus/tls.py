"""TLS to the broker: what is believed of it, and in plain words why it is not.

Guaranteed: TLS 1.2 or newer, a certificate of an authority that was named, for the very
host of the address, of today, and not in a list of revoked ones where there are lists.
What is not: a broker whose certificate is revoked while the connection is open goes on
until the connection is replaced (`axis.reconnect_hours`, or a list that has changed).
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from cryptography import x509

from edoc_connector.bus.address import RabbitAddress, Tls
from edoc_connector.bus.certificate import (
    check_certificate,
    check_days,
    day,
    password_of,
    unfit,
)
from edoc_connector.errors import N_, BusCertificate, Why, why


class _Socket(ssl.SSLSocket):
    """Remembers what pika would only tell as text: what went wrong, and who it was."""

    def do_handshake(self, block: bool = False) -> None:  # noqa: FBT001, FBT002
        try:
            super().do_handshake(block)
        except ssl.SSLError as error:
            self._remember(error)
            raise
        if isinstance(self.context, Handshake):
            self.context.peer = self.getpeercert(binary_form=True)

    def recv(self, buflen: int = 1024, flags: int = 0) -> bytes:
        try:
            data = super().recv(buflen, flags)
        except ssl.SSLError as error:
            # With TLS 1.3 the broker judges our certificate after the handshake.
            self._remember(error)
            raise
        if data and isinstance(self.context, Handshake):
            self.context.was_heard = True
        return data

    def _remember(self, error: ssl.SSLError) -> None:
        waits = ssl.SSLWantReadError | ssl.SSLWantWriteError
        if isinstance(self.context, Handshake) and not isinstance(error, waits):
            self.context.problem = self.context.problem or error


class Handshake(ssl.SSLContext):
    """The context of one connection, and what came of its handshake."""

    sslsocket_class = _Socket

    peer: bytes | None = None
    was_heard: bool = False
    """Whether the broker has said anything behind the handshake."""
    problem: ssl.SSLError | None = None
    own: x509.Certificate | None = None
    address: RabbitAddress

    def told(self, *, is_lost: bool) -> BusCertificate | None:
        """Return what went wrong with certificates, in words; None for nothing.

        A line that is lost right behind the handshake was refused: where the broker
        hangs up fast, what it says of our certificate does not reach us.
        """
        told = _told(self.problem, self.address) if self.problem else None
        if told is None and is_lost and self.peer is not None and not self.was_heard:
            told = why(REFUSED, cause=HUNG_UP if self.own else WANTED)
        return unfit(self.address, told) if told else None

    def check_still_valid(self, now: datetime) -> None:
        """Raise `BusCertificate` where a certificate has ended since it was shown."""
        if self.own is not None:
            check_days(self.address, self.own, now)
        if self.peer is None:
            return
        ends = x509.load_der_x509_certificate(self.peer).not_valid_after_utc
        if now > ends:
            told = why(
                N_("the certificate of the broker ended on {day}"), day=day(ends)
            )
            raise unfit(self.address, told)


def handshake_for(address: RabbitAddress, now: datetime) -> Handshake | None:
    """Read all files anew; None where the address is without TLS.

    Raises `BusCertificate` where one of them does not serve.
    """
    tls = address.tls
    if tls is None:
        return None
    context = Handshake(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.address = address
    context.own = check_certificate(address, now)
    if tls.certificate is not None:
        password = password_of(tls)
        # Without a callback a person at a terminal would be asked.
        context.load_cert_chain(tls.certificate, tls.key, lambda: password or b"")
    _trust(context, tls)
    return context


def _trust(context: Handshake, tls: Tls) -> None:
    for path in (*tls.authorities, *tls.crls):
        try:
            context.load_verify_locations(path)
        except (OSError, ssl.SSLError) as error:
            told = why(
                N_("{file} cannot be used: {detail}"),
                file=path,
                cause=_unread(error),
            )
            raise unfit(context.address, told) from error
    if not tls.authorities:
        context.load_default_certs(ssl.Purpose.SERVER_AUTH)
    if tls.crls:
        context.verify_flags |= ssl.VerifyFlags.VERIFY_CRL_CHECK_LEAF


def _unread(error: OSError) -> str:
    if isinstance(error, ssl.SSLError):
        return N_("it holds neither certificates nor lists of revoked ones, PEM")
    return error.strerror or str(error)


UNKNOWN_AUTHORITY: Final = N_(
    "the broker's certificate is of an authority that axis.authorities does not name;"
    " either the broker is another one, or its authority's certificate is missing there"
)
WRONG_NAME: Final = N_(
    "the broker's certificate is for another name than {host}, which axis.url says"
)

OF_BROKER: Final[Mapping[int, str]] = {
    2: UNKNOWN_AUTHORITY,
    18: UNKNOWN_AUTHORITY,
    19: UNKNOWN_AUTHORITY,
    20: UNKNOWN_AUTHORITY,
    21: UNKNOWN_AUTHORITY,
    62: WRONG_NAME,
    64: WRONG_NAME,
    9: N_(
        "the broker's certificate is not valid yet; check the clock of this computer,"
        " or tell the operator of the axis"
    ),
    10: N_("the broker's certificate has ended; tell the operator of the axis"),
    23: N_("the broker's certificate was revoked; tell the operator of the axis"),
    3: N_("axis.crls has no list of the authority of the broker's certificate"),
    12: N_("a list of axis.crls has ended; fetch the authority's new one"),
}
"""What OpenSSL finds (x509_vfy.h) -> our words."""

REFUSED: Final = N_("the broker does not take our certificate: {detail}")
WANTED: Final = N_("it wants one, and axis.certificate is empty")
HUNG_UP: Final = N_("it hung up at once and says no more")

OF_US: Final[Mapping[str, str]] = {
    "UNKNOWN_CA": N_("it does not know the authority of our certificate"),
    "CERTIFICATE_EXPIRED": N_("it takes it for ended"),
    "CERTIFICATE_REVOKED": N_("it takes it for revoked"),
    "CERTIFICATE_REQUIRED": WANTED,
    "BAD_CERTIFICATE": N_("it takes it for a bad one"),
    "UNSUPPORTED_CERTIFICATE": N_("it is no certificate of a client"),
    "CERTIFICATE_UNKNOWN": N_("it says no more"),
    "HANDSHAKE_FAILURE": N_("it says no more"),
    "ACCESS_DENIED": N_("it says no more"),
}
"""What the broker says of ours (RFC 8446, 6.2) -> our words."""

NO_TLS: Final = N_("nobody speaks TLS there; is it the port of amqps://?")
OLD_TLS: Final = N_("the broker speaks no TLS of version 1.2 or newer")

OF_PROTOCOL: Final[Mapping[str, str]] = {
    "WRONG_VERSION_NUMBER": NO_TLS,
    "RECORD_LAYER_FAILURE": NO_TLS,
    "PACKET_LENGTH_TOO_LONG": NO_TLS,
    "UNSUPPORTED_PROTOCOL": OLD_TLS,
    "PROTOCOL_VERSION": OLD_TLS,
}


def _told(error: ssl.SSLError, address: RabbitAddress) -> Why | None:
    if isinstance(error, ssl.SSLCertVerificationError):
        return _of_broker(error, address)
    reason = _reason(error)
    if reason in OF_PROTOCOL:
        return why(OF_PROTOCOL[reason])
    if reason in OF_US:
        return why(REFUSED, cause=OF_US[reason])
    return None


def _of_broker(error: Any, address: RabbitAddress) -> Why:  # noqa: ANN401  (verify_code)
    words = OF_BROKER.get(error.verify_code)
    if words is None:
        other = N_("the broker's certificate does not serve: {detail}")
        return why(other, cause=error.verify_message)
    return why(words, host=address.host)


def _reason(error: ssl.SSLError) -> str:
    """Return `CERTIFICATE_EXPIRED` of `SSLV3_ALERT_CERTIFICATE_EXPIRED`."""
    return (error.reason or "").rpartition("ALERT_")[2]
