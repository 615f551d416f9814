"""A packet whose outline is known says what it says to a parser, and no less."""

import gc

import pytest
from lxml import etree

from edoc_connector.envelope import known, outline
from edoc_connector.envelope.known import recognised
from edoc_connector.envelope.read import read
from edoc_connector.envelope.skeleton import RUN_BYTES, TAG_BYTES
from edoc_connector.envelope.written import MOST_LETTERS, MOST_TAGS, written
from edoc_connector.envelope.xml import MAX_ATTRIBUTES, MAX_BYTES
from edoc_connector.errors import EnvelopeRefused
from edoc_connector.model.deviations import Departure
from tests.support import builders, golden
from tests.support.departures import with_change
from tests.support.dialects import changed

MOST_BYTES = 1 << 24

DUE = "<edXML:DueDate>2026/12/15</edXML:DueDate>"

SEAL = (
    b'<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignatureValue>'
    b'QUJD</ds:SignatureValue><Said xmlns="urn:s"><a/></Said></ds:Signature>'
)

SEALED = builders.packet(seal=SEAL)

NAMES = ("usual", "every-field", "status", "status-bare")


@pytest.fixture(autouse=True)
def nothing_known(monkeypatch):
    monkeypatch.setattr(known, "_OUTLINES", {})
    monkeypatch.setattr(known, "_COME", set())


def said_by(body):
    """All that is read of a packet, or what is wrong with it."""
    try:
        received = read(body, max_bytes=MOST_BYTES)
    except EnvelopeRefused as error:
        return type(error), error.details
    content = received.envelope.content
    files = [
        b"".join(received.contents.chunks(it))
        for it in getattr(content, "attachments", ())
    ]
    return received.envelope, received.seal, received.deviations, files


def parsed(body):
    """The same, by a parser."""
    learnt, known._OUTLINES = known._OUTLINES, {}
    try:
        return said_by(body)
    finally:
        known._OUTLINES = learnt


def is_known(body):
    taken_apart = written(body)
    return taken_apart is not None and recognised(body, taken_apart) is not None


def learn(body):
    for _ in range(2):
        read(body, max_bytes=MOST_BYTES)
    assert is_known(body)


def changed_values():
    usual = SEALED.decode()
    texts = [it.partition("<")[0] for it in usual.split(">") if it.partition("<")[0]]
    texts = [it for it in dict.fromkeys(texts) if it.strip() and len(it) < 300]
    others = ("x" * 700, "31/12/2026", "-1", "null", "e\u0301", "a" + "\u0301" * 40)
    marks = ("&amp;lt; &gt;", "&#65;", "&nobody;", "a\r\nb", "\x07", "\ufffe", "a>b")
    for text in texts:
        for other in (f" {text}", f"{text}\n\n", *others, *marks, "<![CDATA[x]]>"):
            if usual.count(f">{text}</edXML:") == 1:
                yield f">{text}</edXML:", f">{other}</edXML:"


@pytest.mark.parametrize("name", NAMES)
def test_of_what_we_write_the_third_is_not_parsed(name, monkeypatch):
    body = (golden.FOLDER / f"{name}.edxml").read_bytes()
    expected = parsed(body)
    learn(body)

    monkeypatch.setattr(etree, "fromstring", None)

    assert said_by(body) == expected


def test_a_value_is_read_alike_whether_the_outline_is_known_or_not():
    learn(builders.packet(seal=SEAL))
    tried, recognised_ones = 0, 0

    for old, new in changed_values():
        body = changed(SEALED, old, new)
        tried += 1
        recognised_ones += is_known(body)
        found, expected = said_by(body), parsed(body)
        if len(found) == len(expected) == 4:
            assert set(found[2]) == set(expected[2]), (old, new)
            found, expected = (*found[:2], found[3]), (*expected[:2], expected[3])
        assert found == expected, (old, new)

    assert tried > 200
    assert tried / 3 < recognised_ones < tried


def test_what_is_refused_is_refused_with_its_place():
    body = with_change("<edXML:Subject>", "<edXML:Subject>\n\n")
    learn(body)
    wrong = with_change("<edXML:Subject>", "<edXML:Subject>\n\n" + "a" + "\u0301" * 40)

    assert is_known(wrong)
    assert said_by(wrong) == parsed(wrong)
    assert int(said_by(wrong)[1]["line"]) > 3


def test_a_long_value_is_a_value_and_no_file():
    learn(builders.packet())
    body = with_change("<edXML:Subject>", "<edXML:Subject>" + "x" * 2 * RUN_BYTES)

    assert is_known(body)
    assert said_by(body)[0].content.subject.startswith("x" * 2 * RUN_BYTES)


