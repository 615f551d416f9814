"""Signature wrapping and its relatives: whatever is moved, nothing forged is delivered.

Each attack takes a packet the province has sealed.  One with a forged subject must be
refused; one that forges nothing may only lead to what was sealed.
"""

import base64
import copy
import hashlib
import hmac

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from lxml import etree

from edoc_connector.errors import (
    CertificateChanged,
    CertificateUntrusted,
    ContentChanged,
    EnvelopeMalformed,
    EnvelopeRefused,
    SealAbsent,
    SealAlgorithmRefused,
    SealMalformed,
    SealPlaceholder,
    SenderMismatch,
    SignatureWrong,
)
from edoc_connector.signature import profile
from edoc_connector.signature.statement import statement
from tests.support.attacks import (
    DS,
    EDXML,
    FORGED,
    Attack,
    attacked,
    forge,
    one,
    with_algorithm,
)
from tests.support.builders import RECIPIENT, document, status
from tests.support.pki import (
    AUTHORITY_USAGE,
    certificate,
    der,
    p256_sealer,
    rsa_key,
    rsa_sealer,
    sealer,
    stranger,
)
from tests.support.seals import opened, sealed_packet

# --- where the signature stands -----------------------------------------------


def move_to_root(root: etree._Element) -> None:
    root.append(one(root, "Signature"))


def move_into_body(root: etree._Element) -> None:
    one(root, "edXMLBody").append(one(root, "Signature"))


def move_into_the_message(root: etree._Element) -> None:
    one(root, "MessageHeader").append(one(root, "Signature"))


def hide_in_another_element(root: etree._Element) -> None:
    hidden = etree.SubElement(one(root, "edXMLHeader"), f"{EDXML}ErrorList")
    hidden.append(one(root, "Signature"))


def hide_in_a_signature(root: etree._Element) -> None:
    genuine = one(root, "Signature")
    outer = etree.Element(f"{EDXML}DigitalSignature")
    genuine.getparent().replace(genuine, outer)
    outer.append(genuine)


def wrap_the_original_beside(root: etree._Element) -> None:
    """XSW: the sealed header is kept in the packet, another one is read."""
    original = copy.deepcopy(one(root, "MessageHeader"))
    etree.SubElement(root, f"{EDXML}Original").append(original)


def wrap_the_original_in_an_object(root: etree._Element) -> None:
    held = etree.SubElement(one(root, "Signature"), f"{DS}Object", Id="original")
    held.append(copy.deepcopy(one(root, "MessageHeader")))


MOVES = [
    move_to_root,
    move_into_body,
    move_into_the_message,
    hide_in_another_element,
    hide_in_a_signature,
    wrap_the_original_beside,
    wrap_the_original_in_an_object,
]


@pytest.mark.parametrize("move", MOVES)
def test_a_forged_subject_is_refused_wherever_the_signature_stands(move) -> None:
    with pytest.raises(EnvelopeRefused):
        opened(attacked(move, forge))


@pytest.mark.parametrize("move", MOVES)
def test_a_moved_signature_never_leads_to_another_content(move) -> None:
    try:
        delivered = opened(attacked(move)).envelope.content
    except EnvelopeRefused:
        return

    assert delivered == document()


def test_two_signatures_are_refused() -> None:
    def double(root):
        one(root, "edXMLHeader").append(copy.deepcopy(one(root, "Signature")))

    with pytest.raises(EnvelopeMalformed, match="two signatures"):
        opened(attacked(double))


def test_the_seal_of_another_packet_is_refused() -> None:
    def transplant(root):
        other = etree.fromstring(sealed_packet(document(subject="khác")))
        genuine = one(root, "Signature")
        genuine.getparent().replace(genuine, one(other, "Signature"))

    with pytest.raises(ContentChanged, match="Subject was changed"):
        opened(attacked(transplant))


def test_a_commented_signature_is_none() -> None:
    packet = sealed_packet()
    hidden = packet.replace(b"<ds:Signature ", b"<!--<ds:Signature ").replace(
        b"</ds:Signature>", b"</ds:Signature>-->"
    )

    with pytest.raises(SealAbsent):
        opened(hidden)


def test_an_empty_signature_is_none() -> None:
    def empty(root):
        one(root, "Signature")[:] = []

    with pytest.raises(SealAbsent):
        opened(attacked(empty))


# --- what is read twice -------------------------------------------------------


