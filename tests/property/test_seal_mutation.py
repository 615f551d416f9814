"""Every byte of a sealed packet, one after the other, is changed and seen to matter.

A changed byte is refused, or it stands in one of the places listed here and changes
nothing of what is delivered.  `docs/seal.md` has the same list.
"""

import re
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from edoc_connector.errors import EnvelopeRefused
from edoc_connector.model.document import (
    Business,
    BusinessType,
    Code,
    Document,
    Organization,
)
from edoc_connector.model.identifiers import DocumentId
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.stages import Envelope, TraceStamp
from edoc_connector.model.status import Status
from edoc_connector.signature.sign import seal
from tests.support.builders import (
    RECIPIENT,
    SENDER,
    SENT_AT,
    attachment,
    contents,
    envelope,
    packet_of,
    status,
)
from tests.support.pki import p256_sealer, p384_sealer, pss_sealer, rsa_sealer
from tests.support.seals import every_field, opened, sealed_packet

DOCS = Path(__file__).parents[2] / "docs" / "seal.md"
SLOW = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)

PDF = b"%PDF-1.4 x\n"
SCAN = b"II*\0" + b"x" * 40
"""A picture: it travels in a ZIP."""

# --- what may change ----------------------------------------------------------

EXCEPTIONS = {
    "layout between elements": (
        rb"(?<=>)(\s+)(?=<|\Z)",
        "indentation, which every node writes anew; text put there is nobody's value",
    ),
    "white space in a tag": (
        rb'(?<=[\w"])( )(?=[\w:]+="[^"]*")',
        "what parts attributes from each other is no part of them",
    ),
    "stamps of other nodes": (
        rb"<edXML:OrganId>(W00)<.*?<edXML:Timestamp>([^<]*)<",
        "nodes add them after the sender has sealed; the sender's own stamp is sealed",
    ),
    "the XML declaration": (
        rb"<\?xml([^>]*)\?>",
        "only UTF-8 is read, whatever is said; another encoding is refused",
    ),
    "namespaces": (
        rb'\b(xmlns(?::\w+)?="[^"]*")',
        "nodes change them, so elements are found by their local names",
    ),
    "`Id`, `Type` and `Target` of the seal": (
        rb'\b((?:Id|Type|Target)="[^"]*")',
        "nodes drop them, and nothing is looked up by them",
    ),
    "`ds:Object`": (
        rb"(?s)(<ds:Object.*</ds:Object>)",
        "the sealer's own copies: they are made again, and never believed",
    ),
    "`version` of the manifest": (
        rb'<edXML:edXMLManifest (version="[^"]*")',
        "nothing depends on it",
    ),
    "`ContentId`": (
        rb"ContentId>(cid:[^<]*)<",
        "a label that joins a file to its name; name, size and SHA-256 are sealed",
    ),
    "`ContentType`": (
        rb"ContentType>([^<]*)<",
        "nodes rewrite it; what a file is, its bytes say",
    ),
    "`Description` of a file": (
        rb"(?s)edXMLBody>.*?Description>([^<]*)<.*?Description>([^<]*)<",
        "nodes drop it, so it is not delivered either",
    ),
    "`AttachmentName` beside the file": (
        rb"<AttachmentName>([^<]*)<",
        "the name in the manifest is the one that is sealed and delivered",
    ),
    "a zero that may be a blank": (
        rb"Timestamp>\d{4}/\d\d/\d\d (0)\d:|<edXML:BussinessDocType>(0)<",
        "` 8:30` is `08:30`, and no business type is 0, a new document",
    ),
    "letters of `true` and `false`": (
        rb"<edXML:Direction>([^<]*)<",
        "`True` is `true`; what is neither is refused",
    ),
    "the ZIP around a file": (
        rb">(UEsDB[^<]*)<",
        "its names, dates and attributes are the wrapping's; the file in it is sealed",
    ),
}
"""Where a change may be overlooked: the place, and why that harms nobody."""


