"""Family: entities, document types and sheer numbers; none may cost time or memory."""

import gc
import tracemalloc

import pytest

from edoc_connector.errors import EnvelopeMalformed
from tests.support import builders
from tests.support.dialects import changed, received

QCVN = "http://www.mic.gov.vn/TBT/QCVN_102_2016"
PROLOG = '<?xml version="1.0" encoding="UTF-8"?>\n'
LAUGHS = "".join(f'<!ENTITY lol{n} "{f"&lol{n - 1};" * 10}">' for n in range(1, 10))


def with_type(declaration, subject):
    packet = changed(builders.packet(), PROLOG, f"{PROLOG}{declaration}")
    return changed(packet, ">UBND-VX<", f">{subject}<")


# Each is over in a moment; what grew with the square of its size would meet the time
# that any test of this project has.


@pytest.mark.parametrize(
    ("declaration", "subject"),
    [
        ('<!DOCTYPE edXML [<!ENTITY x "y">]>', "&x;"),
        ('<!DOCTYPE edXML [<!ENTITY x SYSTEM "file:///etc/passwd">]>', "&x;"),
        ('<!DOCTYPE edXML [<!ENTITY x SYSTEM "http://127.0.0.1:1/">]>', "&x;"),
        ('<!DOCTYPE edXML [<!ENTITY % x SYSTEM "file:///etc/passwd"> %x;]>', "a"),
        ('<!DOCTYPE edXML SYSTEM "http://127.0.0.1:1/x.dtd">', "a"),
        ('<!DOCTYPE edXML PUBLIC "a" "file:///etc/passwd">', "a"),
        ("<!DOCTYPE edXML>", "a"),
        (f'<!DOCTYPE edXML [<!ENTITY lol0 "lol">{LAUGHS}]>', "&lol9;"),
        ('<!DOCTYPE edXML [<!ATTLIST edXML x CDATA "y">]>', "a"),
    ],
)
def test_a_document_type_is_refused_whatever_it_declares(declaration, subject):
    with pytest.raises(EnvelopeMalformed, match="line 2: a document type"):
        received(with_type(declaration, subject))


def test_an_entity_in_an_attribute_is_refused():
    packet = with_type('<!DOCTYPE edXML [<!ENTITY x "y">]>', "a")
    packet = changed(packet, "<edXML:Subject>", '<edXML:Subject a="&x;">')

    with pytest.raises(EnvelopeMalformed, match="document type"):
        received(packet)


@pytest.mark.parametrize("place", ["<edXML:Subject>", "<edXML:Subject a='"])
def test_an_entity_nobody_declared_is_refused(place):
    packet = changed(
        builders.packet(),
        "<edXML:Subject>",
        f"{place}&nbsp;" + ("'>" if place.endswith("'") else ""),
    )

    with pytest.raises(EnvelopeMalformed, match="nbsp"):
        received(packet)


@pytest.mark.parametrize("number", ["#0", "#x1", "#xFFFE", "#xD800", "#1114112"])
def test_a_reference_to_what_is_no_character_is_refused(number):
    packet = changed(builders.packet(), ">UBND-VX<", f">&{number};<")

    with pytest.raises(EnvelopeMalformed):
        received(packet)


@pytest.mark.parametrize("depth", [300, 40_000, 100_000])
def test_deep_nesting_is_refused(depth):
    bomb = "<a>" * depth + "</a>" * depth
    packet = changed(builders.packet(), ">UBND-VX<", f">{bomb}<")

    with pytest.raises(EnvelopeMalformed):
        received(packet)


def test_a_million_attributes_are_refused():
    bomb = " ".join(f'a{number}=""' for number in range(1_000_000))
    packet = changed(builders.packet(), "<edXML:Subject>", f"<edXML:Subject {bomb}>")

    with pytest.raises(EnvelopeMalformed):
        received(packet)


def test_as_many_attributes_as_are_allowed_are_read_in_time():
    bomb = " ".join(f'a{number}=""' for number in range(40_000))
    packet = changed(builders.packet(), "<edXML:Subject>", f"<edXML:Subject {bomb}>")

    assert received(packet).envelope == builders.envelope()


def test_a_million_elements_are_refused():
    packet = changed(builders.packet(), ">UBND-VX<", ">" + "<a/>" * 1_000_000 + "<")

    with pytest.raises(EnvelopeMalformed, match="more than 50000 elements"):
        received(packet)


@pytest.mark.parametrize("filler", ["<a/>", "<!-- -->", "<edXML:To/>", "<Signature/>"])
def test_as_many_nodes_as_are_allowed_are_read_in_time(filler):
    packet = changed(
        builders.packet(), "<edXML:DueDate>", filler * 45_000 + "<edXML:DueDate>"
    )

    sender = received(packet).envelope.content.sender

    assert sender == builders.organization()


@pytest.mark.parametrize("filler", ["x", ">", "<", "&", "[CDATA[", "<![CDATA[", "<!--"])
def test_a_large_packet_of_nothing_is_refused_without_copies_of_it(filler):
    size = 30_000_000
    packet = b"<edXML><a>" + filler.encode() * (size // len(filler))
    gc.collect()

    tracemalloc.start()
    with pytest.raises(EnvelopeMalformed):
        received(packet)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 24_000_000


@pytest.mark.parametrize(
    "instruction", ['<?xml-stylesheet href="http://127.0.0.1:1/x.xsl"?>', "<?php x?>"]
)
@pytest.mark.parametrize("place", ["<edXML ", "<edXML:Subject>", "</edXML>"])
def test_a_processing_instruction_is_refused_wherever_it_stands(instruction, place):
    packet = changed(builders.packet(), place, instruction + place)

    with pytest.raises(EnvelopeMalformed, match="processing instruction"):
        received(packet)


def test_an_inclusion_is_refused():
    include = (
        '<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="/etc/passwd"/>'
    )
    packet = changed(builders.packet(), "<edXML:Subject>", f"{include}<edXML:Subject>")

    with pytest.raises(EnvelopeMalformed, match="XInclude"):
        received(packet)
