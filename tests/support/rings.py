"""Key rings of a department, as settings would make them, without files."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from edoc_connector.errors import SettingsInvalid
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.pki.keys import FileKey
from edoc_connector.pki.request import subject
from edoc_connector.pki.ring import KeyRing, RingKey
from edoc_connector.signature.ports import SealKey
from tests.support.builders import SENT_AT
from tests.support.pki import DAY, certificate, p256_key, sealer


def key(
    code: str, number: int = 1, *, begins: float = -30, ends: float = 335
) -> FileKey:
    """A key of this body, valid for so many days around the day of the tests."""
    private = p256_key(number)
    issued = certificate(
        subject=subject(OrganizationCode(code), f"Cơ quan {code}"),
        key=private,
        not_before=SENT_AT + begins * DAY,
        not_after=SENT_AT + ends * DAY,
    )
    return sealer(private, issued)


class Drawer:
    """Where keys lie; who opens one anew gets what lies there then."""

    def __init__(self, **keys: FileKey | SettingsInvalid) -> None:
        self.keys: dict[str, Any] = keys
        self.opened: list[str] = []

    def open(self, name: str) -> RingKey:
        self.opened.append(name)
        found = self.keys[name]
        if isinstance(found, SettingsInvalid):
            return RingKey(name, f"{name}.pem", None, found)
        return RingKey(name, f"{name}.pem", found)

    def ring(self) -> KeyRing:
        """A ring of what lies there now, as a process makes it at its start."""
        return KeyRing(self.keys, self.open)


def ring_of_one(key: SealKey, name: str = "default") -> KeyRing:
    """A ring with one key that is open already."""
    return KeyRing([name], lambda it: RingKey(it, "", key))


def days(number: float) -> timedelta:
    return number * DAY
