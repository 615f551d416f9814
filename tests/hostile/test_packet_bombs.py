"""Family: entities, document types and sheer numbers; none may cost time or memory."""

import pytest

from edoc_connector.envelope.deviations.gather import MOST as MOST_DEVIATIONS
from edoc_connector.envelope.names import XINCLUDE
from edoc_connector.envelope.read import read
from edoc_connector.envelope.salvage import salvage
from edoc_connector.errors import EnvelopeMalformed, EnvelopeRefused, EnvelopeTooLarge
from tests.support import builders
from tests.support.bombs import (
    BOMBS,
    GIGABYTE,
    LAUGHS,
    MOST_MEGABYTES,
    SUBJECT,
    attributes,
    filled,
    gigabyte,
    holding,
    nested,
    with_type,
)
from tests.support.dialects import MAX_BYTES, changed, received
from tests.support.memory import growth

DOCUMENT = builders.packet()
NO_LIMIT = 2 * GIGABYTE

# Each is over in a moment; what grew with the square of its size would meet the time
# that any test of this project has.  Where one turn would not, there are several.


@pytest.mark.parametrize("name", BOMBS)
def test_no_bomb_takes_memory_when_it_is_read(name):
    bomb = BOMBS[name]()

    with growth() as grown, pytest.raises(EnvelopeRefused):
        read(bomb, max_bytes=NO_LIMIT)

    assert grown.megabytes < MOST_MEGABYTES


@pytest.mark.parametrize("name", [name for name in BOMBS if "GB" not in name])
def test_no_bomb_takes_memory_when_it_is_salvaged(name):
    bomb = BOMBS[name]()

    with growth() as grown:
        found = salvage(bomb, max_bytes=NO_LIMIT)

    assert found.problems
    assert grown.megabytes < MOST_MEGABYTES


# --- document types and entities ----------------------------------------------


@pytest.mark.parametrize("system", ["file:///etc/passwd", "http://127.0.0.1:1/"])
def test_an_external_entity_is_refused(system):
    declaration = f'<!DOCTYPE edXML [<!ENTITY x SYSTEM "{system}">]>'

    with pytest.raises(EnvelopeMalformed, match="line 2: a document type or entity"):
        received(with_type(declaration, "&x;"))


def test_a_parameter_entity_is_refused():
    declaration = '<!DOCTYPE edXML [<!ENTITY % x SYSTEM "file:///etc/passwd"> %x;]>'

    with pytest.raises(EnvelopeMalformed, match="line 2: a document type or entity"):
        received(with_type(declaration))


def test_an_internal_entity_is_refused():
    with pytest.raises(EnvelopeMalformed, match="line 2: a document type or entity"):
        received(with_type('<!DOCTYPE edXML [<!ENTITY x "y">]>', "&x;"))


@pytest.mark.parametrize("value", ['"y"', 'SYSTEM "file:///etc/passwd"'])
def test_an_entity_in_an_attribute_is_refused(value):
    packet = with_type(f"<!DOCTYPE edXML [<!ENTITY x {value}>]>")
    packet = changed(packet, SUBJECT, '<edXML:Subject a="&x;">')

    with pytest.raises(EnvelopeMalformed, match="line 2: a document type or entity"):
        received(packet)


@pytest.mark.parametrize(
    "declaration",
    [
        "<!DOCTYPE edXML>",
        '<!DOCTYPE edXML SYSTEM "http://127.0.0.1:1/x.dtd">',
        '<!DOCTYPE edXML PUBLIC "a" "file:///etc/passwd">',
        "<!DOCTYPE edXML [<!ELEMENT edXML ANY>]>",
        '<!DOCTYPE edXML [<!ATTLIST edXML x CDATA "y">]>',
        '<!DOCTYPE edXML [<!NOTATION x SYSTEM "y">]>',
        "<!DOCTYPE\tedXML\n[]>",
        "<!-- --><!DOCTYPE edXML>",
    ],
)
def test_a_dtd_is_refused_whatever_it_declares(declaration):
    with pytest.raises(EnvelopeMalformed, match="line 2: a document type or entity"):
        received(with_type(declaration))


