"""What fuzzing found (`make fuzz`); each stands here so that it does not come again."""

import base64

import pytest

from edoc_connector.envelope.deviations.gather import LONGEST
from edoc_connector.envelope.json_form import envelope_from_json
from edoc_connector.envelope.salvage import salvage
from edoc_connector.errors import EnvelopeJsonInvalid, EnvelopeMalformed
from edoc_connector.model.document import Unread
from tests.support import builders
from tests.support.dialects import (
    MAX_BYTES,
    carrying,
    changed,
    received,
    status_in,
    without,
)

LONG = "A" * 5000


def salvaged(packet):
    return salvage(packet, max_bytes=MAX_BYTES)


@pytest.mark.parametrize(
    "packet",
    [
        f"<{LONG}",
        f"<edXML><{LONG}>",
        f'<edXML {LONG}="" {LONG}=""/>',
        f"<edXML><{LONG}>a<!-- -->b</{LONG}></edXML>",
        "<edXML>\u1ed1\u1ed1<![CDATA[ob",
        "<edXML>\u202e<![CDATA[ob",
        "<edXML>\u009b31m<![CDATA[ob",
        "<edXML><\u200c>a<!-- -->b</\u200c></edXML>",
        "<edXML><a\u200d>",
    ],
)
def test_what_the_parser_says_of_a_packet_is_short_and_printable(packet):
    with pytest.raises(EnvelopeMalformed) as caught:
        received(packet.encode())

    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize("name", ["3", ":", "a:3", "::", "x:-", "a:b:c", ":\u00b7"])
def test_a_name_that_is_none_without_its_prefix_is_salvaged_without_one(name):
    packet = changed(builders.packet(), "<edXML:DueDate>", f"<{name}/><edXML:DueDate>")

    found = salvaged(packet)

    assert found.problems
    assert found.envelope == builders.envelope()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<edXML:DueDate>", f"<{LONG}/><edXML:DueDate>"),
        ("<edXML:DueDate>", f'<a {LONG}="b"/><edXML:DueDate>'),
        ("<edXML:Subject>", f'<edXML:Subject {LONG}="b">'),
        ("<edXML:Subject>", f'<edXML:Subject xmlns="urn:{LONG}">'),
        ("<edXML xmlns=", f'<edXML xmlns:a="urn:{LONG}" xmlns='),
        ("<edXML:DueDate>", f'<DueDate xmlns="urn:{LONG}"/><edXML:DueDate>'),
    ],
)
def test_a_deviation_quotes_no_more_than_a_line_has_room_for(old, new):
    packet = changed(builders.packet(), old, new)

    for deviation in salvaged(packet).deviations:
        assert len(deviation.where) <= LONGEST
        assert len(deviation.found) <= LONGEST


@pytest.mark.parametrize("opening", ["[", '{"a":', '{"document":', '{"trace":[['])
def test_json_of_any_depth_is_refused(opening):
    with pytest.raises(EnvelopeJsonInvalid):
        envelope_from_json(opening * 100_000)


@pytest.mark.parametrize(
    "nothing",
    [
        "<edXML:ResponseFor/>",
        "<edXML:ResponseFor> </edXML:ResponseFor>",
        "<edXML:ResponseFor><edXML:Code/></edXML:ResponseFor>",
        "<edXML:ResponseFor><edXML:OrganId>null</edXML:OrganId></edXML:ResponseFor>",
        "<edXML:ResponseFor><edXML:Subject>a</edXML:Subject></edXML:ResponseFor>",
    ],
)
def test_a_status_that_answers_nothing_is_refused(nothing):
    """It was read, but what was written of it was not."""
    packet = without(builders.packet(builders.status()), "ResponseFor")
    packet = changed(packet, "<edXML:StatusCode>", f"{nothing}<edXML:StatusCode>")

    with pytest.raises(EnvelopeMalformed, match="ResponseFor says nothing"):
        received(packet)


@pytest.mark.parametrize("prefix", ["cid:", "cid:cid:", "cid:cid:cid:", "cid: cid:"])
def test_a_content_id_is_the_same_after_it_was_written_again(prefix):
    packet = builders.packet().replace(b"cid:file", f"{prefix}file".encode())

    found = received(packet)

    again = builders.packet_of(found.envelope)
    assert received(again).envelope == found.envelope


@pytest.mark.parametrize("stamp", ["0001/01/01 00:00:00", "1/1/0001 06:59:59"])
def test_a_moment_before_the_first_in_utc_is_kept_as_text(stamp):
    """It could be held, and neither compared nor written in another zone."""
    packet = changed(builders.packet(builders.status()), "2026/11/23 08:30:00", stamp)

    assert status_in(packet).at == Unread(stamp)


def test_a_value_of_nothing_but_a_hard_space_is_a_value():
    """It is what is read, so it is neither missing nor empty."""
    packet = changed(builders.packet(), ">UBND-VX<", ">\u00a0<")

    found = received(packet)

    assert found.envelope.content.code.notation == "\u00a0"
    assert found.deviations == ()


def test_a_hard_space_beside_the_text_of_a_file_is_no_base64():
    text = base64.b64encode(bytes(9000))

    with pytest.raises(EnvelopeMalformed, match="more than one text"):
        received(carrying("\u00a0<![CDATA[".encode() + text + b"]]>"))


@pytest.mark.parametrize(
    "seal",
    [
        '<Signature xmlns="6">g</Signature>',
        '<Signature xmlns:a="6"><a:b>g</a:b></Signature>',
        '<Signature xmlns:a="b" a:c="d">g</Signature>',
        '<a:Signature xmlns:a="QCVN_102">&lt;g&#xD;</a:Signature>',
    ],
)
def test_a_signature_in_a_namespace_that_is_no_uri_is_kept(seal):
    """C14N knows no such namespace."""
    packet = builders.packet(seal=seal.encode())

    found = salvaged(packet)

    assert found.problems == ()
    assert found.seal is not None
    again = builders.packet(seal=found.seal_xml.encode())
    assert salvaged(again).seal_xml == found.seal_xml
    assert received(again).seal == found.seal