def test_a_mark_that_is_not_ours_is_refused():
    learn(builders.packet())
    body = with_change("<edXML:Subject>", "<edXML:Subject><?edoc-run 0?>")

    with pytest.raises(EnvelopeRefused, match="edoc-run is not allowed"):
        read(body, max_bytes=MOST_BYTES)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<edXML:Subject>", "<edXML:Subject a='b'>"),
        ("<edXML:Subject>", "<x/><edXML:Subject>"),
        (DUE, "<DueDate>2026/12/15</DueDate>"),
        (DUE, DUE.replace("DueDate", "Duedate")),
    ],
)
def test_what_departs_in_form_is_parsed_each_time(old, new):
    body = with_change(old, new)

    first, second, third = (said_by(body) for _ in range(3))

    assert first == second == third
    assert first[2]
    assert not is_known(body)


def test_what_departs_as_a_whole_is_told_each_time():
    body = builders.packet().partition(b"?>")[2].lstrip()
    learn(body)

    found = said_by(body)

    assert found == parsed(body)
    assert [it.kind for it in found[2]] == [Departure.NO_DECLARATION]


def test_a_comment_is_told_each_time():
    body = builders.packet(seal=SEAL)
    inside = builders.packet(seal=SEAL.replace(b"<Said", b"<!-- c --><Said"))
    outside = body.replace(b"<edXML:Subject>", b"<!-- c --><edXML:Subject>")

    for commented in (inside, outside):
        for _ in range(3):
            assert [it.kind for it in said_by(commented)[2]] == [Departure.COMMENTS]


def test_a_placeholder_of_a_seal_is_told_where_a_seal_was_expected():
    learn(builders.packet(seal=SEAL))
    value = b"GbVb8n9+qFxz466Ag0sbpVdLPs2R0+9JBekp12UyarAZjoG0W"
    body = builders.packet(seal=SEAL.replace(b"QUJD", value))

    found = said_by(body)

    assert found == parsed(body)
    assert Departure.SIGNATURE_PLACEHOLDER in [it.kind for it in found[2]]


def sealed_with(inside):
    return builders.packet(seal=SEAL.replace(b"<a/>", inside))


def test_a_placeholder_inside_a_signature_is_told_too():
    body = sealed_with(SEAL.replace(b"QUJD", b"QUJDQUJD"))
    learn(body)
    value = b"GbVb8n9+qFxz466Ag0sbpVdLPs2R0+9JBekp12UyarAZjoG0W"
    forged = body.replace(b"QUJDQUJD", value)

    found = said_by(forged)

    assert found == parsed(forged)
    assert Departure.SIGNATURE_PLACEHOLDER in [it.kind for it in found[2]]


def test_what_was_read_once_is_not_refused_for_being_learnt():
    long = b"<![CDATA[" + b"A" * 2 * RUN_BYTES + b"]]>"
    text = b"<ContentTransferEncoded>x" + long + b"</ContentTransferEncoded>"
    body = sealed_with(text)

    first, second, third = (said_by(body) for _ in range(3))

    assert len(first) == 4
    assert first == second == third


def test_a_long_text_in_a_statement_is_none_of_its_values():
    long = b"A" * 2 * RUN_BYTES
    text = b"<a>1</a><ContentTransferEncoded>" + long + b"</ContentTransferEncoded>"
    statement = b"<ds:Object><Statement>" + text + b"</Statement></ds:Object>"
    body = builders.packet(seal=SEAL.replace(b"<Said", statement + b"<Said"))
    learn(body)

    assert said_by(body) == parsed(body)
    assert said_by(body)[1].statement == (("a", "1"),)


def test_what_is_refused_deep_in_a_seal_is_refused_with_the_same_path():
    digest = b"<Q><CertDigest><DigestValue>QUJDQUJD</DigestValue></CertDigest></Q>"
    held = b"<ds:Object>" + digest + b"</ds:Object>"
    body = builders.packet(seal=SEAL.replace(b"<Said", held + b"<Said"))
    learn(body)
    wrong = body.replace(b"QUJDQUJD", ("a" + "\u0301" * 40).encode())

    assert is_known(wrong)
    assert len(said_by(wrong)) == 2
    assert said_by(wrong) == parsed(wrong)


@pytest.mark.parametrize("place", ["before the root", "after the root"])
def test_no_reference_stands_outside_the_root(place):
    learn(SEALED)
    spelled = b"&#xD;"
    if place == "before the root":
        body = SEALED.replace(b"?>", b"?>" + spelled, 1)
    else:
        body = SEALED.rstrip() + spelled

    with pytest.raises(EnvelopeRefused):
        read(body, max_bytes=MOST_BYTES)


def test_what_looks_like_too_many_attributes_is_refused_in_a_text_too():
    learn(SEALED)
    crowd = '="' * (MAX_ATTRIBUTES + 1)
    body = changed(SEALED, "<edXML:Subject>", f"<edXML:Subject>{crowd}")

    assert len(parsed(body)) == 2
    assert said_by(body) == parsed(body)


def test_lines_are_counted_as_a_parser_counts_them():
    learn(SEALED)
    wrong = changed(SEALED, "<edXML:Subject>", "<edXML:Subject>a" + "\u0301" * 40)

    for end in (b"\r\n", b"\r"):
        body = wrong.replace(b"\n", end)
        assert said_by(body) == parsed(body)


