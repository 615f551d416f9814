"""All that would keep `edoc run` from starting, found without starting it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from edoc_connector.app import key_of, register_of, storage_of
from edoc_connector.errors import SettingFileUnreadable, SettingsInvalid
from edoc_connector.pki.certificates import load_anchors
from edoc_connector.pki.crl_files import check_crl_files
from edoc_connector.pki.standing import day, exposure, key_problems
from edoc_connector.secret import SecretReference
from edoc_connector.settings import Settings
from edoc_connector.signature.certificate import read_certificate
from edoc_connector.token_uri import is_token_uri

SOON: Final = timedelta(days=30)
"""An authority needs some weeks; a seal that lapsed stops the office in a minute."""


def problems(settings: Settings, now: datetime) -> Iterator[SettingsInvalid]:
    """Yield all that is wrong; what depends on something broken is not tried."""
    yield from _seal(settings, now)
    yield from _anchors(settings)
    yield from check_crl_files(settings.trust.revocation.crls)
    yield from _secret(settings.axis.password)
    yield from _register(settings)
    yield from _state(settings)


def expiry(settings: Settings, now: datetime) -> str:
    """Return the last day of a certificate that ends soon, or nothing."""
    until = read_certificate(key_of(settings).certificate).not_after
    return day(until) if until - now < SOON else ""


def _seal(settings: Settings, now: datetime) -> Iterator[SettingsInvalid]:
    seal = settings.seal
    broken = [
        *_file("seal.key", _key_file(seal.key)),
        *_file("seal.module", seal.module),
        *_file("seal.certificate", seal.certificate),
        *_secret(seal.password),
    ]
    yield from broken
    if broken:
        return
    try:
        key = key_of(settings, careful=False)
    except SettingsInvalid as error:
        yield from exposure(seal.key)
        yield error
    else:
        code = settings.organization.code
        yield from key_problems(seal.key, key.certificate, code=code, now=now)


def _key_file(place: str) -> Path | None:
    return None if is_token_uri(place) else Path(place)


def _anchors(settings: Settings) -> Iterator[SettingsInvalid]:
    for anchor in settings.trust.anchors:
        try:
            load_anchors([anchor])
        except SettingsInvalid as error:
            yield error


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
