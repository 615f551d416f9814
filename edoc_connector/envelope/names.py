"""How edXML spells its own words: namespaces, and every spelling met in the field."""

from __future__ import annotations

from typing import Final

from edoc_connector.errors import N_

EDXML: Final = "http://www.mic.gov.vn/TBT/QCVN_102_2016"
"""QCVN 102:2016/BTTTT; bound to the prefix `edXML` and, at the root, to none."""

PREFIX: Final = "edXML:"
CID: Final = "cid:"
ROOT: Final = "edXML"

GENERATIONS: Final = {
    "http://www.e-doc.vn/Schema/": N_("edXML of 2012 in SOAP (e-doc.vn)"),
    "http://www.inetcloud.vn/ns/edxml": N_("EdXml2 of iNet, 2015 (inetcloud.vn)"),
    "http://www.go.vn/eDoc": N_("a draft of edXML (go.vn)"),
    "http://schemas.xmlsoap.org/soap/envelope/": N_("edXML of 2012 in SOAP"),
    "http://schemas.xmlsoap.org/soap/envelope": N_("edXML of 2012 in SOAP"),
    "http://www.w3.org/2003/05/soap-envelope": N_("edXML of 2012 in SOAP"),
}
"""Packets of other generations, told apart by a namespace; none of them is read."""

XINCLUDE: Final = "http://www.w3.org/2001/XInclude"

ENVELOPE: Final = ("edXMLEnvelope", "Envelope")
HEADER: Final = ("edXMLHeader", "Header")
BODY: Final = ("edXMLBody", "Body")
MANIFEST: Final = ("edXMLManifest", "Manifest")
STATUS: Final = "Status"
MESSAGE: Final = ("MessageHeader", STATUS)
SIGNATURE: Final = ("Signature", "DigitalSignature")
BUSINESS: Final = ("Bussiness", "Business")
BUSINESS_TYPE: Final = ("BussinessDocType", "BusinessDocType")
BUSINESS_REASON: Final = ("BussinessDocReason", "BusinessDocReason")
BUSINESS_DOCUMENT: Final = ("BussinessDocumentInfo", "BusinessDocumentInfo")
"""The first spelling of each is the one we write; the misspelling is normative."""

ATTACHMENTS: Final = "AttachmentEncoded"
ENCODED: Final = "ContentTransferEncoded"

NODE_ALIAS: Final = "TLTVBQG_CDMDD_QD20"
"""OrganizationInCharge of a `To` that a node added for the old code of a recipient."""

NOTHING: Final = "null"
"""What some gateways write where they have no value."""