def test_a_file_of_any_size_is_read_however_far_its_tag_is_from_it():
    data = builders.PDF + b"x" * MAX_BYTES
    carrying = builders.document(attachments=(builders.attachment(data),))
    body = builders.packet(carrying, files=builders.contents(data))
    start = body.index(b">", body.index(b"ContentTransferEncoded")) + 1
    end = body.index(b"<", start)
    space = b" " * (TAG_BYTES - 16)
    text = space + b"<![CDATA[" + body[start:end] + b"]]>"

    found = said_by(body[:start] + text + body[end:])

    assert len(found) == 4
    assert found[3] == [data]


def test_a_signature_is_the_one_that_stands_in_the_outline():
    learn(SEALED)

    (learnt,) = known._OUTLINES.values()

    waiting = [learnt.root]
    for node in waiting:
        waiting += node.children
    assert any(it is learnt.signature for it in waiting)
    assert learnt.signature.name == "Signature"


def test_an_outline_is_not_longer_than_the_tags_it_is_of():
    crowd = b"<a p:b='1' p:c='2' p:d='3' p:e='4'/>" * 400
    # Some 0.9 MB, if each name were kept with the namespace it has.
    learn(sealed_with(b'<x xmlns:p="' + b"u" * 600 + b'">' + crowd + b"</x>"))
    body = sealed_with(b'<x xmlns:p="' + b"u" * MOST_LETTERS + b'">' + crowd + b"</x>")

    ((markup, _),) = known._OUTLINES
    assert sum(map(len, names_in(known._OUTLINES.values()))) < len(markup)
    assert written(body) is None


def names_in(outlines):
    """The names of all attributes."""
    waiting = [it.root for it in outlines]
    while waiting:
        node = waiting.pop()
        yield from node.attributes
        waiting += node.children


def test_an_empty_value_is_another_outline():
    learn(builders.packet())
    body = with_change(DUE, DUE.replace("2026/12/15", " "))

    assert not is_known(body)
    assert Departure.EMPTY_ELEMENT in [it.kind for it in said_by(body)[2]]


def test_white_space_of_other_scripts_is_left_to_a_parser():
    learn(builders.packet(seal=SEAL))
    body = builders.packet(seal=SEAL.replace(b"QUJD", "\u00a0".encode()))

    assert not is_known(body)
    assert said_by(body)[1] is None


def test_what_came_once_is_not_remembered():
    read(builders.packet(), max_bytes=MOST_BYTES)

    assert known._OUTLINES == {}


def test_no_packet_is_kept_for_its_outline():
    gc.collect()
    before = sum(isinstance(it, etree._Element) for it in gc.get_objects())
    learn(builders.packet(seal=SEAL))

    gc.collect()
    after = sum(isinstance(it, etree._Element) for it in gc.get_objects())

    ((markup, _),) = known._OUTLINES
    assert after == before
    assert "H20.14" not in markup


def test_there_is_an_end_to_what_is_known(monkeypatch):
    monkeypatch.setattr(known, "MOST_OUTLINES", 2)
    monkeypatch.setattr(known, "MOST_COME", 3)
    for number in range(1, 6):
        to = builders.organization(code="000.00.00.H20")
        document = builders.document(recipients=(to,) * number)
        for _ in range(2):
            read(builders.packet(document), max_bytes=MOST_BYTES)
        assert 1 <= len(known._OUTLINES) <= 2
        assert len(known._COME) <= 3


def test_nothing_is_kept_of_an_outline_that_is_forgotten(monkeypatch):
    def nodes():
        gc.collect()
        return sum(isinstance(it, outline.Node) for it in gc.get_objects())

    monkeypatch.setattr(known, "MOST_OUTLINES", 1)
    outline.forget_found()
    before = nodes()
    kept = []
    for number in range(1, 6):
        seal = SEAL.replace(b"<a/>", b"<a/>" * number)
        for _ in range(3):
            said_by(builders.packet(seal=seal))
        kept.append(nodes() - before)

    assert kept[0]
    assert kept == [kept[0] + number for number in range(5)]


def test_what_has_no_end_is_no_outline():
    crowd = with_change("<edXML:Subject>", "<x/>" * MOST_TAGS + "<edXML:Subject>")
    long = with_change("<edXML:Subject>", f'<edXML:Subject was="{"x" * 200_000}">')

    assert written(crowd) is None
    assert written(long) is None


def test_what_has_a_crowd_of_attributes_is_no_outline():
    crowd = " ".join(f"a{it}='1'" for it in range(outline.MOST_ATTRIBUTES + 1))
    seal = SEAL.replace(b"<a/>", f"<a {crowd}/>".encode())
    body = builders.packet(seal=seal)

    first, second, third = (said_by(body) for _ in range(3))

    assert first == second == third
    assert not is_known(body)
