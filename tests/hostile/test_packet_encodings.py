"""Family: bytes that one reader takes for other characters than the next."""

import pytest

from edoc_connector.errors import EnvelopeMalformed, EnvelopeRefused
from tests.support import builders
from tests.support.dialects import changed, received

TEXT = builders.packet().decode()


BARE = TEXT.partition("?>\n")[2]
SAYS_SO = "it has NUL bytes or is UTF-16; UTF-8 is read"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
@pytest.mark.parametrize("text", [TEXT, BARE, TEXT.replace("UTF-8", "UTF-16")])
def test_utf_16_with_its_mark_is_refused(encoding, text):
    with pytest.raises(EnvelopeMalformed, match=SAYS_SO):
        received(text.encode(encoding))


@pytest.mark.parametrize(
    "encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"]
)
@pytest.mark.parametrize("text", [TEXT, BARE, TEXT.replace("UTF-8", "UTF-16")])
def test_utf_16_without_its_mark_is_refused(encoding, text):
    with pytest.raises(EnvelopeMalformed, match=SAYS_SO):
        received(text.encode(encoding))


@pytest.mark.parametrize("mark", [b"\xff\xfe", b"\xfe\xff", b"\xff\xfe\0\0"])
def test_utf_8_behind_the_mark_of_utf_16_is_refused(mark):
    with pytest.raises(EnvelopeMalformed, match=SAYS_SO):
        received(mark + TEXT.encode())


def test_utf_16_behind_the_mark_of_utf_8_is_refused():
    with pytest.raises(EnvelopeMalformed, match=SAYS_SO):
        received(b"\xef\xbb\xbf" + TEXT.encode("utf-16-le"))


def test_a_declaration_of_utf_16_over_utf_8_is_refused():
    packet = TEXT.replace("UTF-8", "UTF-16").encode()

    with pytest.raises(EnvelopeMalformed, match="it declares 'UTF-16'; only UTF-8"):
        received(packet)


def test_a_value_in_utf_16_is_refused():
    value = "UBND-VX".encode("utf-16-le")
    packet = builders.packet().replace(b">UBND-VX<", b">" + value + b"<")

    with pytest.raises(EnvelopeMalformed, match=SAYS_SO):
        received(packet)


@pytest.mark.parametrize("place", [0, 1, 60, 900, -10, -1])
def test_a_nul_byte_is_refused_wherever_it_stands(place):
    packet = builders.packet()
    place %= len(packet)

    with pytest.raises(EnvelopeMalformed, match=SAYS_SO):
        received(packet[:place] + b"\0" + packet[place:])


@pytest.mark.parametrize("count", [1, 100, 5000])
def test_nul_bytes_in_the_text_of_a_file_are_refused(count):
    packet = builders.packet().replace(b">JVBER", b">JVB" + bytes(count) + b"ER")

    with pytest.raises(EnvelopeRefused, match=r"NUL bytes|not base64"):
        received(packet)


def test_a_packet_in_utf_7_is_refused():
    packet = TEXT.replace("<", "+ADw-").replace(">", "+AD4-").encode("utf-7")

    with pytest.raises(EnvelopeMalformed, match=r"it begins with '\+.*, not with XML"):
        received(packet)


def test_a_declaration_of_utf_7_is_refused():
    packet = changed(builders.packet(), "UTF-8", "UTF-7")

    with pytest.raises(EnvelopeMalformed, match="it declares 'UTF-7'; only UTF-8"):
        received(packet)


def test_a_second_mark_of_utf_8_is_refused():
    with pytest.raises(EnvelopeMalformed):
        received(b"\xef\xbb\xbf\xef\xbb\xbf" + builders.packet())


@pytest.mark.parametrize(
    "encoding",
    ["UTF-7", "utf-16", "ISO-8859-1", "windows-1258", "ebcdic-cp-us", "\x1b[31m", ""],
)
def test_a_declared_encoding_other_than_utf_8_is_refused_by_name(encoding):
    packet = changed(builders.packet(), 'encoding="UTF-8"', f"encoding = '{encoding}'")

    with pytest.raises(EnvelopeMalformed, match="it declares"):
        received(packet)


def test_utf_7_without_a_declaration_is_only_text():
    packet = changed(builders.packet(), ">UBND-VX<", ">+ADw-script+AD4-<")

    assert received(packet).envelope.content.code.notation == "+ADw-script+AD4-"


@pytest.mark.parametrize("encoding", ["utf-8", "UTF8", "Utf-8"])
def test_utf_8_may_be_spelled_in_any_way(encoding):
    packet = changed(builders.packet(), 'encoding="UTF-8"', f'encoding="{encoding}"')

    assert received(packet).envelope == builders.envelope()


def test_a_packet_without_a_declaration_is_utf_8():
    packet = builders.packet().partition(b"?>")[2]

    assert received(packet).envelope == builders.envelope()


@pytest.mark.parametrize(
    "byte",
    [b"\0", b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf5\x80\x80\x80", b"\xc3"],
)
def test_bytes_that_are_no_utf_8_are_refused(byte):
    packet = builders.packet().replace(b">UBND-VX<", b">UBND" + byte + b"VX<")

    with pytest.raises(EnvelopeMalformed, match="UTF-8"):
        received(packet)


@pytest.mark.parametrize("byte", ["\x01", "\x0b", "\x1f", "\ufffe", "\uffff"])
def test_characters_outside_xml_are_refused(byte):
    packet = changed(builders.packet(), ">UBND-VX<", f">UBND{byte}VX<")

    with pytest.raises(EnvelopeMalformed):
        received(packet)


def test_a_message_about_a_hostile_value_is_short_and_printable():
    packet = changed(
        builders.packet(), "DocType>0<", "DocType>\u202e&#x9b;31m" + "x" * 3000 + "<"
    )

    with pytest.raises(EnvelopeMalformed) as caught:
        received(packet)

    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 200
