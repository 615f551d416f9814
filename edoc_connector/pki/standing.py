"""What must be true of the key that seals, beside that it can be read."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

from edoc_connector.clock import VIETNAM
from edoc_connector.errors import (
    N_,
    CertificateOutOfDate,
    KeyExposed,
    KeyOfAnother,
    KeyUnusable,
)
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.signature.binding import Binding
from edoc_connector.signature.certificate import read_certificate
from edoc_connector.token_uri import is_token_uri

OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO

NO_SIGNING: Final = N_(
    "the key usage of its certificate is neither digitalSignature nor nonRepudiation;"
    " ask your authority for one that may sign"
)


def key_problems(
    place: str, certificate: bytes, *, code: str, binding: Binding
) -> Iterator[KeyUnusable]:
    """Yield all that keeps this key from sealing for `code`, whatever the day."""
    yield from exposure(place)
    read = read_certificate(certificate)
    if not binding.belongs_to(read, OrganizationCode(code)):
        found = ", ".join(binding.owners(read)) or N_("no organisation")
        yield KeyOfAnother(path=place, found=found, code=code, read=binding.read)
    if not read.may_sign:
        yield KeyUnusable(path=place, problem=NO_SIGNING)


def exposure(place: str) -> Iterator[KeyExposed]:
    """Yield that others on this computer may use the key file, if they may."""
    if not is_token_uri(place) and Path(place).stat().st_mode & OTHERS:
        yield KeyExposed(path=place)


def check_dates(place: str, certificate: bytes, now: datetime) -> None:
    """Raise `CertificateOutOfDate` where nobody would believe a seal made now."""
    read = read_certificate(certificate)
    if not read.not_before <= now <= read.not_after:
        raise CertificateOutOfDate(
            path=place,
            since=day(read.not_before),
            until=day(read.not_after),
            today=day(now),
        )


def day(at: datetime) -> str:
    """Return the day it is in Vietnam."""
    return at.astimezone(VIETNAM).date().isoformat()