def test_a_dtd_that_begins_after_the_files_is_refused():
    packet = DOCUMENT + b"<!DOCTYPE edXML>"

    with pytest.raises(EnvelopeMalformed, match="line 108: a document type or entity"):
        received(packet)


def test_a_billion_laughs_are_refused():
    declaration = f'<!DOCTYPE edXML [<!ENTITY lol0 "lol">{LAUGHS}]>'

    with pytest.raises(EnvelopeMalformed, match="line 2: a document type or entity"):
        received(with_type(declaration, "&lol9;"))


@pytest.mark.parametrize("place", [SUBJECT, "<edXML:Subject a='"])
def test_an_entity_nobody_declared_is_refused(place):
    end = "'>" if place.endswith("'") else ""
    packet = changed(DOCUMENT, SUBJECT, f"{place}&nbsp;{end}")

    with pytest.raises(EnvelopeMalformed, match=r"line \d+: .*nbsp"):
        received(packet)


def test_a_million_entities_nobody_declared_are_refused():
    with pytest.raises(EnvelopeMalformed, match="more than 50000 entities"):
        received(holding("&a;" * 1_000_000))


@pytest.mark.parametrize("number", ["#0", "#x1", "#xFFFE", "#xD800", "#1114112"])
def test_a_reference_to_what_is_no_character_is_refused(number):
    with pytest.raises(EnvelopeMalformed, match=r"line \d+: .*CharRef"):
        received(holding(f"&{number};"))


# --- numbers ------------------------------------------------------------------


def test_100000_nested_elements_are_refused():
    with pytest.raises(EnvelopeMalformed, match="more than 50000 elements"):
        received(nested(100_000))


@pytest.mark.parametrize("levels", [300, 40_000])
def test_elements_nested_deeper_than_any_packet_are_refused(levels):
    with pytest.raises(EnvelopeMalformed, match=r"line \d+: Excessive depth"):
        received(nested(levels))


def test_a_million_attributes_are_refused():
    with pytest.raises(EnvelopeMalformed, match="more than 8388608 bytes of XML"):
        received(attributes(1_000_000))
    with pytest.raises(EnvelopeMalformed, match="more than 50000 attributes"):
        received(attributes(100_000))


def test_as_many_attributes_as_are_allowed_are_read_in_time():
    for _ in range(10):
        assert received(attributes(40_000)).envelope == builders.envelope()


def test_an_attribute_that_stands_there_twice_is_refused():
    packet = changed(DOCUMENT, SUBJECT, '<edXML:Subject a="1" a="2">')

    with pytest.raises(EnvelopeMalformed, match=r"line \d+: Attribute a redefined"):
        received(packet)


def test_a_million_elements_are_refused():
    with pytest.raises(EnvelopeMalformed, match="more than 50000 elements"):
        received(holding("<a/>" * 1_000_000))


@pytest.mark.parametrize("filler", ["<a/>", "<!-- -->", "<edXML:To/>", "<Signature/>"])
def test_as_many_nodes_as_are_allowed_are_read_in_time(filler):
    sender = received(filled(filler, 45_000)).envelope.content.sender

    assert sender == builders.organization()


def test_1_gb_of_text_is_refused():
    with pytest.raises(EnvelopeTooLarge, match="allowed") as caught:
        read(gigabyte("edXML:Subject"), max_bytes=GIGABYTE)
    assert int(caught.value.details["size"]) > GIGABYTE

    with pytest.raises(EnvelopeMalformed, match="more than 8388608 bytes of XML"):
        read(gigabyte("edXML:Subject"), max_bytes=NO_LIMIT)


