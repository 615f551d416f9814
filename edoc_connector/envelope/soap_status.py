"""The status of the SOAP days of edXML, made a status of today.

`SOAP-ENV:Envelope/Header/edXML:Status`, where the prefix edXML is bound to the SOAP
namespace.  Some gateways still write it, though they read documents of 2016.  That form
writes days first, `05/06/2020` is the fifth of June in it, and so nothing is guessed.
"""

from __future__ import annotations

import re
from typing import Final

from lxml import etree

from edoc_connector.envelope import names, structure
from edoc_connector.envelope.xml import WHITE_SPACE, local_name, namespace

SOAP: Final = "http://schemas.xmlsoap.org/soap/envelope"
DAY_FIRST: Final = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})(?=\D|$)")
DATES: Final = structure.DATES | structure.STAMPS


def is_soap_status(root: etree._Element) -> bool:
    """Whether this is such a status; a document in SOAP is not."""
    if local_name(root) != "Envelope" or namespace(root).rstrip("/") != SOAP:
        return False
    return root.find("./{*}Header/{*}Status/{*}StatusCode") is not None


def modern(root: etree._Element) -> etree._Element:
    """Return a packet of today with the status in it; the given tree stays as it is."""
    made = etree.Element(f"{{{names.EDXML}}}{names.ROOT}")
    envelope = etree.SubElement(made, f"{{{names.EDXML}}}{names.ENVELOPE[0]}")
    for header in root.iterchildren("{*}Header"):
        envelope.append(_copied(header, names.HEADER[0]))
    return made


def _copied(element: etree._Element, name: str) -> etree._Element:
    made = etree.Element(f"{{{names.EDXML}}}{name}")
    made.sourceline = element.sourceline  # type: ignore[misc]  # it can be set
    children = list(element.iterchildren("*"))
    if not children:
        text = (element.text or "").strip(WHITE_SPACE)
        made.text = DAY_FIRST.sub(_year_first, text) if name in DATES else text
    made.extend(_copied(child, local_name(child)) for child in children)
    return made


def _year_first(day: re.Match[str]) -> str:
    return f"{day[3]}/{day[2]:0>2}/{day[1]:0>2}"
