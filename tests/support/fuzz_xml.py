"""Mutations that know where an element begins and ends: most of what they make is XML.

Each takes a chance and a packet, and returns another packet.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from tests.support.fuzz_values import (
    ATTRIBUTES,
    NAMES,
    NAMESPACES,
    NODES,
    OF_ANY_KIND,
    OF_KIND,
    VALUES,
)

TOKEN: Final = re.compile(
    rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>|<[^<>]*>|[^<]+|<", re.DOTALL
)
TAG: Final = re.compile(rb"<(/?)([^\s/<>?!]+)([^<>]*?)(/?)>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Span:
    """An element: the numbers of its first token and of the one behind its last."""

    start: int
    end: int
    name: bytes


def tokens_of(packet: bytes) -> list[bytes]:
    """Take a packet apart into tags, texts and whatever else stands between them."""
    return TOKEN.findall(packet)


def spans_of(tokens: Sequence[bytes]) -> list[Span]:
    """Return the elements; tags that have no partner are none."""
    opened: list[tuple[int, bytes]] = []
    found: list[Span] = []
    for number, token in enumerate(tokens):
        tag = TAG.fullmatch(token)
        if tag is None:
            continue
        if tag[4]:
            found.append(Span(number, number + 1, tag[2]))
        elif not tag[1]:
            opened.append((number, tag[2]))
        elif opened and opened[-1][1] == tag[2]:
            start, name = opened.pop()
            found.append(Span(start, number + 1, name))
    return found


Change = Callable[[Random, list[bytes], list[Span]], list[bytes]]


def on_elements(change: Change) -> Callable[[Random, bytes], bytes]:
    """Make a mutation of a change that is done to tokens."""

    def mutate(chance: Random, packet: bytes) -> bytes:
        tokens = tokens_of(packet)
        spans = spans_of(tokens)
        return b"".join(change(chance, tokens, spans)) if spans else packet

    mutate.__name__ = change.__name__
    return mutate


def leave_out(chance: Random, tokens: list[bytes], spans: list[Span]) -> list[bytes]:
    """An element is missing."""
    span = chance.choice(spans)
    return [*tokens[: span.start], *tokens[span.end :]]


def repeat(chance: Random, tokens: list[bytes], spans: list[Span]) -> list[bytes]:
    """An element stands there twice, or very often."""
    span = chance.choice(spans)
    element = tokens[span.start : span.end]
    times = chance.choice((1, 1, 1, 2, 50, 5000))
    if len(element) * times > 50_000:
        times = 1
    return [*tokens[: span.end], *element * times, *tokens[span.end :]]


def swap(chance: Random, tokens: list[bytes], spans: list[Span]) -> list[bytes]:
    """Two elements change places, or one comes to stand in the other."""
    first, second = sorted(
        (chance.choice(spans), chance.choice(spans)), key=lambda span: span.start
    )
    if second.start < first.end:
        return move(chance, tokens, spans)
    return [
        *tokens[: first.start],
        *tokens[second.start : second.end],
        *tokens[first.end : second.start],
        *tokens[first.start : first.end],
        *tokens[second.end :],
    ]


def move(chance: Random, tokens: list[bytes], spans: list[Span]) -> list[bytes]:
    """An element stands somewhere else."""
    span = chance.choice(spans)
    element = tokens[span.start : span.end]
    rest = [*tokens[: span.start], *tokens[span.end :]]
    place = chance.randint(0, len(rest))
    return [*rest[:place], *element, *rest[place:]]


def nest(chance: Random, tokens: list[bytes], spans: list[Span]) -> list[bytes]:
    """An element stands in one of its own name, or in many."""
    span = chance.choice(spans)
    times = chance.choice((1, 1, 2, 100, 300))
    opening, closing = b"<" + span.name + b">", b"</" + span.name + b">"
    return [
        *tokens[: span.start],
        *[opening] * times,
        *tokens[span.start : span.end],
        *[closing] * times,
        *tokens[span.end :],
    ]


def rename(chance: Random, tokens: list[bytes], spans: list[Span]) -> list[bytes]:
    """An element has another name, or another prefix."""
    span = chance.choice(spans)
    prefix, _, own = span.name.rpartition(b":")
    if chance.random() < 0.3:
        prefix = chance.choice((b"", b"edXML", b"ds", b"e", b"xml", b"nobody"))
    else:
        own = chance.choice(NAMES).encode()
    name = (prefix + b":" if prefix else b"") + own
    changed = list(tokens)
    for place in {span.start, span.end - 1}:
        changed[place] = changed[place].replace(span.name, name, 1)
    return changed


def rename_all(chance: Random, tokens: list[bytes], spans: list[Span]) -> list[bytes]:
    """A prefix is another one everywhere, or none."""
    del spans
    old = chance.choice((b"edXML:", b"ds:", b"xmlns:edXML", b"xmlns"))
    new = chance.choice((b"", b"e:", b"edXML:", b"x:y:", b"xmlns:e"))
    return [token.replace(old, new) for token in tokens]


def set_value(chance: Random, tokens: list[bytes], spans: list[Span]) -> list[bytes]:
    """An element holds another value."""
    leaves = [span for span in spans if span.end - span.start in {2, 3}]
    if not leaves:
        return tokens
    span = chance.choice(leaves)
    own = span.name.rpartition(b":")[2].decode(errors="replace")
    of_kind = OF_KIND.get(own, OF_ANY_KIND)
    value = chance.choice(of_kind if chance.random() < 0.8 else OF_ANY_KIND).encode()
    return [*tokens[: span.start + 1], value, *tokens[span.end - 1 :]]


def insert_node(chance: Random, tokens: list[bytes], spans: list[Span]) -> list[bytes]:
    """Something stands where nothing did: a comment, an instruction, an entity."""
    del spans
    place = chance.randint(0, len(tokens))
    node = chance.choice(NODES) * chance.choice((1, 1, 1, 1, 3000))
    return [*tokens[:place], node, *tokens[place:]]


def insert_in_text(
    chance: Random, tokens: list[bytes], spans: list[Span]
) -> list[bytes]:
    """A value is cut by a comment, an instruction or an element."""
    del spans
    texts = [n for n, token in enumerate(tokens) if not token.startswith(b"<")]
    if not texts:
        return tokens
    number = chance.choice(texts)
    text = tokens[number]
    place = chance.randint(0, len(text))
    changed = text[:place] + chance.choice(NODES + VALUES) + text[place:]
    return [*tokens[:number], changed, *tokens[number + 1 :]]


def as_cdata(chance: Random, tokens: list[bytes], spans: list[Span]) -> list[bytes]:
    """A value, or many elements, stand in a CDATA section."""
    span = chance.choice(spans)
    inside = b"".join(tokens[span.start + 1 : span.end - 1])
    cdata = b"<![CDATA[" + inside + b"]]>"
    return [*tokens[: span.start + 1], cdata, *tokens[span.end - 1 :]]


def add_attribute(
    chance: Random, tokens: list[bytes], spans: list[Span]
) -> list[bytes]:
    """A tag has an attribute, or declares a namespace."""
    span = chance.choice(spans)
    attribute = chance.choice(ATTRIBUTES)
    if chance.random() < 0.3:
        attribute = b' xmlns="' + chance.choice(NAMESPACES).encode() + b'"'
    opening = tokens[span.start]
    at = len(opening) - (2 if opening.endswith(b"/>") else 1)
    changed = opening[:at] + attribute + opening[at:]
    return [*tokens[: span.start], changed, *tokens[span.start + 1 :]]


MUTATIONS: Final = tuple(
    map(
        on_elements,
        (
            leave_out,
            repeat,
            swap,
            move,
            nest,
            rename,
            rename_all,
            set_value,
            set_value,
            set_value,
            insert_node,
            insert_in_text,
            as_cdata,
            add_attribute,
        ),
    )
)