def second_header(root: etree._Element) -> None:
    one(root, "edXMLHeader").insert(0, copy.deepcopy(one(root, "MessageHeader")))


def second_subject(root: etree._Element) -> None:
    twin = etree.Element(f"{EDXML}Subject")
    twin.text = FORGED
    one(root, "MessageHeader").insert(0, twin)


def foreign_subject(root: etree._Element) -> None:
    twin = etree.Element("{urn:evil}Subject")
    twin.text = FORGED
    one(root, "MessageHeader").insert(0, twin)


def second_sender(root: etree._Element) -> None:
    one(root, "MessageHeader").insert(0, copy.deepcopy(one(root, "To")))
    one(root, "To").tag = f"{EDXML}From"


def nested_subject(root: etree._Element) -> None:
    subject = one(root, "MessageHeader").find(f"{EDXML}Subject")
    etree.SubElement(subject, f"{EDXML}Subject").text = FORGED


def split_by_comment(root: etree._Element) -> None:
    subject = one(root, "MessageHeader").find(f"{EDXML}Subject")
    comment = etree.Comment("x")
    comment.tail = subject.text[3:]
    subject.text = subject.text[:3]
    subject.append(comment)


@pytest.mark.parametrize(
    "twin",
    [
        second_header,
        second_subject,
        foreign_subject,
        second_sender,
        nested_subject,
        split_by_comment,
    ],
)
def test_what_two_readers_could_read_differently_is_refused(twin) -> None:
    with pytest.raises(EnvelopeRefused):
        opened(attacked(twin))


def test_a_value_split_by_an_entity_is_refused() -> None:
    packet = sealed_packet().replace(
        b"<edXML xmlns", b'<!DOCTYPE x [<!ENTITY e "V">]><edXML xmlns'
    )

    with pytest.raises(EnvelopeMalformed):
        opened(packet.replace(b"<edXML:Subject>V", b"<edXML:Subject>&e;"))


def test_a_second_element_with_the_statements_id_convinces_nobody() -> None:
    """What other engines would resolve `#statement` to is never looked up here."""

    def duplicate_id(root):
        twin = etree.SubElement(root, f"{DS}Object", Id="statement")
        twin.append(copy.deepcopy(one(root, "Statement")))

    with pytest.raises(EnvelopeRefused):
        opened(attacked(duplicate_id, forge))


def test_a_forged_copy_of_the_statement_convinces_nobody() -> None:
    def forge_copy(root):
        one(one(root, "Statement"), "Subject").text = FORGED

    with pytest.raises(ContentChanged) as refused:
        opened(attacked(forge_copy, forge))

    assert refused.value.details["field"] == "content"
    assert opened(attacked(forge_copy)).envelope.content == document()


def test_a_document_cannot_be_taken_for_a_status() -> None:
    def disguise(root):
        header = one(root, "MessageHeader")
        etree.SubElement(header, f"{EDXML}StatusCode").text = "01"
        etree.SubElement(header, f"{EDXML}Timestamp").text = "2026/11/23 08:30:00"

    with pytest.raises(EnvelopeRefused):
        opened(attacked(disguise))


def test_a_status_cannot_be_given_another_code() -> None:
    packet = sealed_packet(status(), key=rsa_sealer(RECIPIENT))

    with pytest.raises(ContentChanged, match=r"StatusCode .* sealed 01, arrived 06"):
        opened(packet.replace(b"<edXML:StatusCode>01", b"<edXML:StatusCode>06"))


# --- algorithms ---------------------------------------------------------------


@pytest.mark.parametrize(
    "attack",
    [
        with_algorithm("SignatureMethod", "http://www.w3.org/2000/09/xmldsig#rsa-sha1"),
        with_algorithm(
            "SignatureMethod", "http://www.w3.org/2000/09/xmldsig#hmac-sha1"
        ),
        with_algorithm("SignatureMethod", "http://www.w3.org/2000/09/xmldsig#dsa-sha1"),
        with_algorithm("SignatureMethod", ""),
        with_algorithm("DigestMethod", "http://www.w3.org/2000/09/xmldsig#sha1"),
        with_algorithm("DigestMethod", "http://www.w3.org/2001/04/xmldsig-more#md5"),
        with_algorithm(
            "CanonicalizationMethod",
            "http://www.w3.org/2001/10/xml-exc-c14n#WithComments",
        ),
        with_algorithm("Transform", "http://www.w3.org/TR/1999/REC-xslt-19991116"),
        with_algorithm("Transform", "http://www.w3.org/TR/1999/REC-xpath-19991116"),
        with_algorithm("Transform", "http://www.w3.org/2000/09/xmldsig#base64"),
    ],
    ids=lambda attack: attack.__name__,
)
def test_a_downgraded_algorithm_is_refused_by_name(attack) -> None:
    with pytest.raises(SealAlgorithmRefused):
        opened(attacked(attack))


