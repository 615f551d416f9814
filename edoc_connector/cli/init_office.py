"""`edoc init --into`: one organisation more for a connector that serves several."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from edoc_connector.errors import (
    N_,
    AlreadyThere,
    NotWritable,
    OfficesCollide,
    SettingsInvalid,
)
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.organizations import load_office, load_offices
from edoc_connector.pki.request import KeyKind, certificate_request, create_key

LEFT: Final = (
    N_("Ready: {folder}/{code}.toml. What is left to do:"),
    N_("1. Send {folder}/{code}.request.pem to your certification authority."),
    N_("   Put its answer in {folder}/{code}.certificate.pem"),
    N_("2. Have the operator of the axis add {code} to the codes of your account."),
    "3. edoc settings check {common}",
    N_("4. Start the service anew."),
)


def add_office(
    folder: Path, common: Path, values: Mapping[str, str], kind: KeyKind
) -> OrganizationCode:
    """Write the file of one organisation with its key and request; return its code.

    Raises what its settings raise over the common ones, and `OfficesCollide` where one
    of this code is served already, in whatever writing; then nothing is there.
    """
    code = OrganizationCode(values["organization.code"])
    file, key = folder / f"{code}.toml", folder / f"{code}.key.pem"
    for path in (file, key):
        if path.exists():
            raise AlreadyThere(path=path)
    _require_new(common, code, file)
    draft = folder / f"{code}.draft"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        own = {
            **values,
            "seal.key": key.name,
            "seal.certificate": f"{code}.certificate.pem",
        }
        draft.write_text(_written(own), encoding="utf-8")
        settings = load_office(common, draft).settings
        reference = settings.seal.password
        password = reference.read().value.encode() if reference else None
        made = create_key(key, kind=kind, password=password)
        request = certificate_request(made, code=code, name=settings.organization.name)
        (folder / f"{code}.request.pem").write_bytes(request)
        draft.rename(file)
    except OSError as error:
        raise NotWritable(path=error.filename, problem=error.strerror) from error
    finally:
        with suppress(OSError):
            draft.unlink()
    return code


def _require_new(common: Path, code: OrganizationCode, file: Path) -> None:
    try:
        served = load_offices(common).of(code)
    except SettingsInvalid:
        return  # nobody is there yet, or the others are wrong: settings check says so
    if served is not None:
        name = "organization.code"
        raise OfficesCollide(name=name, found=code, first=served.file, second=file)


def _written(values: Mapping[str, str]) -> str:
    """Return the settings as TOML, a table for each part."""
    tables: dict[str, list[str]] = {}
    for name, value in values.items():
        table, _, key = name.rpartition(".")
        # A JSON text is a TOML text.
        line = f"{key} = {json.dumps(value, ensure_ascii=False)}"
        tables.setdefault(table, []).append(line)
    return "\n".join(
        "\n".join([f"[{table}]", *lines, ""]) for table, lines in tables.items()
    )
