"""What is remembered of shapes changes nothing of what is found."""

import pytest
from lxml import etree

from edoc_connector.envelope.deviations import form, shapes
from edoc_connector.envelope.deviations.gather import deviations, of_all
from edoc_connector.envelope.packet import open_packet
from edoc_connector.envelope.read import read
from edoc_connector.model.deviations import Departure
from tests.support import builders, golden
from tests.support.departures import with_change

MOST_BYTES = 1 << 24

DUE = "<edXML:DueDate>2026/12/15</edXML:DueDate>"

SEAL = (
    b'<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignatureValue>'
    b'QUJD</ds:SignatureValue><Said xmlns="urn:s"><a/></Said></ds:Signature>'
)

NAMES = ("usual", "every-field", "status", "status-bare")


@pytest.fixture(autouse=True)
def nothing_known(monkeypatch):
    monkeypatch.setattr(shapes, "_PLANS", {})


def elements_of(body):
    """What departs in the elements, by what is remembered and without it."""
    received = read(body, max_bytes=MOST_BYTES)
    packet = open_packet(body, max_bytes=MOST_BYTES)
    root, content = packet.skeleton.root, received.envelope.content
    expected = [*form.of_root(root), *of_all(root, content)]
    return list(deviations(b"<?xml", root, content)), expected


def changed_values():
    usual = builders.packet().decode()
    texts = [it.partition("<")[0] for it in usual.split(">") if it.partition("<")[0]]
    texts = [it for it in dict.fromkeys(texts) if it.strip() and len(it) < 300]
    for text in texts:
        for other in (f" {text}", "x" * 700, "31/12/2026", "-1", "null", "e\u0301"):
            if usual.count(f">{text}</edXML:") == 1:
                yield f">{text}</edXML:", f">{other}</edXML:"


@pytest.mark.parametrize("name", NAMES)
def test_of_what_we_write_values_are_looked_at_and_nothing_else(name):
    body = (golden.FOLDER / f"{name}.edxml").read_bytes()

    assert elements_of(body) == ([], [])
    (plan,) = shapes._PLANS.values()
    assert plan is not None
    assert elements_of(body) == ([], [])


def test_a_value_departs_alike_whether_its_shape_is_known_or_not():
    elements_of(builders.packet())
    tried = 0

    for old, new in changed_values():
        body = with_change(old, new)
        try:
            found, expected = elements_of(body)
        except Exception:  # noqa: BLE001, S112  (nobody reads it at all)
            continue
        tried += 1
        assert set(found) == set(expected), (old, new)

    assert tried > 100


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<edXML:Subject>", "<edXML:Subject a='b'>"),
        ("<edXML:Subject>", "<x/><edXML:Subject>"),
        (DUE, "<DueDate>2026/12/15</DueDate>"),
        (DUE, DUE.replace("DueDate", "Duedate")),
    ],
)
def test_what_departs_in_form_is_looked_at_whole_each_time(old, new):
    body = with_change(old, new)

    first, second = elements_of(body), elements_of(body)

    assert first == second
    assert set(first[0]) == set(first[1]) != set()
    assert set(shapes._PLANS.values()) == {None}


def test_a_comment_is_told_each_time_and_spoils_no_shape():
    body = builders.packet(seal=SEAL)
    inside = builders.packet(seal=SEAL.replace(b"<Said", b"<!-- c --><Said"))
    outside = body.replace(b"<edXML:Subject>", b"<!-- c --><edXML:Subject>")

    for _ in range(2):
        for commented in (inside, outside):
            found, expected = elements_of(commented)
            assert found == expected
            assert [it.kind for it in found] == [Departure.COMMENTS]
        assert elements_of(body) == ([], [])
    assert None not in shapes._PLANS.values()


def test_what_is_in_a_seal_makes_no_shape_of_its_own():
    body = builders.packet(seal=SEAL)
    other = builders.packet(seal=SEAL.replace(b"Said", b"Other"))

    assert elements_of(body) == elements_of(other) == ([], [])
    assert len(shapes._PLANS) == 1


def test_what_stands_behind_a_seal_is_looked_at():
    for seal in (SEAL, SEAL + b"<edXML:Signature/>"):
        body = builders.packet(seal=seal + b"<edXML:a>b</edXML:a>")

        for _ in range(2):
            found, expected = elements_of(body)
            assert set(found) >= set(expected) != set()


def test_an_empty_value_is_another_shape():
    elements_of(builders.packet())

    found, _ = elements_of(with_change(DUE, DUE.replace("2026/12/15", " ")))

    assert Departure.EMPTY_ELEMENT in [it.kind for it in found]
    assert len(shapes._PLANS) == 2


def test_no_packet_is_kept_for_its_shape():
    elements_of(builders.packet())

    ((shape, plan),) = shapes._PLANS.items()
    held = [*shape, *(it for node in shape if isinstance(node, tuple) for it in node)]
    held += [it for spot in (*plan.leaves, plan.message) for it in spot]
    assert not [it for it in held if isinstance(it, etree._Element)]


def test_there_is_an_end_to_the_shapes_that_are_known(monkeypatch):
    monkeypatch.setattr(shapes, "MOST_SHAPES", 2)
    for number in range(5):
        elements_of(with_change("<edXML:Subject>", f"{'<x/>' * number}<edXML:Subject>"))

    assert len(shapes._PLANS) <= 2


def test_what_has_no_end_is_no_shape():
    strangers = "<x/>" * shapes.MOST_NODES

    elements_of(with_change("<edXML:Subject>", f"{strangers}<edXML:Subject>"))

    assert shapes._PLANS == {}


def test_what_has_a_crowd_of_attributes_is_no_shape():
    crowd = " ".join(f"a{number}='1'" for number in range(5))

    elements_of(with_change("<edXML:Subject>", f"<edXML:Subject {crowd}>"))

    assert shapes._PLANS == {}


def test_a_shape_that_somebody_made_long_is_not_remembered():
    body = with_change("<edXML:Subject>", f'<edXML:Subject was="{"x" * 200_000}">')

    found, expected = elements_of(body)

    assert set(found) == set(expected)
    assert shapes._PLANS == {}
