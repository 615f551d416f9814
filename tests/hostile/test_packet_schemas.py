"""Family: packets that want the schemas to take for ever, to raise, or to load more."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edoc_connector.cli.schemas import Profile
from edoc_connector.envelope.names import EDXML
from edoc_connector.envelope.schema import MOST
from edoc_connector.envelope.schema_words import NOT_ALLOWED, TOO_LONG
from edoc_connector.errors import EnvelopeMalformed
from edoc_connector.language import Language, translate
from edoc_connector.model.stages import Kind
from tests.support.dialects import changed
from tests.support.profiles import problems, said, whole, with_text

LONG = 7_500_000
CROWDED = ["there are more elements side by side than can be checked"]
MOST_WORDS = 600

# Each is over in a second or two; what grew with the square of its size would meet the
# time that any test of this project has.


def crowded(element, count, before="<edXML:DocumentId>H20,"):
    packet = whole(Kind.EDOC)
    assert packet.count(before.encode()) > 0
    return packet.replace(before.encode(), (element * count + before).encode(), 1)


@pytest.mark.parametrize("profile", Profile)
@pytest.mark.parametrize(
    ("element", "count"),
    [
        ("<edXML:To/>", 90_000),
        ("<edXML:To/>\n", 45_000),
        ("<edXML:Subject>a</edXML:Subject>", 45_000),
        ("<edXML:To><edXML:OrganId/><edXML:OrganId/></edXML:To>", 15_000),
    ],
)
def test_elements_by_the_ten_thousand_are_refused_unchecked(element, count, profile):
    assert said(crowded(element, count), profile) == CROWDED


def test_as_many_as_are_checked_are_checked_in_time():
    wrong = crowded("<edXML:To/>\n", 13_500)

    assert len(said(wrong)) == MOST
    assert said(wrong, Profile.READING) == []


def test_the_communes_of_the_country_are_not_too_many_recipients():
    recipient = "<edXML:To><edXML:OrganId>H20</edXML:OrganId></edXML:To>\n"
    recipients = crowded(recipient, 4000, "<edXML:DocumentId>H20,2026/11/23")

    assert said(recipients) == []


@pytest.mark.parametrize("profile", Profile)
@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("Subject", "x"),
        ("Subject", "x "),
        ("OtherInfo/Appendixes/Appendix", "x "),
        ("DueDate", "2026/12/15 "),
        ("DueDate", "0"),
        ("TraceHeader/Timestamp", "2026/12/15 08:00:00"),
        ("DocumentType/Type", "9"),
        ("OtherInfo/PageAmount", "9"),
        ("Bussiness/BussinessDocType", "0"),
        ("OtherInfo/Direction", "true"),
        ("Reference/ContentId", "cid:"),
    ],
)
def test_a_value_of_megabytes_is_judged_in_a_moment(path, text, profile):
    packet = with_text(path, text * (LONG // len(text)))

    for problem in problems(packet, profile):
        assert problem.sentence.template in {NOT_ALLOWED, TOO_LONG}
        assert len(str(problem.sentence)) < MOST_WORDS


def test_names_of_any_length_are_told_short():
    packet = whole(Kind.EDOC)
    long = changed(packet, "<edXML:Subject>", f"<{'n' * 90}/><edXML:Subject>")

    (told,) = said(long)

    assert told == f"where {'n' * 60}… stands, Subject must be"


@pytest.mark.parametrize("profile", Profile)
def test_a_schema_that_the_packet_names_is_not_loaded(profile, tmp_path):
    other = tmp_path / "other.xsd"
    other.write_text(f"<x>{' ' * 5_000_000}</x>")
    hints = f"{EDXML} {other.as_uri()} urn:x http://127.0.0.1:1/x.xsd"
    xsi = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    locations = f'xsi:schemaLocation="{hints}" xsi:noNamespaceSchemaLocation="{other}"'
    packet = whole(Kind.EDOC).replace(b"<edXML ", f"<edXML {xsi} {locations} ".encode())
    said(packet, profile)  # our own schema is read now, if it was not before

    before = bytes_read()
    assert said(packet, profile) == []
    assert bytes_read() - before < 1_000_000

    other.read_bytes()
    assert bytes_read() - before > 1_000_000


def bytes_read():
    """What this process has read from anywhere, as the kernel counts it."""
    with open("/proc/self/io", encoding="ascii") as file:  # noqa: PTH123
        return int(file.readline().partition(":")[2])


@given(
    st.sampled_from(Kind),
    st.lists(st.tuples(st.integers(0), st.binary(max_size=6)), max_size=6),
)
def test_no_packet_makes_the_schemas_raise(kind, changes):
    packet = whole(kind)
    for place, bytes_ in changes:
        at = place % len(packet)
        packet = packet[:at] + bytes_ + packet[at + len(bytes_) :]

    for profile in Profile:
        try:
            found = problems(packet, profile)
        except EnvelopeMalformed:
            continue
        assert len(found) <= MOST
        for problem in found:
            sentence = problem.sentence
            told = translate(sentence.template, Language.VIETNAMESE, **sentence.details)
            assert 0 < len(told) < MOST_WORDS
            assert 0 < len(str(sentence)) < MOST_WORDS
            assert problem.path
            assert problem.line
