"""Confusion: values, keys, names and forms that another reader would take for others.

Whatever is tried, a packet is refused by a named reason or what was sealed is
delivered (`attacks.outcome`); each test says which.
"""

import copy
from dataclasses import dataclass
from hashlib import sha256
from itertools import product
from unicodedata import normalize

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA1, SHA256, SHA384
from lxml import etree

from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.pki.request import subject
from edoc_connector.signature import profile
from edoc_connector.signature.choices import SealAlgorithm
from edoc_connector.signature.sign import seal
from edoc_connector.signature.statement import NAMESPACE, statement
from tests.support.attacks import (
    DS,
    EDXML,
    FORGED,
    GENUINE,
    attacked,
    der,
    der_with,
    forge,
    one,
    outcome,
    signed_info,
    with_algorithm,
    with_text,
)
from tests.support.builders import document, envelope, packet
from tests.support.pki import (
    certificate,
    p256_key,
    p256_sealer,
    p384_sealer,
    pss_sealer,
    rsa_key,
    rsa_sealer,
    sealer,
    stranger,
)
from tests.support.seals import sealed_packet

KEYS = {
    key.algorithm: key
    for key in (rsa_sealer(), pss_sealer(), p256_sealer(), p384_sealer())
}
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
XADES = "{http://uri.etsi.org/01903/v1.3.2#}"


def numbers(value: bytes) -> tuple[int, int]:
    """The two numbers of a P-256 signature value."""
    return int.from_bytes(value[:32]), int.from_bytes(value[32:])


def value_of(r: int, s: int) -> bytes:
    """The value that these two make."""
    return r.to_bytes(32) + s.to_bytes(32)


# --- algorithm and key --------------------------------------------------------


@pytest.mark.parametrize(
    ("named", "made"),
    [pair for pair in product(SealAlgorithm, SealAlgorithm) if pair[0] != pair[1]],
    ids=lambda algorithm: algorithm.name,
)
def test_a_seal_of_one_algorithm_is_none_of_another(named, made) -> None:
    renamed = with_algorithm("SignatureMethod", named)

    assert outcome(attacked(renamed, packet=sealed_packet(key=KEYS[made]))) == (
        "SignatureWrong"
    )


PSS_CONFUSIONS = {
    "no salt": (padding.PSS(padding.MGF1(SHA256()), 0), SHA256()),
    "longest salt": (
        padding.PSS(padding.MGF1(SHA256()), padding.PSS.MAX_LENGTH),
        SHA256(),
    ),
    "MGF1 with SHA-1": (padding.PSS(padding.MGF1(SHA1()), 32), SHA256()),  # noqa: S303
    "SHA-1": (padding.PSS(padding.MGF1(SHA1()), 20), SHA1()),  # noqa: S303
    "SHA-384": (padding.PSS(padding.MGF1(SHA384()), 48), SHA384()),
}


@pytest.mark.parametrize("name", PSS_CONFUSIONS)
def test_pss_has_one_set_of_parameters(name) -> None:
    packet = sealed_packet(key=pss_sealer())
    value = rsa_key().sign(signed_info(packet), *PSS_CONFUSIONS[name])

    assert outcome(attacked(with_text("SignatureValue", value), packet=packet)) == (
        "SignatureWrong"
    )


def test_pss_parameters_in_the_packet_change_nothing() -> None:
    """RFC 9231, 2.3.9 allows them for another name; here they are not even read."""

    def add(root):
        held = etree.SubElement(
            one(root, "SignatureMethod"),
            "{http://www.w3.org/2007/05/xmldsig-more#}RSAPSSParams",
        )
        etree.SubElement(held, f"{DS}DigestMethod", Algorithm=f"{DS[1:-1]}sha1")

    assert outcome(attacked(add, packet=sealed_packet(key=pss_sealer()))) == GENUINE


def test_hmac_output_length_of_nothing_lets_nothing_pass() -> None:
    """CVE-2009-0217: a signature cut to no bits at all."""

    def cut(root):
        method = one(root, "SignatureMethod")
        etree.SubElement(method, f"{DS}HMACOutputLength").text = "0"
        one(root, "SignatureValue").text = ""

    assert outcome(attacked(cut)) == "SealMalformed"


