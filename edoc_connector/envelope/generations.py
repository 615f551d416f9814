"""Recognises what a packet is where it is not of QCVN 102:2016, and says its name."""

from __future__ import annotations

from typing import Final

from lxml import etree

from edoc_connector.envelope import names
from edoc_connector.envelope.quoting import shown
from edoc_connector.envelope.skeleton import Buffer
from edoc_connector.envelope.xml import BYTE_ORDER_MARK, local_name, namespace
from edoc_connector.errors import N_, EnvelopeForeign, EnvelopeMalformed

OPENING_BYTES: Final = 64 * 1024
UTF_16: Final = (b"\xff\xfe", b"\xfe\xff", b"\0")

PREFACES: Final = {
    b"{": N_("JSON, a re-encoding of edXML"),
    b"[": N_("JSON, a re-encoding of edXML"),
    b"PK\x03\x04": N_("a ZIP archive"),
    b"%PDF-": N_("a PDF file"),
    b"\x1f\x8b": N_("a gzip archive"),
}
"""What else is sent where a packet belongs, by its first bytes."""


def refuse_no_xml(body: Buffer) -> None:
    """Refuse bytes that do not even begin like XML."""
    opening = bytes(body[:OPENING_BYTES]).removeprefix(BYTE_ORDER_MARK).lstrip()
    if opening.startswith((b"<", *UTF_16)):
        return
    if not opening:
        raise EnvelopeMalformed(problem=N_("it is empty"))
    text = opening.decode("utf-8", "replace")
    for uri, generation in names.GENERATIONS.items():
        if uri in text:  # MIME parts around SOAP
            raise EnvelopeForeign(generation=generation)
    for preface, kind in PREFACES.items():
        if opening.startswith(preface):
            raise EnvelopeForeign(generation=kind)
    because = N_("it begins with {text}, not with XML")
    raise EnvelopeMalformed(because=because, text=shown(text))


def refuse_generations(root: etree._Element) -> None:
    """Refuse a tree that speaks another language, by the name of that language."""
    name = local_name(root)
    spoken = {namespace(root)}
    if name != names.ROOT:
        spoken |= {namespace(element) for element in root.iter("*")}
    for uri, generation in names.GENERATIONS.items():
        if uri in spoken:
            raise EnvelopeForeign(generation=generation)
    if name != names.ROOT:
        because = N_("the root element is {name}, not edXML")
        raise EnvelopeMalformed(because=because, name=shown(name))
