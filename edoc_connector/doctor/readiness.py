"""All that would keep `edoc run` from starting, found without starting it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from edoc_connector.app.connector import register_of
from edoc_connector.app.inquiry import require_checker, revocation_of
from edoc_connector.app.post import rabbit_address
from edoc_connector.app.sites import key_of, ring_of
from edoc_connector.bus.tls import handshake_for
from edoc_connector.errors import (
    BusCertificate,
    CertificateOutOfDate,
    CertificateRevoked,
    CertificateUntrusted,
    KeyRevoked,
    SettingFileUnreadable,
    SettingsInvalid,
)
from edoc_connector.model.own_key import DEFAULT_KEY
from edoc_connector.own_storage import storage_of
from edoc_connector.parts import binding_of, policy_of
from edoc_connector.pki.certificates import load_anchors
from edoc_connector.pki.crl_files import check_crl_files
from edoc_connector.pki.ring import RingKey
from edoc_connector.pki.standing import check_dates, exposure, key_problems
from edoc_connector.pki.term import Term, term_of
from edoc_connector.secret import SecretReference
from edoc_connector.settings import KeySettings, Settings, all_keys
from edoc_connector.signature.certificate import read_certificate
from edoc_connector.signature.path import Anchor
from edoc_connector.signature.ports import Revocation
from edoc_connector.signature.proven import ask_revocation
from edoc_connector.signature.trust import check_trust
from edoc_connector.token_uri import is_token_uri

SOON: Final = timedelta(days=60)
"""An authority needs some weeks; a seal that lapsed stops the office in a minute."""


def problems(settings: Settings, now: datetime) -> Iterator[SettingsInvalid]:
    """Yield all that is wrong; what depends on something broken is not tried."""
    yield from _seal(settings, now)
    yield from _anchors(settings)
    yield from check_crl_files(settings.trust.revocation.crls)
    yield from _pdf(settings)
    yield from _axis(settings, now)
    yield from _register(settings)
    yield from _state(settings)


def refused_statements(settings: Settings) -> Iterator[SettingsInvalid]:
    """Yield what the register refuses of the mapping; nothing is changed there.

    Tried is what selects.  Raises `DmsUnavailable` where it does not answer.
    """
    dms = register_of(settings)
    try:
        for error in dms.trial():
            statement, problem = error.details["statement"], error.details["problem"]
            yield SettingsInvalid(where=f"dms.profile: {statement}", problem=problem)
    finally:
        dms.close()


def expiring_keys(settings: Settings, now: datetime) -> Iterator[Term]:
    """Yield the certificates of our keys that end soon."""
    keys = (it for it in ring_of(settings).keys if it.key)
    yield from _soon((term_of(it.opened.certificate, it.name) for it in keys), now)


def expiring_anchors(settings: Settings, now: datetime) -> Iterator[Term]:
    """Yield the certificates of authorities that end soon."""
    anchors = (
        it.der
        for name, paths in authorities(settings)
        for it in load_anchors(paths, setting=name)
    )
    yield from _soon(map(term_of, anchors), now)


def authorities(settings: Settings) -> Iterator[tuple[str, tuple[Path, ...]]]:
    """Yield the settings that name certificates of authorities, and the files."""
    yield "trust.anchors", settings.trust.anchors
    yield "trust.timestamp_anchors", settings.trust.timestamp_anchors


def trusts_nobody(settings: Settings, now: datetime) -> bool:
    """Whether the time is over, or not come, for which each authority is trusted."""
    return not any(it.is_trusted(now) for it in policy_of(settings).anchors)


def unanchored_keys(settings: Settings, now: datetime) -> Iterator[str]:
    """Yield the keys of which nobody will be asked whether they were revoked."""
    if settings.trust.revocation.check:
        anchors = policy_of(settings).anchors
        keys = (it for it in ring_of(settings).keys if it.key)
        yield from (it.name for it in keys if _is_unanchored(it, anchors, now))


def _is_unanchored(key: RingKey, anchors: tuple[Anchor, ...], now: datetime) -> bool:
    certificate = read_certificate(key.opened.certificate)
    if not certificate.not_before <= now <= certificate.not_after:
        return False  # another key serves, and nothing is asked about this one
    try:
        check_trust(certificate, anchors, now)
    except CertificateUntrusted:
        return True
    return False


def revoked_keys(settings: Settings, now: datetime) -> Iterator[KeyRevoked]:
    """Ask about every key of ours; who does not answer says nothing against it."""
    asked = revocation_of(settings.trust.revocation, lambda: now)
    if asked is None:
        return
    anchors = policy_of(settings).anchors
    for key in ring_of(settings).keys:
        if key.key and _is_revoked(key.key.certificate, asked, anchors, now):
            yield KeyRevoked(name=key.name, certificate=key.digest)


def _is_revoked(
    certificate: bytes,
    revocation: Revocation,
    anchors: tuple[Anchor, ...],
    now: datetime,
) -> bool:
    try:
        path = check_trust(read_certificate(certificate), anchors, now)
        ask_revocation(path, revocation, at=now, now=now, anchors=anchors)
    except CertificateUntrusted:
        return False
    except CertificateRevoked:
        return True
    return False


def _soon(terms: Iterable[Term], now: datetime) -> Iterator[Term]:
    yield from (it for it in dict.fromkeys(terms) if now <= it.until < now + SOON)


def _seal(settings: Settings, now: datetime) -> Iterator[SettingsInvalid]:
    """Yield what is wrong with each key; its dates, where no other key serves today."""
    dated: list[SettingsInvalid] = []
    kept_keys = all_keys(settings.seal)
    for name, kept in kept_keys.items():
        table = "seal" if name == DEFAULT_KEY else f"seal.keys.{name}"
        broken = [*_files(table, kept)]
        yield from broken
        if broken:
            continue
        found = [*_key(settings, kept, now)]
        dated += (it for it in found if isinstance(it, CertificateOutOfDate))
        yield from (it for it in found if not isinstance(it, CertificateOutOfDate))
    if len(dated) == len(kept_keys):
        yield from dated


def _files(table: str, kept: KeySettings) -> Iterator[SettingsInvalid]:
    yield from _file(f"{table}.key", _key_file(kept.key))
    yield from _file(f"{table}.module", kept.module)
    yield from _file(f"{table}.certificate", kept.certificate)
    yield from _secret(kept.password)


def _key(
    settings: Settings, kept: KeySettings, now: datetime
) -> Iterator[SettingsInvalid]:
    try:
        key = key_of(kept, careful=False)
    except SettingsInvalid as error:
        yield from exposure(kept.key)
        yield error
        return
    code, binding = settings.organization.code, binding_of(settings)
    yield from key_problems(kept.key, key.certificate, code=code, binding=binding)
    try:
        check_dates(kept.key, key.certificate, now)
    except CertificateOutOfDate as error:
        yield error


def _key_file(place: str) -> Path | None:
    return None if is_token_uri(place) else Path(place)


def _anchors(settings: Settings) -> Iterator[SettingsInvalid]:
    for name, paths in authorities(settings):
        for path in paths:
            try:
                load_anchors([path], setting=name)
            except SettingsInvalid as error:
                yield error


def _pdf(settings: Settings) -> Iterator[SettingsInvalid]:
    try:
        load_anchors(settings.pdf.anchors, setting="pdf.anchors")
        require_checker(settings)
    except SettingsInvalid as error:
        yield error


def _axis(settings: Settings, now: datetime) -> Iterator[SettingsInvalid]:
    """Yield what keeps us from signing in to the broker, as far as it is seen here."""
    axis = settings.axis
    if axis.certificate is None:
        yield from _secret(axis.password)
    yield from _secret(axis.key_password)
    try:
        handshake_for(rabbit_address(settings), now)
    except BusCertificate as error:
        told = {key: it for key, it in error.details.items() if key != "address"}
        yield SettingsInvalid(where="axis", **told)
    except SettingsInvalid:
        return  # the password, which was told above
    if axis.key is not None and axis.key.exists():
        yield from exposure(str(axis.key))


def _register(settings: Settings) -> Iterator[SettingsInvalid]:
    dms = settings.dms
    broken = [*_secret(dms.password)]
    yield from broken
    yield from _file("dms.url", _sqlite_file(dms.url))
    yield from _folder("dms.files", dms.files)
    try:
        if not broken:
            register_of(settings).close()
    except SettingsInvalid as error:
        yield error


def _state(settings: Settings) -> Iterator[SettingsInvalid]:
    broken = [*_secret(settings.state.database_password)]
    yield from broken
    try:
        if not broken:
            storage_of(settings).close()
    except SettingsInvalid as error:
        yield error


def _secret(reference: SecretReference | None) -> Iterator[SettingsInvalid]:
    try:
        if reference is not None:
            reference.read()
    except SettingsInvalid as error:
        yield error


def _file(name: str, path: Path | None) -> Iterator[SettingsInvalid]:
    try:
        if path is not None:
            path.open("rb").close()
    except OSError as error:
        yield SettingFileUnreadable(name=name, path=path, problem=error.strerror)


def _folder(name: str, path: Path | None) -> Iterator[SettingsInvalid]:
    try:
        if path is not None:
            next(path.iterdir(), None)
    except OSError as error:
        yield SettingFileUnreadable(name=name, path=path, problem=error.strerror)


def _sqlite_file(url: str) -> Path | None:
    """Return the file of a SQLite database, which the connector never makes itself."""
    try:
        parts = sa.make_url(url)
    except sa.exc.ArgumentError:
        return None
    name = parts.database or ""
    if parts.get_backend_name() != "sqlite" or not name or name.startswith(":"):
        return None
    return None if name.startswith("file:") else Path(name)
