"""What is worth trying as a name, a value, an attribute, and between two elements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Final

from edoc_connector.envelope.names import EDXML
from edoc_connector.envelope.structure import (
    BODIES,
    CHILDREN,
    DATES,
    STAMPS,
    TRUTHS,
)
from edoc_connector.envelope.structure import NUMBERS as NUMBER_NAMES

NAMES: Final = tuple(
    dict.fromkeys(
        (
            *CHILDREN,
            *chain.from_iterable(CHILDREN.values()),
            *("Envelope", "Header", "Body", "Manifest", "Status", "Business"),
            *("BusinessDocType", "DigitalSignature", "SignedInfo", "SignatureValue"),
            *("KeyInfo", "X509Data", "X509Certificate", "Object", "Statement"),
            *("CertDigest", "DigestValue", "Transforms", "edXMLAttachments"),
            *("a", "Ω", "nobody:a", ":", "x" * 200),
        )
    )
)
NAMESPACES: Final = (
    EDXML,
    "",
    "http://www.w3.org/2000/09/xmldsig#",
    "http://www.e-doc.vn/Schema/",
    "http://schemas.xmlsoap.org/soap/envelope/",
    "http://www.w3.org/2001/XInclude",
    "urn:x",
)
MOMENTS: Final = (
    *("2026/02/30", "05/06/2020", "2020-06-05T10:00:00Z", "0001/01/01", "16/09/2020"),
    *("0001/01/01 00:00:00+23:59", "9999/12/31 23:59:59-23:59", "10000/01/01"),
    *("2026/11/23 08:30:00", "1/1/2020 24:00", "2026/11/23T", "2026-11-23 08:30+0700"),
    *("23.11.2026 8:30:00.5", "2099/01/01", "0034/03/11", "1764000000000", "null"),
)
NUMBERS: Final = (
    *("0", "-1", "1", "3", "7", "18", "71", "007", "999999999", "9" * 40, "1e9", "NaN"),
    *(
        "true",
        "TRUE",
        "False",
        "yes",
        "١",
        "１",
        "01",
        "13",
        "16",
        "0x1",
        " 1 ",
        "null",
    ),
)
CODES: Final = (
    *("H20", "H20.14", "000.00.14.H20", "02.29.W00", "H20 .14", "\u200bH20", "null"),
    *("Ｈ20", "h20.14", "020100107370", "0100107370-001", "vxp.saas.03", "A" * 40, "."),
)
FILE_NAMES: Final = (
    *("a.pdf", "a.docx", "a.zip", "a.jar", "a.xlsx", "a", "x" * 300 + ".pdf", "."),
    *("CON", "../../x", "C:\\fakepath\\x.pdf", "a\u202efdp.exe", "a&#10;b", "A.PDF"),
)
TYPES: Final = (
    *("application/pdf", "application/zip", "APPLICATION/ZIP", "application/doc"),
    *("image/jpeg", "text/plain; charset=x", "application/vnd.oasis.opendocument.text"),
)
OF_KIND: Final[Mapping[str, Sequence[str]]] = {
    **dict.fromkeys(DATES | STAMPS, MOMENTS),
    **dict.fromkeys(NUMBER_NAMES | TRUTHS | {"StatusCode"}, NUMBERS),
    **dict.fromkeys(BODIES, CODES),
    **dict.fromkeys(("AttachmentName", "FieldName"), FILE_NAMES),
    **dict.fromkeys(("ContentType", "MimeType"), TYPES),
    "OrganizationInCharge": ("TLTVBQG_CDMDD_QD20",),
}
"""What is worth trying as the value of some elements."""

OF_ANY_KIND: Final = (
    *("", " ", "null", "x" * 5000, "&lt;", "&#xD;", "&#x85;", "&nbsp;", "&#0;", "]]>"),
    *("cid:", "cid:cid:1", "e\u0301\u0323", "\ufeff", "\U0010ffff", "\u2028", "\x01"),
    *(
        "]]&gt;",
        "UEsDBA==",
        "JVBERi0=",
        "=",
        "=" * 5000,
        "A" * 5000,
        "<b/>",
        "<b>c</b>",
    ),
    *("28/2018/QĐ-TTg", "15/UBND-VX", "//", ",", "H20,2026/11/23,15/UBND-VX", "MẬT"),
    *MOMENTS,
    *NUMBERS,
    *CODES,
    *FILE_NAMES,
)
VALUES: Final = tuple(value.encode() for value in OF_ANY_KIND)
NODES: Final = (
    b"<!-- -->",
    b"<!---->",
    b"<![CDATA[]]>",
    b"<![CDATA[x]]>",
    b"<?x y?>",
    b"<?edoc-run 0?>",
    b"<?edoc-run?>",
    b'<?xml version="1.0"?>',
    b"<!DOCTYPE a>",
    b"&amp;",
    b"&x;",
    b"<a/>",
    b"<Signature/>",
    b"<Signature>x</Signature>",
    b"<b:c xmlns:b='urn:b'>d</b:c>",
    b"<x:include xmlns:x='http://www.w3.org/2001/XInclude'/>",
    b"\xef\xbb\xbf",
    b"\n",
)
ATTRIBUTES: Final = (
    b' a="b"',
    b" Id='seal'",
    b' Algorithm="x"',
    b' xmlns:edXML="urn:x"',
    b' xmlns="urn:x"',
    b' xmlns=""',
    b' xml:base="file:///"',
    b' xlink:href="x"',
    b' version="9"',
    b' a="1" a="2"',
    b' a="&#x10FFFF;"',
    b" a='" + b"x" * 5000 + b"'",
)