def test_the_twin_of_an_ecdsa_value_seals_the_same_and_no_more() -> None:
    """ECDSA: whoever has (r, s) can write (r, n - s).  It says the same of the same
    bytes by the same key, so it is let pass; nothing here is named by its signature."""
    packet = sealed_packet(key=p256_sealer())
    r, s = numbers(p256_sealer().sign(signed_info(packet)))
    genuine = attacked(with_text("SignatureValue", value_of(r, s)), packet=packet)
    twin = with_text("SignatureValue", value_of(r, P256_ORDER - s))

    assert outcome(genuine) == GENUINE
    assert outcome(attacked(twin, packet=packet)) == GENUINE
    assert outcome(attacked(twin, forge, packet=packet)) == "ContentChanged"


def odd_values() -> dict[str, bytes]:
    """What has been taken for an ECDSA signature somewhere."""
    signed = p256_sealer().sign(signed_info(sealed_packet(key=p256_sealer())))
    r, s = numbers(signed)
    return {
        "zero and zero": value_of(0, 0),  # CVE-2022-21449
        "zero r": value_of(0, s),
        "zero s": value_of(r, 0),
        "the order itself": value_of(P256_ORDER, P256_ORDER),
        "DER": encode_dss_signature(r, s),
        "longer": signed + b"\0",
        "padded": b"\0" + signed[:32] + b"\0" + signed[32:],
        "shorter": signed[:-1],
    }


@pytest.mark.parametrize("name", odd_values())
def test_what_is_no_ecdsa_value_is_refused(name) -> None:
    change = with_text("SignatureValue", odd_values()[name])

    assert outcome(attacked(change, packet=sealed_packet(key=p256_sealer()))) == (
        "SignatureWrong"
    )


def test_an_rsa_value_has_the_length_of_its_modulus() -> None:
    value = rsa_sealer().sign(signed_info(sealed_packet()))
    modulus = rsa_key().public_key().public_numbers().n
    larger = (int.from_bytes(value) + modulus).to_bytes(257)

    for odd in (b"\0" + value, value + b"\0", larger):
        assert outcome(attacked(with_text("SignatureValue", odd))) == "SignatureWrong"


# --- keys that prove nothing --------------------------------------------------


ECDSA_WITH_SHA256 = bytes.fromhex("300a06082a8648ce3d040302")


def reissued(old: bytes, new: bytes) -> bytes:
    """The province's certificate with one element replaced, signed by its authority."""
    issued = certificate()
    body = der_with(issued.tbs_certificate_bytes, old, new)
    signature = p256_key(-1).sign(body, ec.ECDSA(SHA256()))
    return der(0x30, body + ECDSA_WITH_SHA256 + der(0x03, b"\0" + signature))


EXPONENT = b"\x02\x03\x01\x00\x01"


def test_the_reissuing_of_certificates_works() -> None:
    """Else the next tests would prove nothing."""
    issued = reissued(EXPONENT, EXPONENT)

    key = sealer(rsa_key(), x509.load_der_x509_certificate(issued))

    assert outcome(sealed_packet(key=key)) == GENUINE


@dataclass(frozen=True, slots=True)
class EverybodysKey:
    """What anybody can seal with a certificate whose exponent is 1: no secret."""

    certificate: bytes
    algorithm: SealAlgorithm = SealAlgorithm.RSA_PKCS1_SHA256

    def sign(self, data: bytes) -> bytes:
        """With e = 1 the filled digest is its own signature."""
        filled = SHA256_INFO + sha256(data).digest()
        return b"\0\1" + b"\xff" * (256 - 3 - len(filled)) + b"\0" + filled


SHA256_INFO = bytes.fromhex("3031300d060960864801650304020105000420")
"""What stands before a digest in a signature of PKCS#1 (RFC 8017, 9.2)."""


@pytest.mark.parametrize("exponent", [0, 1, 2])
def test_a_key_with_which_anybody_signs_is_refused(exponent: int) -> None:
    issued = reissued(EXPONENT, bytes([2, 1, exponent]))

    assert outcome(sealed_packet(key=EverybodysKey(issued))) == "SealMalformed"


def test_a_short_key_is_refused_whoever_vouches_for_it() -> None:
    weak = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505  (what is refused)
    key = sealer(weak, certificate(key=weak))

    assert outcome(sealed_packet(key=key)) == "CertificateUntrusted"


SERIALS = {
    "negative": b"\x02\x01\x80",
    "zero": b"\x02\x01\x00",
    "of 40 bytes": b"\x02\x28" + b"\x7f" * 40,
    "of 2000 bytes": b"\x02\x82\x07\xd0" + b"\x7f" * 2000,
}