def test_a_seal_really_made_with_sha1_is_refused() -> None:
    """Not a changed name: a signature that holds, over SHA-1 digests."""

    def downgrade(root):
        for value in root.iter(f"{DS}DigestValue"):
            digest = hashlib.sha1(statement(document()), usedforsecurity=False)
            value.text = base64.b64encode(digest.digest()).decode()

    with pytest.raises(SealMalformed, match="20 bytes, not 32"):
        opened(attacked(downgrade))


def test_the_public_key_is_no_secret_of_an_hmac() -> None:
    """Key confusion: the certificate's key, known to all, used as an HMAC secret."""

    def confuse(root):
        method = one(root, "SignatureMethod")
        method.set("Algorithm", "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256")
        public = rsa_key().public_key()
        secret = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        info = etree.tostring(one(root, "SignedInfo"), method="c14n", exclusive=True)
        value = hmac.digest(secret, info, "sha256")
        one(root, "SignatureValue").text = base64.b64encode(value).decode()

    with pytest.raises(SealAlgorithmRefused, match="hmac-sha256"):
        opened(attacked(confuse))


# --- references ---------------------------------------------------------------


def no_references(root: etree._Element) -> None:
    for reference in list(root.iter(f"{DS}Reference")):
        reference.getparent().remove(reference)


def empty_uri(root: etree._Element) -> None:
    one(root, "SignedInfo").find(f"{DS}Reference").set("URI", "")


def no_uri(root: etree._Element) -> None:
    del one(root, "SignedInfo").find(f"{DS}Reference").attrib["URI"]


def outside(root: etree._Element) -> None:
    one(root, "SignedInfo").find(f"{DS}Reference").set("URI", "http://evil.example/")


def pointer(root: etree._Element) -> None:
    uri = "#xpointer(id('statement'))"
    one(root, "SignedInfo").find(f"{DS}Reference").set("URI", uri)


def only_properties(root: etree._Element) -> None:
    info = one(root, "SignedInfo")
    info.remove(info.find(f"{DS}Reference"))


def turned_round(root: etree._Element) -> None:
    info = one(root, "SignedInfo")
    info.append(info.find(f"{DS}Reference"))


def third(root: etree._Element) -> None:
    info = one(root, "SignedInfo")
    info.append(copy.deepcopy(info.find(f"{DS}Reference")))


def manifest(root: etree._Element) -> None:
    """References inside a ds:Manifest need not hold for core validation."""
    info = one(root, "SignedInfo")
    held = etree.SubElement(one(root, "Signature"), f"{DS}Object")
    inside = etree.SubElement(held, f"{DS}Manifest", Id="manifest")
    first = info.find(f"{DS}Reference")
    inside.append(copy.deepcopy(first))
    first.set("URI", "#manifest")
    first.set("Type", "http://www.w3.org/2000/09/xmldsig#Manifest")


def second_transform(root: etree._Element) -> None:
    transforms = one(root, "Transforms")
    transforms.append(copy.deepcopy(transforms[0]))


@pytest.mark.parametrize(
    "attack",
    [
        no_references,
        empty_uri,
        no_uri,
        outside,
        pointer,
        only_properties,
        turned_round,
        third,
        manifest,
        second_transform,
    ],
)
def test_references_of_another_form_are_refused(attack) -> None:
    with pytest.raises(SealMalformed):
        opened(attacked(attack))


# --- certificates and keys ----------------------------------------------------


def with_certificate(data: bytes) -> Attack:
    def substitute(root):
        one(root, "X509Certificate").text = base64.b64encode(data).decode()

    return substitute


def test_a_certificate_with_an_equal_subject_is_refused() -> None:
    with pytest.raises(CertificateChanged):
        opened(attacked(with_certificate(stranger().certificate)))


