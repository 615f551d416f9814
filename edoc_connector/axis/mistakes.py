"""What is wrong with an axis as a whole, where, and what to do about it.

A value of its own is checked where it is read; here is what several of them say
together: that the brokers are a tree, and that each code leads to one mailbox.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from edoc_connector.axis.description import Axis, Broker, Login, Node
from edoc_connector.errors import N_
from edoc_connector.model.organization_code import OrganizationCode

NO_ROOT: Final = N_("no broker is the root of the tree: leave out the parent of one")
TWO_ROOTS: Final = N_(
    "{first} has no parent either, and a tree has one root: name the parent of {broker}"
)
RING: Final = N_("the parents lead in a ring and never to the root: {ring}")
UNKNOWN: Final = N_("there is no broker {broker}; the brokers are: {known}")
NEAR: Final = N_("there is no broker {broker}; did you mean {near}?")
BROKER_TWICE: Final = N_("another broker is called {broker} already")
ADDRESS_TWICE: Final = N_("{first} has this address already")
ROOT_TWICE: Final = N_(
    "{root} is served by {first} already: leave it out at one of them"
)
ROOT_NESTED: Final = N_(
    "{root} lies below {outer}, which {first} serves, and what lies below a root is"
    " served by one broker: list at {first} what remains there in place of {outer}"
)
NO_LINK_PASSWORD: Final = N_(
    "its neighbour {neighbour} is reached by amqp://, where nobody signs in by"
    " certificate: give link_password here, or {neighbour} an address of amqps://"
)
ACCOUNT_TWICE: Final = N_("another node has the account {account} already")
CODE_TWICE: Final = N_(
    "{code} leads to the node {first} already: leave it out at one of them"
)
NOT_SERVED: Final = N_(
    "{code} lies under no root that {broker} serves ({roots}): add its root there"
)
SERVED_ELSEWHERE: Final = N_(
    "{code} lies under {root}, which {other} serves and {broker} does not: move the"
    " node there, or the root here"
)
ONE_PASSWORD: Final = N_(
    "who signs in by password has one: give password or password_hash, and not both"
)
NO_PASSWORD: Final = N_(
    "who signs in by certificate has no password: leave it out, or set login"
)


@dataclass(frozen=True, slots=True)
class Spot:
    """A table of the description: the `number`th of its name, from 0."""

    table: str
    number: int

    def said(self, field: str, because: str, **details: object) -> Said:
        """Return a mistake in one of its fields."""
        return Said(self, field, because, details)


@dataclass(frozen=True, slots=True)
class Said:
    """One mistake: where it stands, and what is wrong there.

    `field` is empty where it is all tables of the name together.
    """

    spot: Spot
    field: str
    because: str
    details: Mapping[str, object]


def mistakes(axis: Axis) -> Iterator[Said]:
    """Yield everything that is wrong with it."""
    for check in (_names, _tree, _roots, _links, _homes, _codes, _logins):
        yield from check(axis)


def _brokers(axis: Axis) -> Iterator[tuple[Spot, Broker]]:
    for number, broker in enumerate(axis.broker):
        yield Spot("broker", number), broker


def _nodes(axis: Axis) -> Iterator[tuple[Spot, Node]]:
    for number, node in enumerate(axis.node):
        yield Spot("node", number), node


def _names(axis: Axis) -> Iterator[Said]:
    names: set[str] = set()
    addresses: dict[str, str] = {}
    for spot, broker in _brokers(axis):
        if broker.name in names:
            yield spot.said("name", BROKER_TWICE, broker=broker.name)
        elif broker.address in addresses:
            first = addresses[broker.address]
            yield spot.said("address", ADDRESS_TWICE, first=first)
        names.add(broker.name)
        addresses.setdefault(broker.address, broker.name)


def _tree(axis: Axis) -> Iterator[Said]:
    roots = [broker.name for broker in axis.broker if not broker.parent]
    if not roots:
        yield Spot("broker", 0).said("", NO_ROOT)
    for spot, broker in _brokers(axis):
        if not broker.parent and broker.name != roots[0]:
            yield spot.said("parent", TWO_ROOTS, first=roots[0], broker=broker.name)
        elif broker.parent and broker.parent not in axis.brokers:
            yield _unknown(spot, "parent", broker.parent, axis.brokers)
        elif ring := _ring(axis.brokers, broker):
            yield spot.said("parent", RING, ring=" -> ".join(ring))


def _unknown(spot: Spot, field: str, name: str, known: Iterable[str]) -> Said:
    near = difflib.get_close_matches(name, known, n=1)
    if near:
        return spot.said(field, NEAR, broker=name, near=near[0])
    return spot.said(field, UNKNOWN, broker=name, known=", ".join(known))


def _ring(brokers: Mapping[str, Broker], broker: Broker) -> list[str]:
    """Return the way up from a broker that comes back to it, or nothing."""
    way = [broker.name]
    above = brokers.get(broker.parent)
    while above is not None and above.name not in way:
        way.append(above.name)
        above = brokers.get(above.parent)
    return [*way, broker.name] if above is broker else []


def _roots(axis: Axis) -> Iterator[Said]:
    served = _served(axis)
    seen: set[str] = set()
    for spot, broker in _brokers(axis):
        for root in broker.serves:
            words = _words(root)
            outer = _root_of(served, words.rpartition(".")[0])
            if words in seen:
                yield spot.said("serves", ROOT_TWICE, root=root, first=served[words][0])
            elif outer is not None:
                first, name = served[outer]
                yield spot.said(
                    "serves", ROOT_NESTED, root=root, outer=name, first=first
                )
            seen.add(words)


def _served(axis: Axis) -> dict[str, tuple[str, str]]:
    """Return who serves what is below each root, and how the root is written there."""
    served: dict[str, tuple[str, str]] = {}
    for broker in axis.broker:
        for root in broker.serves:
            served.setdefault(_words(root), (broker.name, root))
    return served


def _root_of(served: Mapping[str, object], words: str) -> str | None:
    """Return the root under which a code lies, by its words."""
    while words and words not in served:
        words = words.rpartition(".")[0]
    return words or None


def _words(code: str) -> str:
    return OrganizationCode(code).routing_words


def _links(axis: Axis) -> Iterator[Said]:
    for spot, broker in _brokers(axis):
        for other in axis.broker:
            is_linked = broker.name == other.parent or other.name == broker.parent
            is_open = other.address.startswith("amqp://")
            if is_linked and is_open and broker.link_password is None:
                yield spot.said("link_password", NO_LINK_PASSWORD, neighbour=other.name)


def _homes(axis: Axis) -> Iterator[Said]:
    accounts: set[str] = set()
    for spot, node in _nodes(axis):
        if node.account in accounts:
            yield spot.said("account", ACCOUNT_TWICE, account=node.account)
        if node.broker not in axis.brokers:
            yield _unknown(spot, "broker", node.broker, axis.brokers)
        accounts.add(node.account)


def _codes(axis: Axis) -> Iterator[Said]:
    served, homes = _served(axis), dict[str, str]()
    for spot, node in _nodes(axis):
        for field, code in _codes_of(node):
            words = _words(code)
            # An old writing of its own code is no other code.
            if homes.get(words, node.account) != node.account:
                yield spot.said(field, CODE_TWICE, code=code, first=homes[words])
            elif node.broker in axis.brokers:
                because = _astray(axis, served, node, code)
                if because is not None:
                    yield Said(spot, field, *because)
            homes.setdefault(words, node.account)


def _codes_of(node: Node) -> Iterator[tuple[str, str]]:
    yield from (("codes", code) for code in node.codes)
    yield from (("aliases", code) for code in node.aliases)


def _astray(
    axis: Axis, served: Mapping[str, tuple[str, str]], node: Node, code: str
) -> tuple[str, Mapping[str, object]] | None:
    """Say where a code would be looked for, if that is not at the node's broker."""
    root = _root_of(served, _words(code))
    broker = axis.brokers[node.broker]
    details: dict[str, object] = {"code": code, "broker": broker.name}
    if root is None:
        return NOT_SERVED, {**details, "roots": ", ".join(broker.serves)}
    other, written = served[root]
    if other == broker.name:
        return None
    return SERVED_ELSEWHERE, {**details, "root": written, "other": other}


def _logins(axis: Axis) -> Iterator[Said]:
    for spot, node in _nodes(axis):
        given = [it for it in (node.password, node.password_hash) if it is not None]
        if node.login is Login.PASSWORD and len(given) != 1:
            yield spot.said("password", ONE_PASSWORD)
        if node.login is Login.CERTIFICATE and given:
            yield spot.said("password", NO_PASSWORD)