@pytest.mark.parametrize("name", SERIALS)
def test_an_odd_serial_number_forges_nothing(name) -> None:
    number = certificate().serial_number
    serial = number.to_bytes((number.bit_length() + 8) // 8)
    issued = reissued(der(0x02, serial), SERIALS[name])
    try:
        key = sealer(rsa_key(), x509.load_der_x509_certificate(issued))
    except ValueError:
        key = None

    if key is None:
        planted = attacked(with_text("X509Certificate", issued))
        assert outcome(planted) == "SealMalformed"
    else:
        assert outcome(sealed_packet(key=key)) in {GENUINE, "CertificateUntrusted"}


@pytest.mark.parametrize("rest", [b"\0", b"\x30\0", rsa_sealer().certificate])
def test_a_certificate_with_something_behind_it_is_refused(rest: bytes) -> None:
    longer = with_text("X509Certificate", rsa_sealer().certificate + rest)

    assert outcome(attacked(longer)) in {"SealMalformed", "CertificateChanged"}


def test_a_hundred_certificates_are_refused() -> None:
    def crowd(root):
        data = one(root, "X509Data")
        for _ in range(99):
            data.append(copy.deepcopy(data[0]))

    assert outcome(attacked(crowd)) == "SealMalformed"


# --- base64 -------------------------------------------------------------------

RUBBISH = {
    "a letter of no alphabet": lambda text: text[:8] + "!" + text[8:],
    "url-safe": lambda text: text.replace("+", "-").replace("/", "_") + "_",
    "text behind the end": lambda text: text + "AAAA",
    "an end in the middle": lambda text: text[:8] + "==" + text[8:],
    "cut off": lambda text: text[:-2],
    "without its end": lambda text: text[:-1],
    "bits behind the end": lambda text: text[:-3] + chr(ord(text[-3]) + 1) + "==",
    "a comment's worth of dashes": lambda text: text + "--",
    "nothing": lambda _text: "",
}


@pytest.mark.parametrize("rubbish", RUBBISH)
@pytest.mark.parametrize("name", ["SignatureValue", "DigestValue", "X509Certificate"])
def test_values_are_in_strict_base64(name: str, rubbish: str) -> None:
    def spoil(root):
        value = one(root, name)
        value.text = RUBBISH[rubbish](value.text)

    assert outcome(attacked(spoil)) != GENUINE


@pytest.mark.parametrize("name", ["SignatureValue", "DigestValue", "X509Certificate"])
def test_values_may_be_broken_into_lines(name: str) -> None:
    def wrap(root):
        value = one(root, name)
        value.text = "\r\n ".join(
            value.text[at : at + 8] for at in range(0, len(value.text), 8)
        )

    assert outcome(attacked(wrap)) == GENUINE


# --- text that looks alike ----------------------------------------------------


@pytest.mark.parametrize("twin", ["Н20", "H2O", "h20", "H20.", "H 20", "H20А"])
def test_a_code_that_looks_like_the_senders_is_another(twin: str) -> None:
    assert outcome(attacked(with_text("OrganId", twin))) == "ContentChanged"


@pytest.mark.parametrize("spelling", ["H２0", "H20\u200b", "H\u00ad20", "\u202eH20"])
def test_a_code_with_letters_nobody_sees_is_delivered_without_them(spelling) -> None:
    """The reader takes codes in one spelling, and that is what is compared."""
    assert outcome(attacked(with_text("OrganId", spelling))) == GENUINE


@pytest.mark.parametrize("twin", ["Н20", "H２0", "H2O", "H20\u200b"], ids=ascii)
def test_a_certificate_of_a_code_that_looks_alike_seals_for_nobody_else(twin) -> None:
    key = sealer(
        rsa_key(), certificate(subject=subject(OrganizationCode(twin), "UBND"))
    )

    assert outcome(sealed_packet(key=key)) == "SenderMismatch"


def test_a_decomposed_text_is_the_text_that_was_sealed() -> None:
    """NFC and NFD are one text to people; what is delivered is always NFC."""

    def decompose(root):
        found = one(root, "MessageHeader").find(f"{EDXML}Subject")
        found.text = normalize("NFD", found.text)

    assert outcome(attacked(decompose)) == GENUINE


def test_a_compatible_text_is_another_text() -> None:
    """NFKC would make `①` of nothing but `1`; a number is not a decoration."""
    assert outcome(attacked(with_text("CodeNumber", "①⑤"))) == "ContentChanged"


# --- XML that other readers understand ----------------------------------------


def test_an_instruction_inside_a_value_is_refused() -> None:
    packet = sealed_packet().replace(b"<edXML:OrganId>H", b"<edXML:OrganId>H<?x y?>")

    assert outcome(packet) == "EnvelopeMalformed"


def test_cdata_is_text_and_nothing_else() -> None:
    packet = sealed_packet()
    same = packet.replace(b"<edXML:OrganId>H20<", b"<edXML:OrganId><![CDATA[H20]]><")
    other = packet.replace(
        b"<edXML:OrganId>H20<", b"<edXML:OrganId><![CDATA[<!--]]>H20<![CDATA[-->]]><"
    )

    assert outcome(same) == GENUINE
    assert outcome(other) == "ContentChanged"


def test_xinclude_is_refused() -> None:
    def include(root):
        etree.SubElement(
            one(root, "MessageHeader"),
            "{http://www.w3.org/2001/XInclude}include",
            href="file:///etc/hostname",
        )

    assert outcome(attacked(include)) == "EnvelopeMalformed"


XML = "{http://www.w3.org/XML/1998/namespace}"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        (f"{XML}base", "http://evil.example/"),
        (f"{XML}space", "default"),
        (f"{XML}lang", "en"),
        (f"{XML}id", "statement"),
        ("Id", "statement"),
        ("ID", "signed-properties"),
        (f"{{{XADES[1:-1]}}}Id", "signed-properties"),
        ("{http://www.w3.org/2001/XMLSchema-instance}nil", "true"),
        ("{http://www.w3.org/2001/XMLSchema-instance}type", "evil"),
    ],
)
@pytest.mark.parametrize("holder", ["MessageHeader", "Subject", "SignedInfo", "edXML"])
def test_attributes_by_which_others_read_differently_mean_nothing(
    holder: str, name: str, value: str
) -> None:
    def add(root):
        one(root, holder).set(name, value)

    assert outcome(attacked(add)) == GENUINE
    assert outcome(attacked(add, forge)) == "ContentChanged"


