"""`edoc init`: what a new site needs before its authority answers."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

import click

from edoc_connector.checks import BrokerUrl, DatabaseUrl, Filled, Identifier
from edoc_connector.cli.group import Command
from edoc_connector.cli.init_office import add_office, tell_left
from edoc_connector.cli.invocation import Invocation, pass_invocation
from edoc_connector.errors import N_, AlreadyThere, NotWritable, SettingsInvalid
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.pki.request import (
    KeyKind,
    account_request,
    certificate_request,
    create_key,
)
from edoc_connector.settings import load_text
from edoc_connector.toml import Check, Place

SETTINGS: Final = "edoc.toml"
KEY: Final = "seal.key.pem"
REQUEST: Final = "seal.request.pem"
AXIS_KEY: Final = "axis.key.pem"
AXIS_REQUEST: Final = "axis.request.pem"

NEXT: Final = (
    N_("Ready in {folder}. What is left to do:"),
    N_("1. Send {folder}/seal.request.pem to your certification authority."),
    N_("   Put its answer in {folder}/seal.certificate.pem"),
    N_("   and the authority's own certificate in {folder}/authority.pem"),
)
AFTERWARDS: Final = (
    N_("3. Read {folder}/edoc.toml and complete it; it explains every line."),
    "4. edoc settings check {folder}/edoc.toml",
    "5. edoc --settings {folder}/edoc.toml run",
)


BY_PASSWORD: Final = (
    N_("2. Write the password of the broker account without showing it:"),
    '   (umask 077; read -rs p; printf %s "$p" > {folder}/axis.password)',
)
BY_CERTIFICATE: Final = (
    N_("2. Send {folder}/axis.request.pem to the operator of the axis."),
    N_("   Put the answer in {folder}/axis.certificate.pem"),
    N_("   and the authority of the broker, if need be, in axis.authorities."),
)

ASSUMED: Final = N_(
    "Document database: {url} (dms.url), mapping: {profile} (dms.profile)"
)


class KeyType(StrEnum):
    """The families of keys, by the names people know."""

    RSA = "rsa"
    ECDSA = "ecdsa"
    ECDSA_P384 = "ecdsa-p384"


KINDS: Final = {
    KeyType.RSA: KeyKind.RSA_2048,
    KeyType.ECDSA: KeyKind.P_256,
    KeyType.ECDSA_P384: KeyKind.P_384,
}


@click.command(
    cls=Command,
    help=N_(
        "Prepare a new site in DIR: settings that explain themselves, a state folder, a"
        " key and a certificate request. Asks for what no option says. Overwrites"
        " nothing."
    ),
)
@click.argument("folder", metavar=N_("DIR"), type=click.Path(path_type=Path))
@click.option("--code", help=N_("Identifier of the organisation, such as H20.14."))
@click.option("--name", help=N_("Official name of the organisation."))
@click.option("--axis-url", help=N_("The broker: amqps://account@host:port/vhost."))
@click.option(
    "--dms-url",
    help=N_(
        "The document database, as an SQLAlchemy URL without a password; else"
        " sqlite:///dms.sqlite, and with --into sqlite:///CODE.sqlite."
    ),
)
@click.option(
    "--dms-profile",
    default="demo",
    show_default=True,
    help=N_("How that database is read: a shipped mapping, or a TOML file."),
)
@click.option(
    "--key-type",
    type=click.Choice([kind.value for kind in KeyType]),
    default=KeyType.RSA.value,
    show_default=True,
    help=N_("RSA-2048, ECDSA P-256 or ECDSA P-384."),
)
@click.option(
    "--password-file",
    type=click.Path(path_type=Path),
    metavar=N_("FILE"),
    help=N_("Encrypt the key with the password in this file."),
)
@click.option(
    "--into",
    "common",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar=N_("FILE"),
    help=N_("Add an organisation to the connector of these common settings."),
)
@pass_invocation
def command(  # noqa: PLR0913  (one parameter per option)
    invocation: Invocation,
    *,
    folder: Path,
    common: Path | None,
    code: str | None,
    name: str | None,
    axis_url: str | None,
    dms_url: str | None,
    dms_profile: str,
    key_type: KeyType,
    password_file: Path | None,
) -> None:
    """Collect the answers, create the site, and say what is left to do."""
    given = {"--code": code, "--name": name, "--axis-url": axis_url}
    asked = tuple(it for it in QUESTIONS if not (common and it.option == "--axis-url"))
    answered = answers(invocation, given, asked)
    # One in one file each: what two would read from one of them, both would send.
    own = answered["organization.code"] if common else "dms"
    dms_url = dms_url or f"sqlite:///{own}.sqlite"
    values = {
        **answered,
        "dms.url": accepted(DatabaseUrl("dms.password"), "--dms-url", dms_url),
        "dms.profile": dms_profile,
    }
    if password_file:
        values["seal.password"] = f"file:{password_file.absolute()}"
    kind = KINDS[KeyType(key_type)]
    if common:
        added = add_office(folder, common, values, kind)
        invocation.tell(ASSUMED, url=dms_url, profile=dms_profile)
        tell_left(invocation, added, common)
        return
    create(folder, values, kind)
    invocation.tell(ASSUMED, url=dms_url, profile=dms_profile)
    signing_in = BY_CERTIFICATE if needs_certificate(values) else BY_PASSWORD
    for line in (*NEXT, *signing_in, *AFTERWARDS):
        invocation.tell(line, folder=folder)


@dataclass(frozen=True, slots=True)
class Question:
    """What no default answers: the setting, its option, its words and its check."""

    setting: str
    option: str
    words: str
    check: Check


QUESTIONS: Final = (
    Question(
        "organization.code",
        "--code",
        N_("Identifier of the organisation"),
        Identifier(),
    ),
    Question("organization.name", "--name", N_("Name of the organisation"), Filled()),
    Question(
        "axis.url",
        "--axis-url",
        N_("Broker (amqps://account@host/vhost)"),
        BrokerUrl("axis.password"),
    ),
)


def answers(
    invocation: Invocation,
    given: Mapping[str, str | None],
    questions: Sequence[Question] = QUESTIONS,
) -> dict[str, str]:
    """Return what the options say, else what the person at the terminal answers."""
    missing = [it.option for it in questions if not given[it.option]]
    if missing and not sys.stdin.isatty():
        raise click.MissingParameter(param_hint=missing, param_type="option")
    return {it.setting: answer(invocation, it, given[it.option]) for it in questions}


def answer(invocation: Invocation, question: Question, given: str | None) -> str:
    """Return an answer that serves; a person is asked again until there is one."""
    if given:
        return accepted(question.check, question.option, given)

    def checked(text: str) -> str:
        try:
            return accepted(question.check, question.option, text)
        except SettingsInvalid as error:
            raise click.UsageError(invocation.reason(error)) from error

    words = invocation.text(question.words)
    found: str = click.prompt(words, value_proc=checked, err=True)
    return found


def accepted(check: Check, option: str, text: str) -> str:
    """Return the text as it was given, or raise `SettingsInvalid` with its option."""
    check.accept(text, Place(Path("edoc init"), option))
    return text


def needs_certificate(values: Mapping[str, str]) -> bool:
    """Whether the broker is elsewhere, so that no password goes to it."""
    return urlsplit(values["axis.url"]).scheme == "amqps"


def signing_in(values: Mapping[str, str]) -> Mapping[str, str]:
    """Return how the account is proven: the key of the axis is locked as the seal's."""
    if not needs_certificate(values):
        by_password = {"axis.password": "file:axis.password"}
        return {"axis.certificate": "", "axis.key": "", **by_password, **values}
    if "seal.password" in values:
        return {"axis.key_password": values["seal.password"], **values}
    return values


