"""Our keys by their names in the settings, and what each is good for now."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from edoc_connector.errors import KeyUnknown, SettingsInvalid
from edoc_connector.model.identifiers import Digest
from edoc_connector.model.own_key import KeyState
from edoc_connector.signature.certificate import Certificate, read_certificate
from edoc_connector.signature.ports import SealKey


@dataclass(frozen=True, slots=True)
class RingKey:
    """One key: opened, or with the problem that keeps it from being used.

    `place` is where the settings say it is.
    """

    name: str
    place: str
    key: SealKey | None
    problem: SettingsInvalid | None = None

    @property
    def opened(self) -> SealKey:
        """The key itself.  Raises what is wrong with it."""
        if self.key is None:
            raise self.problem or KeyUnknown(name=self.name)
        return self.key

    @property
    def certificate(self) -> Certificate | None:
        """Its certificate, as far as it could be read."""
        return read_certificate(self.key.certificate) if self.key else None

    @property
    def digest(self) -> Digest:
        """SHA-256 of its certificate; empty where there is none."""
        certificate = self.certificate
        return certificate.digest if certificate else Digest("")

    def state(self, now: datetime, revoked: Collection[Digest] = ()) -> KeyState:
        """Return what it is good for now."""
        certificate = self.certificate
        if self.problem or certificate is None:
            return KeyState.UNUSABLE
        if certificate.digest in revoked:
            return KeyState.REVOKED
        if now > certificate.not_after:
            return KeyState.EXPIRED
        if now < certificate.not_before:
            return KeyState.NOT_YET_VALID
        return KeyState.READY


class KeyRing:
    """All keys of one site; threads may share it."""

    def __init__(
        self, names: Iterable[str], open_key: Callable[[str], RingKey]
    ) -> None:
        self._open = open_key
        self._keys = {name: open_key(name) for name in names}
        self._lock = Lock()
        self._missed: set[str] = set()

    @property
    def keys(self) -> tuple[RingKey, ...]:
        """All of them, as they were last opened, in the order of the settings."""
        return tuple(self._keys.values())

    @property
    def names(self) -> frozenset[str]:
        """What they are called."""
        return frozenset(self._keys)

    def find(self, name: str) -> RingKey | None:
        """Return the key of this name, if the settings have one."""
        return self._keys.get(name)

    def reopen(self, name: str) -> RingKey:
        """Read a key anew: its files may be others now."""
        with self._lock:
            self._keys[name] = self._open(name)
            return self._keys[name]

    def misses(self, name: str) -> bool:
        """Whether a key of this name is missed for the first time."""
        if name in self._missed:
            return False
        self._missed.add(name)
        return True

    def others(
        self, than: RingKey, now: datetime, revoked: Collection[Digest]
    ) -> tuple[RingKey, ...]:
        """Return the other keys that would serve now."""
        return tuple(
            key
            for key in self.keys
            if key.name != than.name and key.state(now, revoked) is KeyState.READY
        )