def test_attributes_by_default_are_refused_with_their_dtd() -> None:
    declared = b'<!DOCTYPE edXML [<!ATTLIST edXML Id ID "statement">]><edXML '

    assert outcome(sealed_packet().replace(b"<edXML ", declared, 1)) == (
        "EnvelopeMalformed"
    )


# --- two of a thing -----------------------------------------------------------


def forged_packet() -> bytes:
    """A packet nobody has sealed."""
    return packet(document(subject=FORGED))


@pytest.mark.parametrize("sealed_first", [True, False])
def test_two_packets_in_one_file_are_refused(sealed_first: bool) -> None:  # noqa: FBT001
    pair = [sealed_packet(), forged_packet()]
    first, second = pair if sealed_first else reversed(pair)

    assert outcome(first + second.partition(b"?>")[2]) == "EnvelopeMalformed"


@pytest.mark.parametrize("sealed_first", [True, False])
def test_two_envelopes_in_one_packet_are_refused(sealed_first: bool) -> None:  # noqa: FBT001
    def double(root):
        forged = one(etree.fromstring(forged_packet()), "edXMLEnvelope")
        root.insert(1 if sealed_first else 0, forged)

    assert outcome(attacked(double)) == "EnvelopeMalformed"


def inside_the_seal(*path: str, of: etree._Element) -> etree._Element:
    """Make elements, one in another, at the end of the signature."""
    held = of
    for name in path:
        held = etree.SubElement(held, name)
    return held


def nested_signature(root: etree._Element) -> None:
    """A signature of a stranger over the forged content, inside the genuine one."""
    forged = seal(envelope(document(subject=FORGED)), stranger()).seal
    held = inside_the_seal(f"{DS}Object", of=one(root, "Signature"))
    held.append(etree.fromstring(forged))


def nested_first(root: etree._Element) -> None:
    """The same as the first child, where a careless search finds it before ours."""
    forged = seal(envelope(document(subject=FORGED)), stranger()).seal
    held = etree.Element(f"{DS}Object")
    held.append(etree.fromstring(forged))
    one(root, "Signature").insert(0, held)


def second_statement(root: etree._Element) -> None:
    """An unsigned property that holds another statement."""
    held = inside_the_seal(
        f"{XADES}UnsignedProperties",
        f"{XADES}UnsignedSignatureProperties",
        of=one(root, "QualifyingProperties"),
    )
    copied = copy.deepcopy(one(root, "Statement"))
    one(copied, "Subject").text = FORGED
    held.append(copied)


def counter_signature(root: etree._Element) -> None:
    """Somebody signed the signature value too."""
    held = inside_the_seal(
        f"{XADES}UnsignedProperties",
        f"{XADES}UnsignedSignatureProperties",
        f"{XADES}CounterSignature",
        of=one(root, "QualifyingProperties"),
    )
    held.append(etree.fromstring(seal(envelope(), stranger()).seal))


