"""`edoc axis check`: is a running broker as planned, and does it stand well."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import click

from edoc_connector.axis.definitions import definitions
from edoc_connector.axis.description import Axis
from edoc_connector.axis.differences import (
    Difference,
    State,
    Thing,
    differences,
    in_order,
)
from edoc_connector.axis.exchanges import exchanges
from edoc_connector.axis.queues import Table, queues
from edoc_connector.axis.reading import read_axis
from edoc_connector.axis.remedies import remedy
from edoc_connector.axis.standing import (
    alarms,
    comparable,
    features_missing,
    hidden,
    links_down,
    set_aside,
)
from edoc_connector.bus.address import RabbitAddress, Tls
from edoc_connector.bus.mailbox import differing
from edoc_connector.bus.management import Management, in_vhost
from edoc_connector.bus.passive import has_exchange, messages_in
from edoc_connector.checks import ManagementUrl
from edoc_connector.cli.axis_terms import in_options
from edoc_connector.cli.group import Command
from edoc_connector.cli.invocation import Invocation, pass_invocation
from edoc_connector.cli.output import print_json, print_table
from edoc_connector.errors import (
    N_,
    BrokerUnknown,
    BusRefused,
    ExitCode,
    PasswordInOption,
    PasswordInSettings,
)
from edoc_connector.secret import Secret, SecretReference
from edoc_connector.toml import Place

HERE: Final = Path("edoc axis check")


@click.command(
    cls=Command,
    help=N_(
        "Compare the running broker BROKER with the axis in FILE, and name each"
        " difference with its remedy: by its management plugin (--management), with"
        " links, alarms and what was set aside, or else by what the account may ask"
        " over AMQP. Changes nothing. Exit code 10 where something differs."
    ),
)
@click.argument(
    "file", metavar=N_("FILE"), type=click.Path(dir_okay=False, path_type=Path)
)
@click.argument("broker", metavar=N_("BROKER"))
@click.option(
    "--management",
    metavar="URL",
    help=N_("Its management plugin, such as http://127.0.0.1:15672."),
)
@click.option("--account", required=True, help=N_("Who asks."))
@click.option(
    "--password",
    metavar="REF",
    help=N_("The password of the account, as file:PATH or env:NAME."),
)
@click.option(
    "--certificate",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar=N_("FILE"),
    help=N_("Over AMQP: the certificate of the account, in place of a password."),
)
@click.option(
    "--key",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar=N_("FILE"),
    help=N_("Over AMQP: the key of the certificate."),
)
@click.option(
    "--key-password",
    metavar="REF",
    help=N_("Over AMQP: the password of the key, as file:PATH or env:NAME."),
)
@click.option(
    "--authorities",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar=N_("FILE"),
    help=N_("Over AMQP: the authorities of the broker; else those of the system."),
)
@click.option("--json", "as_json", is_flag=True, help=N_("JSON lines."))
@pass_invocation
def command(  # noqa: PLR0913  (one parameter per option)
    invocation: Invocation,
    *,
    file: Path,
    broker: str,
    management: str | None,
    account: str,
    password: str | None,
    certificate: Path | None,
    key: Path | None,
    key_password: str | None,
    authorities: Path | None,
    as_json: bool,
) -> ExitCode:
    """Print what differs, and what to do about it."""
    axis = read_axis(file)
    if broker not in axis.brokers:
        known = ", ".join(axis.brokers)
        raise BrokerUnknown(axis=file, name=broker, known=known)
    reference = _reference("--password", password)
    secret = reference.read() if reference else Secret("")
    if management:
        _require_private(management)
        asked = by_management(axis, broker, Management(management, account, secret))
    else:
        tls = Tls(
            certificate=certificate,
            key=key,
            key_password=_reference("--key-password", key_password),
            authorities=(authorities,) if authorities else (),
        )
        address = _address(axis, broker, account, secret, tls)
        asked = by_amqp(axis, broker, address, lambda it: _tell_unseen(invocation, it))
    found = in_options(lambda: in_order(asked))
    _print(invocation, axis, found, as_json=as_json)
    if not found:
        invocation.tell(AS_PLANNED if management else AS_PLANNED_SO_FAR)
    return ExitCode.ATTENTION if found else ExitCode.OK


def _reference(option: str, typed: str | None) -> SecretReference | None:
    if typed is None:
        return None
    try:
        return SecretReference.from_toml(typed, Place(HERE, option))
    except PasswordInSettings as error:
        raise PasswordInOption(option=option) from error


def _require_private(url: str) -> None:
    """Raise `SettingsInvalid` where a password would travel in the clear."""
    ManagementUrl("--password").accept(url, Place(HERE, "--management"))


def _address(
    axis: Axis, broker: str, account: str, secret: Secret, tls: Tls
) -> RabbitAddress:
    url = urlsplit(axis.brokers[broker].address)
    place = f"{url.scheme}://{account}@{url.netloc}/{axis.vhost}"
    return RabbitAddress.of_url(place, password=secret.value, tls=tls)


def by_management(axis: Axis, broker: str, api: Management) -> Iterator[Difference]:
    """Yield what differs from the plan, and what does not stand well."""
    vhost = axis.vhost
    found = api.get("definitions")
    here = api.get(in_vhost("queues", vhost)) or []
    # Those of the definitions lack their arguments for a while after a start.
    sections = comparable({**found, "queues": here}, vhost)
    yield from differences(definitions(axis, broker, hidden(axis)), sections, vhost)
    counts = {it["name"]: it.get("messages", 0) for it in here}
    yield from set_aside(axis, broker, counts)
    yield from links_down(axis, broker, api.get(in_vhost("shovels", vhost)) or [])
    yield from alarms(api.get("nodes") or [])
    yield from features_missing(api.get("feature-flags") or [])


def by_amqp(
    axis: Axis, broker: str, address: RabbitAddress, unseen: Callable[[str], None]
) -> Iterator[Difference]:
    """Yield what an account can see: what is missing, and how its own queues differ."""
    counts = {}
    for exchange in exchanges(axis, broker):
        name = str(exchange["name"])
        if not has_exchange(address, name, str(exchange["type"])):
            yield Difference(Thing.EXCHANGE, State.MISSING, name)
    for queue in queues(axis, broker):
        name = str(queue["name"])
        messages = messages_in(address, name)
        if messages is None:
            yield Difference(Thing.QUEUE, State.MISSING, name)
            continue
        counts[name] = messages
        yield from _arguments(address, queue, unseen)
    yield from set_aside(axis, broker, counts)


def _arguments(
    address: RabbitAddress, queue: Table, unseen: Callable[[str], None]
) -> Iterator[Difference]:
    name = str(queue["name"])
    arguments = queue["arguments"]
    assert isinstance(arguments, dict)  # noqa: S101  (for the type checker)
    try:
        for it in differing(address, name, arguments):
            planned, found = f"{it.name} = {it.wanted}", f"{it.name} = {it.found}"
            yield Difference(Thing.QUEUE, State.DIFFERENT, name, planned, found)
    except BusRefused:
        unseen(name)


UNSEEN: Final = N_("How {name} is made, this account may not ask")
AS_PLANNED: Final = N_("The broker is as planned")
AS_PLANNED_SO_FAR: Final = N_(
    "So far as this account may see, the broker is as planned; permissions, policies,"
    " links and alarms are seen with --management"
)

COLUMNS: Final = (
    N_("What"),
    N_("Difference"),
    N_("Planned"),
    N_("Found"),
    N_("What to do"),
)
STATES: Final = {
    State.MISSING: N_("missing"),
    State.ADDITIONAL: N_("not planned"),
    State.DIFFERENT: N_("different"),
}


def _tell_unseen(invocation: Invocation, name: str) -> None:
    invocation.tell(UNSEEN, name=name)


def _print(
    invocation: Invocation, axis: Axis, found: list[Difference], *, as_json: bool
) -> None:
    if as_json:
        print_json(_object(invocation, axis, it) for it in found)
    elif found:
        print_table(invocation, COLUMNS, (_row(invocation, axis, it) for it in found))


def _object(invocation: Invocation, axis: Axis, it: Difference) -> dict[str, str]:
    return {
        "thing": it.thing,
        "state": it.state,
        "name": it.name,
        "planned": it.planned,
        "found": it.found,
        "remedy": _cure(invocation, axis, it),
    }


def _row(invocation: Invocation, axis: Axis, it: Difference) -> tuple[str, ...]:
    state = invocation.text(STATES[it.state])
    what = f"{it.thing}: {it.name}"
    return what, state, it.planned, it.found, _cure(invocation, axis, it)


def _cure(invocation: Invocation, axis: Axis, it: Difference) -> str:
    message, gaps = remedy(it, axis.vhost)
    return invocation.text(message, **gaps)