def places(packet: bytes, name: str) -> set[int]:
    """The positions of one exception."""
    return {
        position
        for match in re.finditer(EXCEPTIONS[name][0], packet, re.DOTALL)
        for group in range(1, match.re.groups + 1)
        for position in range(*match.span(group))
    }


@cache
def excused(packet: bytes) -> dict[int, str]:
    """Every position that is an exception, and which."""
    return {position: name for name in EXCEPTIONS for position in places(packet, name)}


@cache
def sealed(packet: bytes) -> frozenset[int]:
    """Positions of values that are sealed, or are the seal: any text not excused."""
    texts = (
        position
        for match in re.finditer(rb">([^<]+)<", packet)
        for position in range(*match.span(1))
    )
    return frozenset(texts) - excused(packet).keys()


# --- packets ------------------------------------------------------------------


def stamped(document: Document, *files: bytes) -> bytes:
    """A packet that has come through one node."""
    sent = envelope(document)
    own = seal(sent, p256_sealer()).seal
    node = TraceStamp(OrganizationCode("W00"), SENT_AT + timedelta(minutes=1))
    passed = Envelope(document, (*sent.trace, node))
    return packet_of(passed, files=contents(*files), seal=own)


def small(data: bytes, name: str) -> Document:
    """A document as small as any, so that each of its bytes can have its turn."""
    return Document(
        sender=Organization(code=SENDER, name="Tỉnh"),
        recipients=(Organization(code=RECIPIENT),),
        document_id=DocumentId("H20,2026/11/23,15/UBND-VX"),
        code=Code("15", "UBND-VX"),
        promulgation_date=date(2026, 11, 23),
        subject="Về việc",
        business=Business(type=BusinessType.NEW),
        attachments=(attachment(data, name=name, description="tệp"),),
    )


def small_status() -> Status:
    """The same of a status."""
    return status(sender=Organization(code=RECIPIENT, name="Sở"), staff=None)


DOCUMENT = stamped(small(PDF, "a.pdf"), PDF)
ZIPPED = stamped(small(SCAN, "a.tif"), SCAN)
STATUS = sealed_packet(small_status(), key=rsa_sealer(RECIPIENT))
LARGE = {
    key.algorithm.name: sealed_packet(every_field(), key=key)
    for key in (rsa_sealer(), pss_sealer(), p256_sealer(), p384_sealer())
}


def delivered(packet: bytes) -> tuple[object, ...]:
    """What a receiver would deliver; the labels of its files are none of it."""
    verified = opened(packet)
    return verified.statement_digest, verified.certificate_digest, verified.sealed_at


@cache
def meant(packet: bytes) -> tuple[object, ...]:
    """The same of a packet that nobody has changed."""
    return delivered(packet)


def outcome(packet: bytes, position: int, byte: int) -> str:
    """What becomes of the packet with this byte: refused, or the same."""
    changed = packet[:position] + bytes([byte]) + packet[position + 1 :]
    try:
        arrived = delivered(changed)
    except EnvelopeRefused:
        return "refused"
    assert arrived == meant(packet), f"another meaning at {position}"
    return "the same"


def survivors(packet: bytes, changes: list[tuple[int, int]]) -> set[int]:
    """The positions at which a changed byte was overlooked."""
    return {
        position
        for position, byte in changes
        if outcome(packet, position, byte) == "the same"
    }


# --- every byte ---------------------------------------------------------------

PARTS = 4


def part_of(positions: range, part: int) -> range:
    """A share of the positions, so that they can be tried side by side."""
    return positions[part::PARTS]


