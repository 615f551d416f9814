import pytest
from lxml import etree

from edoc_connector.envelope import xml
from edoc_connector.envelope.xml import (
    group,
    leaf,
    local_name,
    namespace,
    read_xml,
    render,
    shown,
    text_escape,
)
from edoc_connector.errors import EnvelopeMalformed, FieldInvalid

EVERY_ESCAPE = "a&b<c>d\"e'f\tg\nh\ri\u00e9\U0001f4c4"


def canonical(element):
    return etree.tostring(element, method="c14n", exclusive=True).decode()


def test_text_is_escaped_as_canonical_xml_does():
    element = etree.Element("a")
    element.text = EVERY_ESCAPE

    assert f"<a>{text_escape(EVERY_ESCAPE)}</a>" == canonical(element)


@pytest.mark.parametrize("character", ["\0", "\x01", "\x0b", "\ud800", "\ufffe"])
def test_a_character_xml_cannot_carry_is_refused_by_field_and_position(character):
    with pytest.raises(FieldInvalid) as caught:
        text_escape(f"ab{character}", "Subject")

    assert caught.value.details["field"] == "Subject"
    assert f"U+{ord(character):04X} at position 3" in caught.value.details["problem"]


def test_a_byte_order_mark_and_white_space_before_the_prolog_are_overlooked():
    root = read_xml(b'\xef\xbb\xbf\r\n <?xml version="1.0" encoding="utf-8"?><a/>')

    assert root.tag == "a"


def test_names_are_known_without_prefix_and_namespace():
    root = read_xml(b'<p:a xmlns:p="urn:x"><b/></p:a>')

    assert (local_name(root), namespace(root)) == ("a", "urn:x")
    assert (local_name(root[0]), namespace(root[0])) == ("b", "")


def test_an_error_names_its_line():
    with pytest.raises(EnvelopeMalformed, match=r"line 3: .*is closed by"):
        read_xml(b"<a>\n<b>\n</a>")


def test_nothing_at_all_is_no_xml():
    with pytest.raises(EnvelopeMalformed):
        read_xml(b"")


def test_comments_between_elements_are_overlooked():
    root = read_xml(b"<!-- x --><a><!-- y --><b>1</b> <!-- z --></a>")

    assert root.findtext("b") == "1"


def test_of_many_comments_in_values_it_is_always_the_first_that_is_told():
    crowd = "".join(f"<b{it}>1<!-- x --></b{it}>" for it in range(100))

    with pytest.raises(EnvelopeMalformed, match="the value of b0 is"):
        read_xml(f"<a>{crowd}</a>".encode())


def test_the_callers_own_processing_instruction_is_let_through():
    root = read_xml(b"<a><?mine 1?></a>", "mine")

    assert root[0].target == "mine"


def test_more_bytes_than_a_header_needs_are_refused(monkeypatch):
    monkeypatch.setattr(xml, "MAX_BYTES", 10)

    assert read_xml(b"<a>bcd</a>").text == "bcd"
    with pytest.raises(EnvelopeMalformed, match="11 bytes of XML"):
        read_xml(b"<a>bcde</a>")


def test_more_elements_or_attributes_than_a_header_needs_are_refused(monkeypatch):
    monkeypatch.setattr(xml, "MAX_ELEMENTS", 2)
    monkeypatch.setattr(xml, "MAX_ATTRIBUTES", 2)

    assert len(read_xml(b"<a b='' c = ''><d/></a>")) == 1
    with pytest.raises(EnvelopeMalformed, match="more than 2 elements"):
        read_xml(b"<a><b/><c/><d/></a>")
    with pytest.raises(EnvelopeMalformed, match="more than 2 attributes"):
        read_xml(b"<a b='' c = \"\" d=\n''/>")


@pytest.mark.parametrize("standalone", ["yes", "no"])
def test_an_entity_is_refused_whatever_the_declaration_says(standalone):
    prolog = f'<?xml version="1.0" standalone="{standalone}"?>'

    with pytest.raises(EnvelopeMalformed, match="Entity 'x' not defined"):
        read_xml(f"{prolog}<a>&x;</a>".encode())


def test_a_strangers_value_is_shown_short_and_printable():
    assert shown("a\x1b[2J\u202eb") == r"'a\x1b[2J\u202eb'"
    assert shown("x" * 61) == repr("x" * 60 + "…")


def test_empty_elements_are_left_out():
    element = group("a", leaf("b", ""), group("c", leaf("d", "")), leaf("e", "0"))

    assert "".join(render(element, prefix="p:", depth=1)) == (
        "  <p:a>\n    <p:e>0</p:e>\n  </p:a>\n"
    )


def test_values_are_written_trimmed():
    assert leaf("a", " \t\r\nb  c\n").text == "b  c"
