"""Mutations of the JSON of a packet: wrong kinds, huge numbers, depth, names twice."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from copy import deepcopy
from random import Random
from typing import Any, Final

from tests.support.fuzz_mutations import OF_BYTES

MOST_BYTES: Final = 400_000
VALUES: Final = (
    *(None, True, False, 0, -1, 1, 2, 7, 10**30, -(10**400), 1e308, 0.5, ""),
    *("x", "null", "H20", "01", "a" * 5000, "\u0000", "\u202e", "\U0010ffff", " a "),
    *([], {}, [None], [[]], {"text": "x"}, {"": {}}, {"text": 1}, ["a"] * 300),
    *("<ds:Signature/>", "</edXML:edXMLHeader>", "<Signature>x</Signature>", "<a>"),
    *("../../x", "CON", "a\nb", "UEsDBA==", "%", "ab" * 32, "application/zip"),
)
MOMENTS: Final = (
    *("2026-02-30", "2026-11-23", "0001-01-01", "9999-12-31", "2026-11-23T08:30:00"),
    *("2026-11-23T08:30:00Z", "0001-01-01T00:00:00+07:00", "0001-01-01T00:00:00Z"),
    *("0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59.999999-23:59", "24:00"),
    "2026-11-23T08:30:00.5+07:00:30",
)
LUMPS: Final = (
    b'"document":null,',
    b'"trace":[],',
    b'"\\ud800"',
    b'"\\udc00\\ud800"',
    b'"\xed\xa0\x80"',
    b"1e999",
    b"-0",
    b"NaN",
    b"Infinity",
    b"9" * 5000,
    b"[" * 3000,
    b'{"a":' * 3000,
    b"\xef\xbb\xbf",
    b"/* */",
    b"\0",
    b",",
)


def set_any(chance: Random, text: bytes) -> bytes:
    """Some value is another one."""

    def change(held: Any, key: Any) -> None:
        is_moment = isinstance(held[key], str) and held[key][:4].isdigit()
        values = MOMENTS if is_moment and chance.random() < 0.8 else VALUES
        held[key] = deepcopy(chance.choice(values))

    return _on_tree(chance, text, change)


def leave_out(chance: Random, text: bytes) -> bytes:
    """Some name, or some entry of a list, is missing."""
    return _on_tree(chance, text, lambda held, key: held.__delitem__(key))


def nest(chance: Random, text: bytes) -> bytes:
    """Some value stands in a list, or in many."""

    def put_deeper(held: Any, key: Any) -> None:
        for _ in range(chance.choice((1, 1, 2, 300))):
            held[key] = [held[key]]

    return _on_tree(chance, text, put_deeper)


def exchange(chance: Random, text: bytes) -> bytes:
    """Some value stands where another stood."""
    return _on_tree(
        chance, text, lambda held, key: held.__setitem__(key, _any_of(chance, text))
    )


def misname(chance: Random, text: bytes) -> bytes:
    """Some name is another one, or stands there twice."""

    def other_name(held: Any, key: Any) -> None:
        if isinstance(held, dict):
            held[chance.choice((key + "x", "", "document", "status"))] = held[key]

    return _on_tree(chance, text, other_name)


def put_in(chance: Random, text: bytes) -> bytes:
    """Something stands between two signs of JSON."""
    places = [n for n, sign in enumerate(text) if sign in b'{[,:"'] or [0]
    place = chance.choice(places) + 1
    return text[:place] + chance.choice(LUMPS) + text[place:]


def mutated(chance: Random, text: bytes, other: bytes) -> bytes:
    """Return the text after a few changes; `other` lends its end at times."""
    if chance.random() < 1 / 16:
        text = text[: chance.randint(0, len(text))] + other[-chance.randint(1, 400) :]
    for _ in range(chance.randint(1, 5)):
        family = chance.choice((MUTATIONS, MUTATIONS, MUTATIONS, OF_BYTES))
        text = chance.choice(family)(chance, text)[:MOST_BYTES]
    return text


def _any_of(chance: Random, text: bytes) -> Any:
    held, key = chance.choice(list(_places(json.loads(text))))
    return held[key]


def _on_tree(
    chance: Random, text: bytes, change: Callable[[Any, Any], object]
) -> bytes:
    try:
        tree = json.loads(text)
    except (ValueError, RecursionError):
        return text
    places = list(_places(tree))
    if not places:
        return text
    change(*chance.choice(places))
    try:
        return json.dumps(tree, ensure_ascii=chance.random() < 0.5).encode(
            errors="replace"
        )
    except RecursionError:
        return text


def _places(tree: Any) -> Iterator[tuple[Any, Any]]:
    """Yield every place of a value: what holds it, and its name or number there."""
    waiting = [tree]
    while waiting:
        held = waiting.pop()
        for key in _keys(held):
            yield held, key
            waiting.append(held[key])


def _keys(held: Any) -> Iterable[Any]:
    if isinstance(held, dict):
        return held
    return range(len(held)) if isinstance(held, list) else ()


MUTATIONS: Final = (set_any, set_any, leave_out, nest, exchange, misname, put_in)
