"""What must be true of a name or an address in the description of an axis."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from edoc_connector.checks import BrokerUrl
from edoc_connector.errors import N_, SettingUnfit
from edoc_connector.toml import Place

NAME: Final = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
ACCOUNT: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
SOMEBODY: Final = "somebody"


@dataclass(frozen=True, slots=True)
class BrokerName:
    """A name that can be that of a folder, an account and a queue."""

    def accept(self, value: str, place: Place) -> str:
        """Return the name, or raise `SettingWrong`."""
        if not NAME.fullmatch(value):
            place.wrong(value, N_("small letters, digits and -, such as tay-ninh"))
        return value


@dataclass(frozen=True, slots=True)
class Account:
    """A name under which a node may sign in; `reserved` ones are for links."""

    reserved: str

    def accept(self, value: str, place: Place) -> str:
        """Return the account, or raise `SettingWrong`."""
        if not ACCOUNT.fullmatch(value):
            place.wrong(value, N_("letters, digits, ., _ and -, such as H20.14"))
        if value.startswith(self.reserved):
            place.wrong(value, N_("another name: link. is for links of brokers"))
        return value


@dataclass(frozen=True, slots=True)
class BrokerAddress:
    """`amqps://host:port`, or amqp:// on this computer; nobody's account in it."""

    def accept(self, value: str, place: Place) -> str:
        """Return the address, or raise `SettingUnfit` or `SettingWrong`."""
        scheme, separator, rest = value.partition("://")
        if scheme not in {"amqps", "amqp"} or not rest:
            # It is not shown: it may hold a password.
            raise SettingUnfit(where=place.file, name=place.key, expected=ADDRESS)
        # Everything else is as in the settings of a node, which names its account.
        BrokerUrl("link_password").accept(
            f"{scheme}{separator}{SOMEBODY}@{rest}", place
        )
        url = urlsplit(value)
        if url.username or url.query or url.path.strip("/"):
            place.wrong(value, ADDRESS)
        return value


ADDRESS: Final = N_("host and port only: amqps://broker.example:5671")
