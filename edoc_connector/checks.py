"""What must be true of a setting beside its type, as marks on the type."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final, TypeVar
from urllib.parse import SplitResult, parse_qs, urlsplit

from edoc_connector.errors import (
    N_,
    PasswordInSettings,
    SettingMissing,
    SettingOutOfRange,
    SettingUnfit,
)
from edoc_connector.token_uri import holds_pin, is_token_uri, parse_token_uri
from edoc_connector.toml import Place

CODE: Final = re.compile(r"[A-Z0-9]+(\.[A-Z0-9]+)*(-[0-9]{3})?")
OID: Final = re.compile(
    r"([01]\.[1-3]?[0-9]|2\.[0-9]{1,9})(\.(0|[1-9][0-9]{0,9})){1,30}"
)
FINGERPRINT: Final = re.compile("[0-9a-f]{64}")
OPENSSL_WORDS: Final = "sha256 fingerprint="
PASSWORD_PARAMETERS: Final = {"password", "passwd", "pwd", "sslpassword"}
SQLITE: Final = "sqlite:///"

Number = TypeVar("Number", int, float)
Table = TypeVar("Table")
Filling = TypeVar("Filling", str, tuple[object, ...])


@dataclass(frozen=True, slots=True)
class Limits:
    """A number from `least` to `most`, both allowed."""

    least: float
    most: float

    def accept(self, value: Number, place: Place) -> Number:
        """Return the number, or raise `SettingOutOfRange`."""
        if not self.least <= value <= self.most:
            raise SettingOutOfRange(
                where=place.file,
                name=place.key,
                found=value,
                least=self.least,
                most=self.most,
            )
        return value


@dataclass(frozen=True, slots=True)
class Rising:
    """A table in which what is called `most` is not below what is called `first`.

    Of two days, either may be empty.
    """

    first: str
    most: str

    def accept(self, table: Table, place: Place) -> Table:
        """Return the table, or raise `SettingUnfit`."""
        first, most = getattr(table, self.first), getattr(table, self.most)
        if None not in {first, most} and most < first:
            raise SettingUnfit(
                where=place.file,
                name=f"{place.at(self.most).key} = {most}",
                expected=f">= {place.at(self.first).key} = {first}",
            )
        return table


@dataclass(frozen=True, slots=True)
class Together:
    """A table in which `first` and `second` are both filled in, or neither."""

    first: str
    second: str

    def accept(self, table: Table, place: Place) -> Table:
        """Return the table, or raise `SettingUnfit`."""
        given = [it for it in (self.first, self.second) if getattr(table, it)]
        if len(given) == 1:
            (missing,) = {self.first, self.second} - {*given}
            raise _unfit(place.at(missing), N_("filled in, as what belongs to it is"))
        return table


@dataclass(frozen=True, slots=True)
class OnToken:
    """A table whose `setting` is for keys on tokens, and empty for other ones."""

    key: str
    setting: str

    def accept(self, table: Table, place: Place) -> Table:
        """Return the table, or raise `SettingUnfit`."""
        if getattr(table, self.setting) and not is_token_uri(getattr(table, self.key)):
            raise _unfit(place.at(self.setting), N_("empty: the key is in a file"))
        return table


@dataclass(frozen=True, slots=True)
class Filled:
    """A text or a list that is not empty."""

    def accept(self, value: Filling, place: Place) -> Filling:
        """Return what stands there, or raise `SettingUnfit`."""
        if not value:
            raise _unfit(place, N_("filled in"))
        return value


@dataclass(frozen=True, slots=True)
class Identifier:
    """The identifier of an organisation, as QD 20/2020 or as before it.

    Strict, unlike what arrives: who fills in the settings can correct it.
    """

    def accept(self, value: str, place: Place) -> str:
        """Return the identifier, or raise `SettingWrong`."""
        if not CODE.fullmatch(value):
            place.wrong(value, N_("the identifier of an organisation, such as H20.14"))
        return value


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """The SHA-256 of a certificate, in hexadecimal, with colons or without.

    Also with the words that openssl writes before it, since people paste its line.
    """

    def accept(self, value: str, place: Place) -> str:
        """Return it in lower case without colons, or raise `SettingWrong`."""
        plain = value.lower().removeprefix(OPENSSL_WORDS).replace(":", "")
        if not FINGERPRINT.fullmatch(plain):
            place.wrong(
                value,
                N_("a SHA-256 fingerprint, as openssl x509 -fingerprint -sha256 says"),
            )
        return plain


@dataclass(frozen=True, slots=True)
class BrokerUrl:
    """`amqp://account@host:port/vhost`; the password is `beside` it."""

    beside: str

    def accept(self, value: str, place: Place) -> str:
        """Return the URL, or raise `SettingUnfit` or `PasswordInSettings`."""
        url = _split(value, place, beside=self.beside)
        if url.scheme not in {"amqp", "amqps"} or not (url.hostname and url.username):
            raise _unfit(
                place,
                N_("the URL of a broker, such as amqps://h20@broker.example:5671/edoc"),
            )
        if url.scheme == "amqp" and not _is_this_computer(url.hostname):
            raise _unfit(
                place,
                N_(
                    "amqps:// (amqp:// sends the password and every document in the"
                    " clear, so it may lead to a broker on this computer only)"
                ),
            )
        return value


def _is_this_computer(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class SignsIn:
    """A table that says how its account is proven to the broker of its `url`.

    By a certificate; by a password only on this computer, or where it is `forced`.
    """

    url: str
    password: str
    certificate: str
    forced: str

    def accept(self, table: Table, place: Place) -> Table:
        """Return the table, or raise `SettingMissing` or `SettingUnfit`."""
        url = urlsplit(getattr(table, self.url))
        is_here = _is_this_computer(url.hostname or "")
        if getattr(table, self.certificate) is not None:
            if url.scheme != "amqps":
                raise _unfit(place.at(self.url), N_("amqps://, for a certificate"))
            return table
        if not (is_here or getattr(table, self.forced)):
            raise _unfit(place.at(self.certificate), CERTIFICATE)
        if getattr(table, self.password) is None:
            where, name = place.file, place.at(self.password).key
            raise SettingMissing(where=where, name=name, expected=N_("text"))
        return table


CERTIFICATE: Final = N_(
    "filled in, and axis.key: a password proves the account only to a broker on this"
    " computer (or, knowingly, with axis.password_over_network = true)"
)


@dataclass(frozen=True, slots=True)
class ServiceUrl:
    """`http://host/path` or https, or nothing; the password is `beside` it."""

    beside: str

    def accept(self, value: str, place: Place) -> str:
        """Return the URL, or raise `SettingUnfit` or `PasswordInSettings`."""
        url = _split(value, place, beside=self.beside)
        is_http = url.scheme in {"http", "https"} and url.hostname
        if value and (not is_http or url.username):
            raise _unfit(place, N_("an address of http or https"))
        return value


@dataclass(frozen=True, slots=True)
class ManagementUrl:
    """`https://host:port` of a management plugin, or nothing; http on this computer."""

    beside: str

    def accept(self, value: str, place: Place) -> str:
        """Return the URL, or raise `SettingUnfit` or `PasswordInSettings`."""
        url = _split(value, place, beside=self.beside)
        is_private = url.scheme == "https" or _is_this_computer(url.hostname or "")
        is_http = url.scheme in {"http", "https"} and url.hostname
        if value and not (is_http and is_private and not url.username):
            raise _unfit(place, N_("https://host:port, or http:// on this computer"))
        return value


@dataclass(frozen=True, slots=True)
class ObjectId:
    """An OID in dotted form, such as 1.3.6.1.4.1, or nothing."""

    def accept(self, value: str, place: Place) -> str:
        """Return the OID, or raise `SettingUnfit`."""
        if value and not OID.fullmatch(value):
            raise _unfit(place, N_("an OID, such as 1.3.6.1.4.1.99999.1"))
        return value


@dataclass(frozen=True, slots=True)
class DatabaseUrl:
    """An SQLAlchemy URL; the password is `beside` it, a SQLite file beside the file."""

    beside: str

    def accept(self, value: str, place: Place) -> str:
        """Return the URL with an absolute path where it names a SQLite file."""
        url = _split(value, place, beside=self.beside)
        if not url.scheme:
            raise _unfit(
                place,
                N_("the URL of a database, such as sqlite:///dms.db"),
            )
        name = value.removeprefix(SQLITE)
        if name == value or not name or name.startswith((":", "file:")):
            return value
        return f"{SQLITE}{place.file.parent.absolute() / name}"


@dataclass(frozen=True, slots=True)
class Listed:
    """A table in which each key of the table `keys` stands in the list `known`."""

    keys: str
    known: str

    def accept(self, table: Table, place: Place) -> Table:
        """Return the table, or raise `SettingUnfit`."""
        known = getattr(table, self.known)
        for key in getattr(table, self.keys):
            if key not in known:
                raise SettingUnfit(
                    where=place.file,
                    name=f'{place.at(self.keys).key}."{key}"',
                    expected=N_("a file that trust.anchors names"),
                )
        return table


@dataclass(frozen=True, slots=True)
class SwitchedOn:
    """A table whose `switch` is on where its `choice` asks for more than `least`."""

    switch: str
    choice: str
    least: str

    def accept(self, table: Table, place: Place) -> Table:
        """Return the table, or raise `SettingUnfit`."""
        chosen = getattr(table, self.choice)
        if chosen != self.least and not getattr(table, self.switch):
            raise SettingUnfit(
                where=place.file,
                name=f"{place.at(self.switch).key} = false",
                expected=f'true ({place.at(self.choice).key} = "{chosen}")',
            )
        return table


@dataclass(frozen=True, slots=True)
class ProfileName:
    """The name of a mapping that is shipped, or the path of one that is not."""

    def accept(self, value: str, place: Place) -> str:
        """Return a name as it is, and a path as an absolute one."""
        if "/" not in value and not value.endswith(".toml"):
            return value
        return str(place.file.parent.absolute() / value)


@dataclass(frozen=True, slots=True)
class KeyPlace:
    """The path of a key file, or a PKCS#11 URI; the PIN is `beside` it."""

    beside: str

    def accept(self, value: str, place: Place) -> str:
        """Return a URI as it is, and a path as an absolute one."""
        if not value:
            raise _unfit(place, KEY_PLACE)
        if not is_token_uri(value):
            return str(place.file.parent.absolute() / value)
        if holds_pin(value):
            setting = f"{place.key.rpartition('.')[0]}.{self.beside}"
            raise PasswordInSettings(where=place.file, name=place.key, setting=setting)
        try:
            parse_token_uri(value)
        except ValueError as error:
            raise _unfit(place, KEY_PLACE) from error
        return value