def test_a_certificate_renewed_for_the_same_key_is_refused() -> None:
    """The value fits the same key; the signed properties name the certificate."""
    renewed = der(certificate(subject=certificate().subject))

    with pytest.raises(EnvelopeRefused):
        opened(attacked(with_certificate(renewed)))


def test_a_packet_sealed_anew_by_a_stranger_with_an_equal_subject_is_refused() -> None:
    with pytest.raises(CertificateUntrusted):
        opened(sealed_packet(key=stranger()))


def test_a_packet_sealed_anew_by_another_trusted_organisation_is_refused() -> None:
    with pytest.raises(SenderMismatch):
        opened(sealed_packet(key=rsa_sealer(RECIPIENT)))


def test_a_trusted_authoritys_own_key_does_not_seal() -> None:
    issued = certificate(authority=True, path_length=0, usage=AUTHORITY_USAGE)

    with pytest.raises(CertificateUntrusted, match="key usage"):
        opened(sealed_packet(key=sealer(rsa_key(), issued)))


def test_a_self_signed_certificate_is_refused() -> None:
    own = certificate(issuer=certificate().subject, issuer_key=rsa_key())

    with pytest.raises(CertificateUntrusted):
        opened(sealed_packet(key=sealer(rsa_key(), own)))


def test_a_second_certificate_is_refused() -> None:
    def add(root):
        data = one(root, "X509Data")
        data.append(copy.deepcopy(data[0]))

    with pytest.raises(SealMalformed, match="2 certificates"):
        opened(attacked(add))


def test_a_second_x509data_is_refused() -> None:
    def add(root):
        info = one(root, "KeyInfo")
        info.insert(0, copy.deepcopy(info[0]))
        info[0][0].text = base64.b64encode(stranger().certificate).decode()

    with pytest.raises(SealMalformed, match="2 certificates"):
        opened(attacked(add))


def test_no_certificate_is_refused() -> None:
    def remove(root):
        one(root, "KeyInfo")[:] = []

    with pytest.raises(SealMalformed, match="0 certificates"):
        opened(attacked(remove))


def test_a_key_beside_the_certificate_is_not_used() -> None:
    """A signature that fits a KeyValue, beside a good certificate."""

    def confuse(root):
        info = etree.tostring(one(root, "SignedInfo"), method="c14n", exclusive=True)
        value = stranger().sign(info)
        one(root, "SignatureValue").text = base64.b64encode(value).decode()
        numbers = rsa_key(2).public_key().public_numbers()
        held = etree.Element(f"{DS}KeyValue")
        rsa = etree.SubElement(held, f"{DS}RSAKeyValue")
        for name, number in (("Modulus", numbers.n), ("Exponent", numbers.e)):
            data = number.to_bytes((number.bit_length() + 7) // 8)
            etree.SubElement(rsa, f"{DS}{name}").text = base64.b64encode(data).decode()
        one(root, "KeyInfo").insert(0, held)

    with pytest.raises(SignatureWrong):
        opened(attacked(confuse))


def test_a_certificate_elsewhere_in_the_signature_is_not_used() -> None:
    def plant(root):
        held = etree.SubElement(one(root, "Signature"), f"{DS}Object")
        etree.SubElement(held, f"{DS}X509Certificate").text = "AAAA"

    assert opened(attacked(plant)).envelope.content == document()


def test_the_placeholder_of_the_axis_library_is_no_seal() -> None:
    def placeholder(root):
        one(root, "X509Certificate").text = "MIIFqTCCBJG"

    with pytest.raises(SealPlaceholder):
        opened(attacked(placeholder))


@pytest.mark.parametrize("key", [rsa_sealer(), p256_sealer()], ids=["rsa", "p256"])
@pytest.mark.parametrize("value", [b"\0" * 64, b"\xff" * 64, b"\0", b"\1" * 4096])
def test_a_signature_value_of_odd_numbers_is_refused(key, value: bytes) -> None:
    def change(root):
        one(root, "SignatureValue").text = profile.base64(value)

    with pytest.raises(SignatureWrong):
        opened(attacked(change, packet=sealed_packet(key=key)))


def test_a_signature_made_for_something_else_does_not_seal() -> None:
    """A key that signs other things (a PDF, a login) lends no signature to a packet."""

    def borrow(root):
        value = rsa_sealer().sign(statement(document()))
        one(root, "SignatureValue").text = profile.base64(value)

    with pytest.raises(SignatureWrong):
        opened(attacked(borrow))