@pytest.mark.parametrize("part", range(PARTS))
def test_every_bit_of_every_sealed_byte_counts(part: int) -> None:
    changes = [
        (position, DOCUMENT[position] ^ 1 << bit)
        for position in part_of(range(len(DOCUMENT)), part)
        if position in sealed(DOCUMENT)
        for bit in range(8)
    ]

    assert survivors(DOCUMENT, changes) == set()


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("packet", [DOCUMENT, STATUS], ids=["document", "status"])
def test_a_change_of_any_byte_is_refused_or_excused(packet: bytes, part: int) -> None:
    changes = [
        (position, packet[position] ^ 1 << position // PARTS % 8)
        for position in part_of(range(len(packet)), part)
    ]

    assert survivors(packet, changes) <= excused(packet).keys()


def test_a_change_of_any_byte_of_a_zip_leaves_its_file_or_is_refused() -> None:
    start = ZIPPED.index(b">UEsDB") + 1
    end = ZIPPED.index(b"<", start)
    changes = [
        (position, ZIPPED[position] ^ 1 << bit)
        for position in range(start, end)
        for bit in (0, position % 8)
    ]

    overlooked = survivors(ZIPPED, changes)

    assert 0 < len(overlooked) < (end - start) / 2


@given(
    name=st.sampled_from(sorted(LARGE)),
    share=st.floats(0, 1, exclude_max=True),
    byte=st.integers(0, 255),
)
@SLOW
@example("ECDSA_SHA256", 0.5, ord("\t"))
@example("ECDSA_SHA256", 0.99999, ord("\t"))
def test_any_other_byte_anywhere_is_refused_or_excused(
    name: str, share: float, byte: int
) -> None:
    packet = LARGE[name]
    position = int(share * len(packet))
    other = byte if packet[position] != byte else byte ^ 1

    if outcome(packet, position, other) == "the same":
        assert position in excused(packet)


@given(share=st.floats(0, 1, exclude_max=True), letter=st.integers(0x21, 0x7E))
@SLOW
def test_another_letter_of_what_is_sealed_is_refused(share: float, letter: int) -> None:
    packet = LARGE["RSA_PKCS1_SHA256"]
    positions = sorted(sealed(packet))
    position = positions[int(share * len(positions))]
    other = letter if packet[position] != letter else letter ^ 1

    assert outcome(packet, position, other) == "refused"


# --- what has to be overlooked ------------------------------------------------


@pytest.mark.parametrize("name", ["stamps of other nodes", "layout between elements"])
def test_what_nodes_write_may_be_changed(name: str) -> None:
    changes = [
        (position, harmless)
        for position in places(DOCUMENT, name)
        for harmless in (b" \t" if name.startswith("layout") else b"07")
        if harmless != DOCUMENT[position]
    ]

    assert survivors(DOCUMENT, changes) == places(DOCUMENT, name)


# --- the list itself ----------------------------------------------------------


@pytest.mark.parametrize("name", EXCEPTIONS)
def test_every_exception_is_one(name: str) -> None:
    packet = next(
        packet
        for packet in (DOCUMENT, ZIPPED, LARGE["ECDSA_SHA256"])
        if places(packet, name)
    )
    tried = (
        (position, other)
        for position in places(packet, name)
        for other in (*(packet[position] ^ 1 << bit for bit in range(8)), *b"\t")
    )

    assert any(outcome(packet, *change) == "the same" for change in tried)


@pytest.mark.parametrize(
    "value",
    [
        *(b"<edXML:OrganId>H20<", b"<edXML:Subject>V", b"UBND-VX</edXML:DocumentId>"),
        *(b"<edXML:Timestamp>2026/11/23", b"<edXML:AttachmentName>a.pdf<"),
        *(b"<ds:SignatureValue>", b"<ds:X509Certificate>"),
        *(b"</ds:DigestMethod><ds:DigestValue>", b'QCVN_102_2016">JVBERi'),
    ],
)
def test_what_is_sealed_is_no_exception(value: bytes) -> None:
    text = DOCUMENT.index(b">", DOCUMENT.index(value) + 1) + 1
    if value.startswith(b"</ds:DigestMethod>"):
        text = DOCUMENT.index(value) + len(value)
    if value.startswith(b"UBND"):
        text = DOCUMENT.index(value)

    assert text in sealed(DOCUMENT)


def test_the_list_is_that_of_the_documentation() -> None:
    table = DOCS.read_text("utf-8").partition("## Bytes that may change")[2]
    rows = re.findall(
        r"^\| (.+?) \| (.+?) \|$", table.partition("\n## ")[0], re.MULTILINE
    )

    assert dict(rows[2:]) == {name: why for name, (_, why) in EXCEPTIONS.items()}