@dataclass(frozen=True, slots=True)
class KeyNames:
    """Names of keys that can be typed, and none that is `taken` already."""

    taken: str

    def accept(self, table: Table, place: Place) -> Table:
        """Return the table, or raise `SettingUnfit`."""
        for name in table:  # type: ignore[attr-defined]  # only tables are checked
            if not KEY_NAME.fullmatch(name) or name == self.taken:
                raise _unfit(place.at(name), KEY_NAMED)
        return table


KEY_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,40}")
KEY_NAMED: Final = N_("called by letters, digits, - and _, and not default")

KEY_PLACE: Final = N_(
    "the path of a key file, or where a key on a token is, such as"
    " pkcs11:token=seal;object=seal-2026"
)


def _split(value: str, place: Place, *, beside: str) -> SplitResult:
    """Take a URL to pieces.  It is not shown in errors: it may hold a password."""
    try:
        url = urlsplit(value)
        _ = url.port  # reading it is what checks it
    except ValueError:
        raise _unfit(place, N_("a URL")) from None
    if url.password is not None or PASSWORD_PARAMETERS & parse_qs(url.query).keys():
        raise PasswordInSettings(where=place.file, name=place.key, setting=beside)
    return url


def _unfit(place: Place, expected: str) -> SettingUnfit:
    return SettingUnfit(where=place.file, name=place.key, expected=expected)
