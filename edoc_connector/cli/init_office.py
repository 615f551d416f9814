"""`edoc init --into`: one organisation more for a connector that serves several."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from edoc_connector.cli.invocation import Invocation
from edoc_connector.errors import (
    N_,
    AlreadyThere,
    NotWritable,
    OfficeFirst,
    OfficesCollide,
    SettingsInvalid,
)
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.organizations import load_offices, office_files, office_of
from edoc_connector.pki.request import KeyKind, certificate_request, create_key

READY: Final = (
    N_("Ready: {folder}/{code}.toml. What is left to do:"),
    N_("1. Send {folder}/{code}.request.pem to your certification authority."),
    N_("   Put its answer in {folder}/{code}.certificate.pem"),
    N_("2. Have the operator of the axis add {code} to the codes of your account."),
)
UNREAD: Final = N_(
    '3. So that it is read, add to files under [organizations] in {common}: "{file}"'
)
CHECKED: Final = "{number}. edoc settings check {common}"
STARTED: Final = N_("{number}. Start the service anew.")


@dataclass(frozen=True, slots=True)
class Added:
    """An organisation that was added, and whether its file is among those read."""

    code: OrganizationCode
    file: Path
    is_read: bool


def tell_left(invocation: Invocation, added: Added, common: Path) -> None:
    """Say what is left to do."""
    said = {"folder": added.file.parent, "code": added.code, "common": common}
    steps = [*READY] if added.is_read else [*READY, UNREAD]
    for step in steps:
        invocation.tell(step, **said, file=_from(common, added.file))
    number = 3 if added.is_read else 4
    invocation.tell(CHECKED, number=number, common=common)
    invocation.tell(STARTED, number=number + 1)


def add_office(
    folder: Path, common: Path, values: Mapping[str, str], kind: KeyKind
) -> Added:
    """Write the file of one organisation with its key and request.

    Raises what its settings raise over the common ones, `OfficesCollide` where one of
    this code is served already, in whatever writing, and `OfficeFirst` where it would
    take the place of the first one; then nothing is there.
    """
    code = OrganizationCode(values["organization.code"])
    file, key = folder / f"{code}.toml", folder / f"{code}.key.pem"
    for path in (file, key):
        if path.exists():
            raise AlreadyThere(path=path)
    _require_new(common, code, file)
    is_read = _is_read(common, code, file)
    own = {
        **values,
        "seal.key": key.name,
        "seal.certificate": f"{code}.certificate.pem",
    }
    text = _written(own)
    settings = office_of(common, file, text).settings
    reference = settings.seal.password
    password = reference.read().value.encode() if reference else None
    draft = folder / f"{code}.draft"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft.write_text(text, encoding="utf-8")
        made = create_key(key, kind=kind, password=password)
        request = certificate_request(made, code=code, name=settings.organization.name)
        (folder / f"{code}.request.pem").write_bytes(request)
        draft.rename(file)
    except OSError as error:
        raise NotWritable(path=error.filename, problem=error.strerror) from error
    finally:
        with suppress(OSError):
            draft.unlink()
    return Added(code, file, is_read)


def _is_read(common: Path, code: OrganizationCode, file: Path) -> bool:
    """Return whether the file will be read, and never as the first of others."""
    files = office_files(common, file)
    others = [it for it in files if it != file]
    if others and files[0] == file:
        first = _from(common, others[0])
        raise OfficeFirst(where=common, code=code, first=first)
    return file in files


def _from(common: Path, file: Path) -> str:
    """Return a file as the common settings would name it."""
    folder, whole = common.parent.absolute(), file.absolute()
    return str(whole.relative_to(folder) if whole.is_relative_to(folder) else whole)


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
