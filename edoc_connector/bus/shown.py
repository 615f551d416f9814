"""The certificate that a broker shows, looked at and nothing else said to it."""

from __future__ import annotations

import socket
from datetime import datetime

from edoc_connector.bus.address import RabbitAddress
from edoc_connector.bus.tls import handshake_for
from edoc_connector.errors import N_, BusUnavailable


def certificate_of_broker(address: RabbitAddress, now: datetime) -> bytes:
    """Return it, DER, after it was believed.

    Raises `BusUnavailable`; what we show or believe is judged as for every connection.
    """
    handshake = handshake_for(address, now)
    if handshake is None:
        raise BusUnavailable(address=address, problem=NO_TLS)
    seconds = address.timeout_seconds
    try:
        with (
            socket.create_connection((address.host, address.port), seconds) as line,
            handshake.wrap_socket(line, server_hostname=address.host) as safe,
        ):
            return safe.getpeercert(binary_form=True) or b""
    except OSError as error:
        told = handshake.told(is_lost=False)
        if told is not None:
            raise told from error
        problem = error.strerror or type(error).__name__
        raise BusUnavailable(address=address, problem=problem) from error


NO_TLS = N_("it is reached without TLS and shows no certificate")