def create(folder: Path, values: Mapping[str, str], kind: KeyKind) -> None:
    """Write everything, or nothing that would be in the way of a second try."""
    for path in (folder / it for it in (SETTINGS, KEY, REQUEST, AXIS_KEY)):
        if path.exists():
            raise AlreadyThere(path=path)
    draft = folder / f"{SETTINGS}.draft"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        text = filled(example(), signing_in(values))
        settings = load_text(text, folder / SETTINGS)
        draft.write_text(text, encoding="utf-8")
        settings.state.folder.mkdir(mode=0o700, exist_ok=True)
        reference = settings.seal.password
        password = reference.read().value.encode() if reference else None
        key = create_key(Path(settings.seal.key), kind=kind, password=password)
        code = OrganizationCode(settings.organization.code)
        (folder / REQUEST).write_bytes(
            certificate_request(key, code=code, name=settings.organization.name)
        )
        if needs_certificate(values):
            axis_key = create_key(folder / AXIS_KEY, kind=kind, password=password)
            account = unquote(urlsplit(settings.axis.url).username or "")
            (folder / AXIS_REQUEST).write_bytes(account_request(axis_key, account))
        draft.rename(folder / SETTINGS)
    except OSError as error:
        raise NotWritable(path=error.filename, problem=error.strerror) from error
    finally:
        with suppress(OSError):
            draft.unlink()


def example() -> str:
    """Return the settings file that explains every key."""
    source = files("edoc_connector.examples") / "edoc.example.toml"
    return source.read_text(encoding="utf-8")


def filled(text: str, values: Mapping[str, str]) -> str:
    """Return the example with these values in the places of its own."""
    table = ""
    lines = []
    for line in text.splitlines():
        if line.startswith("["):
            table = line.strip("[]") + "."
        name, equals, _ = line.removeprefix("# ").partition(" = ")
        if equals and table + name in values:
            # A JSON text is a TOML text.
            value = json.dumps(values[table + name], ensure_ascii=False)
            lines.append(f"{name} = {value}")
        else:
            lines.append(line)
    return "\n".join(lines) + "\n"
