"""What is wrong with the way to a broker, in the options of `edoc axis check`.

The bus names the settings of a connector; this command has none, and who calls it can
only put right what was typed or what the description says.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, TypeVar

from edoc_connector.bus.tls import UNKNOWN_AUTHORITY, WANTED, WRONG_NAME
from edoc_connector.errors import N_, BusRefused, BusUnavailable

FoundT = TypeVar("FoundT")

AS_OPTIONS: Final[Mapping[str, str]] = {
    UNKNOWN_AUTHORITY: N_(
        "the broker's certificate is of an authority that --authorities does not name;"
        " either the broker is another one, or its authority's certificate is missing"
        " there"
    ),
    WRONG_NAME: N_(
        "the broker's certificate is for another name than {host}, which the"
        " description of the axis gives as its address"
    ),
    WANTED: N_("it wants one; name it with --certificate, and its key with --key"),
    "{file} (axis.certificate) holds no certificate, PEM": N_(
        "{file} (--certificate) holds no certificate, PEM"
    ),
    "the password of the key {file} cannot be read; axis.key_password says"
    " where it is": N_(
        "the password of the key {file} cannot be read; --key-password says where it is"
    ),
    "the key {file} cannot be opened; it must be PEM, and axis.key_password"
    " must be its password, or empty where it has none": N_(
        "the key {file} cannot be opened; it must be PEM, and --key-password must name"
        " its password, where it has one"
    ),
    "the certificate {file} is that of the account {found} (its CN), and"
    " axis.url names the account {account}": N_(
        "the certificate {file} is that of the account {found} (its CN), and --account"
        " names the account {account}"
    ),
    "this account has no right to the vhost of axis.url": N_(
        "this account has no right to the vhost of the axis"
    ),
}
"""What the bus says -> the same of this command."""

MESSAGES: Final = ("because", "cause", "problem")
"""Which details of an error are messages."""


def in_options(work: Callable[[], FoundT]) -> FoundT:
    """Do the work; what it raises of the broker is said in our options."""
    try:
        return work()
    except (BusUnavailable, BusRefused) as error:
        said = {
            name: AS_OPTIONS.get(value, value) if name in MESSAGES else value
            for name, value in error.details.items()
        }
        raise type(error)(**said) from error
