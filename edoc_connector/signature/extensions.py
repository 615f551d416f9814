"""What extensions of certificates, lists and answers hold, or that there is none."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final, Protocol, TypeVar

from cryptography import x509

ExtensionT = TypeVar("ExtensionT", bound=x509.ExtensionType)

GENERALIZED_TIME: Final = bytes((0x18, 15))
"""Tag and length of the only form that DER has for a second in UTC."""


class Extended(Protocol):
    """A certificate, a request, a list, an entry of one."""

    @property
    def extensions(self) -> x509.Extensions:
        """All extensions."""
        ...


def extension_of(owner: Extended, kind: type[ExtensionT]) -> ExtensionT | None:
    """Return the extension of this kind, or None.

    Raises one of `certificate.UNREADABLE` where they cannot be read.
    """
    try:
        return owner.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def archive_date(
    extensions: x509.Extensions, oid: x509.ObjectIdentifier
) -> datetime | None:
    """Return the time that is the value of ArchiveCutoff and of expiredCertsOnCRL."""
    try:
        value = extensions.get_extension_for_oid(oid).value
        assert isinstance(value, x509.UnrecognizedExtension)  # noqa: S101  (by its oid)
        text = value.value.removeprefix(GENERALIZED_TIME).decode("ascii")
        return datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC)
    except (x509.ExtensionNotFound, ValueError):
        return None
