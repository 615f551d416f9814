"""How a packet departs from the one form we write, so that people see who writes what.

A deviation refuses nothing: a sensible reader understands the packet all the same.
What makes a packet unreadable is an error.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from edoc_connector.errors import N_


class Departure(StrEnum):
    """Every kind of deviation, under the name by which it is reported for ever."""

    # the file
    BYTE_ORDER_MARK = "byte-order-mark"
    SPACE_BEFORE_XML = "space-before-xml"
    NO_DECLARATION = "no-declaration"
    COMMENTS = "comments"

    # elements
    UNPREFIXED_CHILDREN = "unprefixed-children"
    PREFIXED_ATTACHMENTS = "prefixed-attachments"
    FOREIGN_NAMESPACE = "foreign-namespace"
    SPELLING = "spelling"
    ORDER = "order"
    EXTRA_ROOT_CHILDREN = "extra-root-children"
    UNKNOWN_ELEMENT = "unknown-element"
    NESTED = "nested"
    EMPTY_ELEMENT = "empty-element"
    EXTRA_ATTRIBUTES = "extra-attributes"
    EXTRA_NAMESPACES = "extra-namespaces"
    STATUS_ELEMENT = "status-element"
    STATUS_SOAP = "status-soap"

    # values
    MISSING_FIELD = "missing-field"
    DATE_FORMAT = "date-format"
    DATE_AMBIGUOUS = "date-ambiguous"
    DATE_UNREADABLE = "date-unreadable"
    NUMBER_FORMAT = "number-format"
    NUMBER_NEGATIVE = "number-negative"
    NUMBER_UNREADABLE = "number-unreadable"
    TRUTH_FORMAT = "truth-format"
    TRUTH_UNREADABLE = "truth-unreadable"
    UNKNOWN_VALUE = "unknown-value"
    TOO_LONG = "too-long"
    UNTRIMMED = "untrimmed"
    NOT_NFC = "not-nfc"
    NULL_WORD = "null-word"
    CODE_NOT_SPLIT = "code-not-split"
    DOCUMENT_ID_FORM = "document-id-form"
    DOCUMENT_ID_OF_ANOTHER = "document-id-of-another"

    # organisations
    ORGANIZATION_CODE = "organization-code"
    DUPLICATE_RECIPIENT = "duplicate-recipient"
    DUPLICATE_RECIPIENT_ALIAS = "duplicate-recipient-alias"

    # the seal
    SIGNATURE_EMPTY = "signature-empty"
    SIGNATURE_PLACEHOLDER = "signature-placeholder"
    SIGNATURE_TOKEN = "signature-token"  # noqa: S105  (a kind, not a secret)
    SIGNATURE_NAMESPACE = "signature-namespace"
    SIGNATURE_PLACE = "signature-place"

    # attachments
    ATTACHMENTS_PLACE = "attachments-place"
    CONTENT_ID_FORM = "content-id-form"
    JOINED_BY_NAME = "joined-by-name"
    JOINED_BY_POSITION = "joined-by-position"
    NOT_IN_MANIFEST = "not-in-manifest"
    LABELS_DIFFER = "labels-differ"
    CONTENT_TYPE_LIES = "content-type-lies"
    ZIP_INSIDE_PDF_LABEL = "zip-inside-pdf-label"
    WRAPPED_NEEDLESSLY = "wrapped-needlessly"
    BASE64_LAYOUT = "base64-layout"
    DECODED_AS_TEXT = "decoded-as-text"
    SUSPICIOUS_NAME = "suspicious-name"

    # how many there are
    MORE = "more"


@dataclass(frozen=True, slots=True)
class Deviation:
    """One departure: its kind, where (`MessageHeader/DueDate`), and what stands there.

    `found` is a stranger's text, shortened, and may be empty.
    """

    kind: Departure
    where: str
    found: str = ""


MEANINGS: Final[Mapping[Departure, str]] = {
    Departure.BYTE_ORDER_MARK: N_("a byte order mark stands before the XML"),
    Departure.SPACE_BEFORE_XML: N_("white space stands before the XML"),
    Departure.NO_DECLARATION: N_("there is no XML declaration"),
    Departure.COMMENTS: N_("there are comments"),
    Departure.UNPREFIXED_CHILDREN: N_(
        "elements of the envelope lack the prefix edXML, which some receivers require"
    ),
    Departure.PREFIXED_ATTACHMENTS: N_("attachments carry another prefix than ours"),
    Departure.FOREIGN_NAMESPACE: N_("elements are in another namespace"),
    Departure.SPELLING: N_("an element is spelled in another way"),
    Departure.ORDER: N_("elements stand in another order"),
    Departure.EXTRA_ROOT_CHILDREN: N_("the root has elements of another software"),
    Departure.UNKNOWN_ELEMENT: N_("an element is not of the standard; it is not read"),
    Departure.NESTED: N_("an organisation stands inside another of the same role"),
    Departure.EMPTY_ELEMENT: N_("an element is empty"),
    Departure.EXTRA_ATTRIBUTES: N_("there are attributes; they are not read"),
    Departure.EXTRA_NAMESPACES: N_("namespaces are declared that nothing uses"),
    Departure.STATUS_ELEMENT: N_("the status stands in Status, not in MessageHeader"),
    Departure.STATUS_SOAP: N_("the status is in the SOAP form of 2012"),
    Departure.MISSING_FIELD: N_("a field of the standard is missing"),
    Departure.DATE_FORMAT: N_("the date is not written yyyy/MM/dd; it is read"),
    Departure.DATE_AMBIGUOUS: N_(
        "the date can be read as two different days; it is kept as text"
    ),
    Departure.DATE_UNREADABLE: N_("this is no date; it is kept as text"),
    Departure.NUMBER_FORMAT: N_("the number is written in another way; it is read"),
    Departure.NUMBER_NEGATIVE: N_("the number is negative, which means: not set"),
    Departure.NUMBER_UNREADABLE: N_("this is no number; it is kept as text"),
    Departure.TRUTH_FORMAT: N_("this is neither true nor false; it is read as such"),
    Departure.TRUTH_UNREADABLE: N_("this is neither true nor false; it is kept"),
    Departure.UNKNOWN_VALUE: N_("the code is not in the table of the standard"),
    Departure.TOO_LONG: N_("the value is longer than the standard lets it be"),
    Departure.UNTRIMMED: N_("white space around the value is left out"),
    Departure.NOT_NFC: N_("letters and their marks are written apart (not NFC)"),
    Departure.NULL_WORD: N_("the word null stands where there is no value"),
    Departure.CODE_NOT_SPLIT: N_("number and notation are not apart"),
    Departure.DOCUMENT_ID_FORM: N_(
        "the document id is not organisation,date,number/notation"
    ),
    Departure.DOCUMENT_ID_OF_ANOTHER: N_(
        "the document id names another body than the sender"
    ),
    Departure.ORGANIZATION_CODE: N_("the organisation code is unusual"),
    Departure.DUPLICATE_RECIPIENT: N_("a recipient stands there twice"),
    Departure.DUPLICATE_RECIPIENT_ALIAS: N_(
        "the axis added the old code of a recipient; it is one body"
    ),
    Departure.SIGNATURE_EMPTY: N_("the signature is empty"),
    Departure.SIGNATURE_PLACEHOLDER: N_(
        "the signature is the placeholder of the axis's library: it proves nothing"
    ),
    Departure.SIGNATURE_TOKEN: N_("the signature is a fixed token: it proves nothing"),
    Departure.SIGNATURE_NAMESPACE: N_("the signature has lost its namespace"),
    Departure.SIGNATURE_PLACE: N_("the signature is not the last child of the header"),
    Departure.ATTACHMENTS_PLACE: N_("the attachments stand inside the envelope"),
    Departure.CONTENT_ID_FORM: N_("the ContentId does not begin with cid:"),
    Departure.JOINED_BY_NAME: N_(
        "manifest and attachment have no ContentId in common; joined by name"
    ),
    Departure.JOINED_BY_POSITION: N_(
        "manifest and attachment have nothing in common; joined by position"
    ),
    Departure.NOT_IN_MANIFEST: N_("the manifest does not name this attachment"),
    Departure.LABELS_DIFFER: N_(
        "manifest and attachment call the file differently; the manifest counts"
    ),
    Departure.CONTENT_TYPE_LIES: N_("the bytes are not of the declared type"),
    Departure.ZIP_INSIDE_PDF_LABEL: N_(
        "a ZIP is labelled as PDF; the file inside was taken out"
    ),
    Departure.WRAPPED_NEEDLESSLY: N_(
        "a kind that travels raw was wrapped in a ZIP; it was taken out"
    ),
    Departure.BASE64_LAYOUT: N_("there is white space in the base64 text"),
    Departure.DECODED_AS_TEXT: N_(
        "a gateway has destroyed the file by reading it as text"
    ),
    Departure.SUSPICIOUS_NAME: N_(
        "the file's name is made harmless before it is used on a disk"
    ),
    Departure.MORE: N_("there are more deviations; these are the first"),
}
"""What each means, for people."""
