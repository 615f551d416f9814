"""Where a key on a token is, as a PKCS#11 URI (RFC 7512) says it, and never its PIN."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import unquote, unquote_to_bytes

SCHEME: Final = "pkcs11:"
PINS: Final = ("pin-value", "pin-source")
TEXTS: Final = ("token", "serial", "object", "manufacturer", "model")
MOST_CHARACTERS: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenUri:
    """A private key by what its token and it are called; empty: anything fits."""

    text: str
    token: str = ""
    serial: str = ""
    manufacturer: str = ""
    model: str = ""
    slot_id: int | None = None
    object: str = ""
    id: bytes = b""
    module: Path | None = None

    def __str__(self) -> str:
        return self.text


def is_token_uri(text: str) -> bool:
    """Tell a URI from the path of a file."""
    return text[: len(SCHEME)].lower() == SCHEME


def holds_pin(text: str) -> bool:
    """Whether a PIN, or the place of one, stands in it."""
    return any(name in unquote(text).lower() for name in PINS)


def parse_token_uri(text: str) -> TokenUri:
    """Read a URI.  Raises `ValueError` where it names no one private key."""
    if not is_token_uri(text) or len(text) > MOST_CHARACTERS:
        raise ValueError("it is no PKCS#11 URI")
    if holds_pin(text):
        raise ValueError("a PIN does not belong there")
    path, _, query = text[len(SCHEME) :].partition("?")
    named, asked = _pairs(path, ";"), _pairs(query, "&")
    texts = {name: unquote(named.pop(name)) for name in TEXTS if name in named}
    uri = TokenUri(
        text=text,
        id=unquote_to_bytes(named.pop("id", "")),
        slot_id=_number(named.pop("slot-id", "")),
        module=_module(asked.pop("module-path", "")),
        **texts,
    )
    if named.pop("type", "private") != "private" or named or asked:
        raise ValueError("it names more than a private key on a token")
    if not uri.object and not uri.id:
        raise ValueError("it names neither object nor id")
    return uri


def _pairs(text: str, between: str) -> dict[str, str]:
    """Return what is named; nothing may be named twice (RFC 7512, 2.3)."""
    parts = [part.partition("=") for part in text.split(between) if part]
    pairs = {name: value for name, _, value in parts}
    if len(pairs) != len(parts):
        raise ValueError("something is named twice")
    return pairs


def _number(text: str) -> int | None:
    return int(text) if text else None


def _module(text: str) -> Path | None:
    if not text:
        return None
    path = Path(unquote(text))
    if not path.is_absolute():
        raise ValueError("module-path must be absolute")
    return path