def other_version(root: etree._Element) -> None:
    """A statement of a later version beside ours."""
    held = inside_the_seal(f"{DS}Object", of=one(root, "Signature"))
    copied = copy.deepcopy(one(root, "Statement"))
    one(copied, "Subject").text = FORGED
    text = etree.tostring(copied).replace(
        NAMESPACE.encode(), b"urn:edoc-connector:seal:2"
    )
    held.append(etree.fromstring(text))


def other_properties(root: etree._Element) -> None:
    """Signed properties that name another time and certificate, before ours."""
    copied = copy.deepcopy(one(root, "QualifyingProperties"))
    one(copied, "SigningTime").text = "2020-01-01T00:00:00+07:00"
    held = etree.Element(f"{DS}Object")
    held.append(copied)
    one(root, "Signature").insert(0, held)


NESTINGS = [
    nested_signature,
    nested_first,
    second_statement,
    counter_signature,
    other_version,
    other_properties,
]


@pytest.mark.parametrize("nest", NESTINGS)
def test_what_is_put_into_a_seal_is_not_looked_at(nest) -> None:
    assert outcome(attacked(nest)) == GENUINE
    assert outcome(attacked(nest, forge)) == "ContentChanged"


def test_a_statement_of_another_version_is_not_ours() -> None:
    """A key that signed the same words under another name has not sealed them."""
    later = statement(document()).replace(
        b"edoc-connector:seal:1", b"edoc-connector:seal:2"
    )
    properties = profile.signed_properties(
        profile.sealing_time(envelope()), sha256(rsa_sealer().certificate).digest()
    )
    info = profile.signed_info(
        SealAlgorithm.RSA_PKCS1_SHA256,
        statement_digest=sha256(later).digest(),
        properties_digest=sha256(properties).digest(),
    )
    own = profile.signature(
        signed_info=info,
        value=rsa_sealer().sign(info),
        certificate=rsa_sealer().certificate,
        statement=later,
        properties=properties,
    )

    assert outcome(packet(seal=own)) == "ContentChanged"


# --- a signature that says something twice, or in other words -----------------


@pytest.mark.parametrize(
    "name",
    [
        *("SignedInfo", "SignatureValue", "KeyInfo", "CanonicalizationMethod"),
        *("SignatureMethod", "Transforms", "DigestMethod", "DigestValue"),
    ],
)
@pytest.mark.parametrize("before", [True, False], ids=["before", "behind"])
def test_a_part_of_a_seal_that_stands_there_twice_is_refused(name, before) -> None:
    """One is a stranger's; nobody has to know which of them another reader takes."""
    forged = etree.fromstring(seal(envelope(document(subject=FORGED)), stranger()).seal)

    def double(root):
        ours = one(root, name)
        place = ours.getparent().index(ours)
        ours.getparent().insert(place if before else place + 1, one(forged, name))

    assert outcome(attacked(double)) == "EnvelopeMalformed"


@pytest.mark.parametrize("name", ["CanonicalizationMethod", "Transform"])
def test_parameters_of_a_transform_change_nothing(name: str) -> None:
    """Prefixes to be treated as another canonicaliser does, or a path to look along."""

    def add(root):
        held = one(root, name)
        etree.SubElement(
            held,
            "{http://www.w3.org/2001/10/xml-exc-c14n#}InclusiveNamespaces",
            PrefixList="ds edXML #default",
        )
        etree.SubElement(held, f"{DS}XPath").text = "ancestor-or-self::To"

    assert outcome(attacked(add)) == GENUINE
    assert outcome(attacked(add, forge)) == "ContentChanged"


def test_letters_spelled_by_their_numbers_are_those_letters() -> None:
    packet = sealed_packet()
    same = packet.replace(b"<edXML:OrganId>H20<", b"<edXML:OrganId>&#72;&#x32;0<")
    other = packet.replace(b"<edXML:OrganId>H20<", b"<edXML:OrganId>&#72;&#x33;0<")

    assert outcome(same) == GENUINE
    assert outcome(other) == "ContentChanged"


@pytest.mark.parametrize("name", ["SignatureValue", "DigestValue", "X509Certificate"])
def test_a_comment_in_a_value_of_the_seal_is_refused(name: str) -> None:
    def comment(root):
        value = one(root, name)
        inside = etree.Comment("x")
        inside.tail, value.text = value.text[4:], value.text[:4]
        value.append(inside)

    assert outcome(attacked(comment)) == "EnvelopeMalformed"
