"""Where fuzzing begins: a packet of every dialect, most of them small."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

from edoc_connector.clock import VIETNAM
from edoc_connector.envelope.names import EDXML
from edoc_connector.model.stages import PacketError
from tests.support import builders, golden
from tests.support.dialects import carrying, changed, wrapped
from tests.support.pki import rsa_sealer
from tests.support.rebuild import EFFECTS, rebuild
from tests.support.seals import every_field, sealed_packet

SAMPLES: Final = Path(__file__).parents[2] / "../shared/samples"
"""Real packets by other software, where there are any; read in place."""

ERRORS: Final = (
    PacketError("N.MessageHeader.Code.CodeNumber", "thiếu số"),
    PacketError("R.MessageHeader.Subject"),
)
SOAP: Final = "http://schemas.xmlsoap.org/soap/envelope/"


def seeds() -> tuple[bytes, ...]:
    """Return them all, each once, in an order that does not change."""
    return tuple(dict.fromkeys((*packets_of_ours(), *_samples())))


@cache
def packets_of_ours() -> tuple[bytes, ...]:
    """Return those that are the same everywhere: ours, and twins of other people's."""
    return (*_ours(), *_of_others())


def _ours() -> Iterator[bytes]:
    yield from golden.packets().values()
    yield sealed_packet(every_field())
    yield sealed_packet(builders.status(), key=rsa_sealer(builders.RECIPIENT))


def _of_others() -> Iterator[bytes]:
    yield rebuild(sealed_packet(every_field()), EFFECTS)
    yield builders.packet_of(builders.envelope(errors=ERRORS))
    yield changed(builders.packet(), "Direction>false<", "Direction>có<")
    yield soap_status()
    yield status_of_gateways()
    yield of_dotnet()
    yield carrying(base64.encodebytes(wrapped(builders.PDF, "0b6f5a1e.pdf")))
    yield carrying(base64.b64encode(wrapped(wrapped(bytes(9000)))), name="a.zip")
    yield carrying(base64.b64encode(bytes(range(256)) * 40))


def _samples() -> Iterator[bytes]:
    for path in sorted(SAMPLES.rglob("*.edxml")):
        yield path.read_bytes()


def soap_status() -> bytes:
    """A status as some gateways still write it, days first."""
    at = builders.SENT_AT.astimezone(VIETNAM)
    return (
        f'<SOAP-ENV:Envelope xmlns:SOAP-ENV="{SOAP}"><SOAP-ENV:Header>'
        f'<edXML:Status xmlns:edXML="{SOAP}"><edXML:ResponseFor>'
        "<edXML:OrganId>000.00.00.H20</edXML:OrganId>"
        "<edXML:Code>15/UBND-VX</edXML:Code>"
        "<edXML:PromulgationDate>23/11/2026</edXML:PromulgationDate>"
        "<edXML:DocumentId>H20,2026/11/23,15/UBND-VX</edXML:DocumentId>"
        "</edXML:ResponseFor><edXML:From>"
        "<edXML:OrganId>000.00.14.H20</edXML:OrganId>"
        "<edXML:OrganName>Sở Nội vụ</edXML:OrganName></edXML:From>"
        "<edXML:StatusCode>03</edXML:StatusCode>"
        "<edXML:Description>Đã tiếp nhận</edXML:Description>"
        f"<edXML:Timestamp>{at:%d/%m/%Y %H:%M:%S}</edXML:Timestamp>"
        "<edXML:StaffInfo><edXML:Staff>Văn thư</edXML:Staff></edXML:StaffInfo>"
        "</edXML:Status></SOAP-ENV:Header><SOAP-ENV:Body/></SOAP-ENV:Envelope>"
    ).encode()


def status_of_gateways() -> bytes:
    """A status that stands in `Status` rather than in MessageHeader."""
    status = builders.packet(builders.status())
    return status.replace(b"edXML:MessageHeader>", b"edXML:Status>")


def of_dotnet() -> bytes:
    """A document as the .NET library writes it."""
    packet = changed(
        builders.packet(),
        f'<edXML xmlns="{EDXML}">',
        f'<edXML xmlns="{EDXML}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        "<Boundary/><ContentId>cid:1</ContentId><ContentType>text/xml</ContentType>",
    )
    packet = changed(
        packet,
        "<edXML:TraceHeaderList>",
        '<edXML:TraceHeaderList id="a1b2c3d4" version="1.0" mustUnderstand="1"'
        ' actor="http://schemas.xmlsoap.org/soap/actor/next">',
    )
    packet = changed(
        packet,
        "<edXML:Reference>",
        '<edXML:Reference xmlns:xlink="http://www.w3.org/1999/xlink"'
        ' xlink:href="cid:1" xlink:role="x" xlink:type="simple">',
    )
    packet = changed(
        packet,
        "    </edXML:edXMLHeader>",
        "<edXML:DigitalSignature />    </edXML:edXMLHeader>",
    )
    bare = packet.replace(f' xmlns:edXML="{EDXML}">JVBER'.encode(), b">JVBER")
    return bare.replace(b"edXML:ContentTransferEncoded", b"ContentTransferEncoded")