@pytest.mark.parametrize("filler", ["x", ">", "<", "&", "[CDATA[", "<![CDATA[", "<!--"])
def test_a_large_packet_of_nothing_is_refused_without_copies_of_it(filler):
    size = 30_000_000
    packet = b"<edXML><a>" + filler.encode() * (size // len(filler))

    with growth() as grown, pytest.raises(EnvelopeMalformed):
        received(packet)

    assert grown.megabytes < 24


# --- what is not looked at for ever -------------------------------------------


@pytest.mark.parametrize(
    "filler",
    [
        '<a b="c"/>',
        "<edXML:ResponseFor><edXML:Code> </edXML:Code></edXML:ResponseFor>",
        "<edXML:To><edXML:OrganId>null</edXML:OrganId></edXML:To>",
        "<Signature>a<Token/></Signature>",
        "<edXML:To><edXML:From>x</edXML:From><a/></edXML:To>",
    ],
)
def test_a_packet_of_ten_thousand_deviations_names_the_first_hundred(filler):
    found = salvage(filled(filler, 10_000), max_bytes=MAX_BYTES)

    assert 0 < len(found.deviations) <= MOST_DEVIATIONS + 1


def test_as_many_signatures_as_are_allowed_are_salvaged_in_time():
    for _ in range(2):
        found = salvage(
            filled("<Signature>a<b/></Signature>", 33_000), max_bytes=MAX_BYTES
        )

        assert "two signatures" in str(found.problems[0])
        assert found.envelope == builders.envelope()


def test_deviations_of_as_many_kinds_as_there_are_elements_come_to_an_end():
    many = "".join(f"<a{n} b='c'/>" for n in range(40_000))
    packet = changed(DOCUMENT, "<edXML:DueDate>", f"{many}<edXML:DueDate>")

    found = received(packet).deviations

    assert len(found) == MOST_DEVIATIONS + 1
    assert found[-1].kind == "more"


# --- what other readers would act upon ----------------------------------------


@pytest.mark.parametrize("place", ["<edXML ", SUBJECT, "</edXML>"])
def test_a_stylesheet_instruction_is_refused_wherever_it_stands(place):
    instruction = '<?xml-stylesheet href="http://127.0.0.1:1/x.xsl"?>'
    packet = changed(DOCUMENT, place, instruction + place)

    with pytest.raises(
        EnvelopeMalformed, match=r"line \d+: the processing instruction 'xml-styl"
    ):
        received(packet)


@pytest.mark.parametrize("instruction", ["<?php x?>", "<?xml-model href='x'?>"])
@pytest.mark.parametrize("place", ["<edXML ", SUBJECT, "</edXML>"])
def test_a_processing_instruction_is_refused_wherever_it_stands(instruction, place):
    packet = changed(DOCUMENT, place, instruction + place)

    with pytest.raises(EnvelopeMalformed, match=r"line \d+: the processing instruct"):
        received(packet)


@pytest.mark.parametrize("mark", ["<?edoc-run 0?>", "<?edoc-run?>", "<?edoc-runs?>"])
@pytest.mark.parametrize("place", [SUBJECT, "</edXML>", "</edXML:ContentTransferEnc"])
def test_the_mark_of_our_own_reader_cannot_be_forged(mark, place):
    packet = changed(DOCUMENT, place, mark + place)

    with pytest.raises(EnvelopeMalformed, match=r"<\?edoc-run is not"):
        received(packet)


@pytest.mark.parametrize("name", ["include", "fallback"])
@pytest.mark.parametrize("place", [SUBJECT, "  <edXML:edXMLEnvelope", "</edXML>"])
def test_xinclude_is_refused(name, place):
    include = f'<x:{name} xmlns:x="{XINCLUDE}" href="/etc/passwd" parse="text"/>'
    packet = changed(DOCUMENT, place, include + place)

    with pytest.raises(EnvelopeMalformed, match=r"line \d+: an XInclude element"):
        received(packet)


def test_a_schema_location_loads_nothing():
    """No test of this folder can open a connection; see `conftest.py`."""
    xsi = "http://www.w3.org/2001/XMLSchema-instance"
    packet = changed(
        DOCUMENT,
        "<edXML xmlns=",
        f'<edXML xmlns:xsi="{xsi}" xsi:schemaLocation="a http://127.0.0.1:1/a.xsd"'
        ' xml:base="file:///etc/" xmlns=',
    )

    assert received(packet).envelope == builders.envelope()
