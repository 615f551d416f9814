"""What we accept, tools we did not write accept; what we refuse, they refuse too.

Every form of a seal is judged by libxmlsec1 1.3 (python-xmlsec), by signxml's XAdES
verifier and, where it knows the algorithm, by the program xmlsec1; a time stamp by
`openssl ts`.
"""

from base64 import b64decode, b64encode
from functools import cache
from itertools import combinations

import pytest
from lxml import etree

from edoc_connector.errors import EnvelopeRefused, Reason
from edoc_connector.model.verdict import SealForm, TimeSource
from edoc_connector.signature import profile
from edoc_connector.signature.reconstitute import reconstitute
from edoc_connector.signature.timestamp import ProvenTime, prove_time, tokens_of
from tests.support import pki, timestamping
from tests.support.builders import SENT_AT
from tests.support.rebuild import EFFECTS, drop_objects, rebuild
from tests.support.seal_forms import (
    FORMS,
    OK,
    arrived,
    judged,
    opinions,
    packet_with,
    sealed,
)
from tests.support.seals import DS, with_content
from tests.support.timestamping import Authority, openssl_says, policy

EVERY_COMBINATION = [
    effects
    for count in range(len(EFFECTS) + 1)
    for effects in combinations(EFFECTS, count)
]
STAMPED, RECEIVED = TimeSource.TIMESTAMP, TimeSource.RECEPTION
every_form = pytest.mark.parametrize("form", FORMS, ids=str)


@every_form
def test_every_form_is_accepted_as_it_travels(form, tmp_path):
    said = opinions(form, packet_with(sealed(form).seal), tmp_path)

    assert set(said.values()) == {OK}
    assert len(said) == 2 + form.is_known_to_xmlsec1


@every_form
def test_every_form_survives_whatever_nodes_do_and_is_accepted_when_made_whole(
    form, tmp_path
):
    packet = packet_with(sealed(form).seal)
    sent = judged(packet)
    made = {}

    for effects in EVERY_COMBINATION:
        rebuilt = rebuild(packet, effects)
        assert judged(rebuilt).statement_digest == sent.statement_digest, effects
        made.setdefault(reconstitute(arrived(rebuilt)), []).append(effects)

    # Whatever happened, one of two signatures is made again, byte for byte: the one
    # that was written, and the one without the time stamp, which nodes drop.
    assert sealed(form).seal in made
    assert len(made) == 1 + form.is_stamped
    for whole in made:
        assert set(opinions(form, whole, tmp_path).values()) == {OK}


@every_form
def test_nodes_that_drop_the_objects_drop_the_time_stamp_and_nothing_else(form):
    rebuilt = arrived(rebuild(packet_with(sealed(form).seal), [drop_objects]))

    assert rebuilt.seal is not None
    assert rebuilt.seal.timestamps == ()


@every_form
def test_we_say_which_form_arrived_and_whose_time_is_proven(form):
    packet = packet_with(sealed(form).seal)
    written = judged(packet).verdict
    rebuilt = judged(rebuild(packet, [drop_objects])).verdict

    if form.is_stamped:
        assert (written.form, written.time_source) == (SealForm.B_T, STAMPED)
    assert (rebuilt.form, rebuilt.time_source) == (SealForm.B_B, RECEIVED)


def test_a_time_stamp_that_survived_proves_the_time_to_us_and_to_openssl(tmp_path):
    for form in FORMS:
        seal = arrived(packet_with(sealed(form).seal)).seal
        value = b64decode(seal.signature_value)
        for token in tokens_of(seal):
            found = prove_time([token], value, policy(), sealed_at=SENT_AT, now=SENT_AT)
            assert isinstance(found, ProvenTime)
            assert openssl_says(token, value, tmp_path) == OK


# --- tampering -----------------------------------------------------------------


def changed(name, *, number=0, change):
    """Change an element of the signature, the one of this name and number."""

    def tamper(seal):
        root = etree.fromstring(seal)
        change([*root.iter(f"{DS}{name}")][number])
        return etree.tostring(root)

    return tamper


def other_bytes(element):
    data = bytearray(b64decode(element.text))
    data[len(data) // 2] ^= 1
    element.text = b64encode(data).decode()


def named(algorithm):
    return lambda element: element.set("Algorithm", algorithm)


def anothers_certificate(element):
    element.text = b64encode(pki.stranger().certificate).decode()


def removed(element):
    element.getparent().remove(element)


def swapped(element):
    element.getparent().append(element)


def doubled(element):
    element.addnext(etree.fromstring(etree.tostring(element)))


MORE = "http://www.w3.org/2001/04/xmldsig-more#"
TAMPERINGS = {
    "digest of the statement": changed("DigestValue", change=other_bytes),
    "digest of the properties": changed("DigestValue", number=1, change=other_bytes),
    "signature value": changed("SignatureValue", change=other_bytes),
    "no signature value": changed(
        "SignatureValue", change=lambda one: setattr(one, "text", "")
    ),
    "certificate of a stranger": changed(
        "X509Certificate", change=anothers_certificate
    ),
    "bytes of the certificate": changed("X509Certificate", change=other_bytes),
    "no certificate": changed("X509Data", change=removed),
    "SHA-1 to sign": changed(
        "SignatureMethod", change=named("http://www.w3.org/2000/09/xmldsig#rsa-sha1")
    ),
    "SHA-512 to sign": changed("SignatureMethod", change=named(f"{MORE}rsa-sha512")),
    "a MAC": changed("SignatureMethod", change=named(f"{MORE}hmac-sha256")),
    "SHA-1 to digest": changed(
        "DigestMethod", change=named("http://www.w3.org/2000/09/xmldsig#sha1")
    ),
    "SHA-512 to digest": changed(
        "DigestMethod",
        number=1,
        change=named("http://www.w3.org/2001/04/xmlenc#sha512"),
    ),
    "another canonical form": changed(
        "CanonicalizationMethod",
        change=named("http://www.w3.org/TR/2001/REC-xml-c14n-20010315"),
    ),
    "another transform": changed(
        "Transform", change=named("http://www.w3.org/TR/2001/REC-xml-c14n-20010315")
    ),
    "no transform": changed("Transforms", change=removed),
    "two transforms": changed("Transform", change=doubled),
    "a reference to everything": changed(
        "Reference", change=lambda one: one.set("URI", "")
    ),
    "a reference to nothing": changed(
        "Reference", change=lambda one: one.set("URI", "#other")
    ),
    "a reference to the other object": changed(
        "Reference", change=lambda one: one.set("URI", profile.PROPERTIES_URI)
    ),
    "no reference to the statement": changed("Reference", change=removed),
    "no reference to the properties": changed("Reference", number=1, change=removed),
    "references in another order": changed("Reference", change=swapped),
    "a reference twice": changed("Reference", change=doubled),
}


@every_form
@pytest.mark.parametrize("tampering", TAMPERINGS)
def test_what_was_tampered_with_is_refused_by_all(form, tampering, tmp_path):
    tampered = TAMPERINGS[tampering](sealed(form).seal)
    assert tampered != sealed(form).seal

    with pytest.raises(EnvelopeRefused):
        judged(packet_with(tampered))

    assert OK not in opinions(form, tampered, tmp_path).values()


@every_form
def test_a_tampering_that_changes_nothing_would_be_noticed(form, tmp_path):
    untouched = changed("DigestValue", change=str)(sealed(form).seal)

    assert judged(packet_with(untouched))
    assert set(opinions(form, untouched, tmp_path).values()) == {OK}


@every_form
def test_a_statement_that_says_something_else_is_refused_by_all(form, tmp_path):
    received = with_content(arrived(packet_with(sealed(form).seal)), subject="khác")
    packet = packet_with(sealed(form).seal, received.envelope.content)

    with pytest.raises(EnvelopeRefused, match=r"^Subject was changed"):
        judged(packet)
    assert OK not in opinions(form, reconstitute(received), tmp_path).values()


@every_form
def test_another_time_of_sealing_is_refused_by_all(form, tmp_path):
    stamp = b"<edXML:Timestamp>2026/11/23 08:30:00<"
    packet = packet_with(sealed(form).seal)
    assert packet.count(stamp) == 1
    late = packet.replace(stamp, stamp.replace(b"08:30:00", b"08:30:01"))

    with pytest.raises(EnvelopeRefused, match="Timestamp was changed"):
        judged(late)
    assert OK not in opinions(form, reconstitute(arrived(late)), tmp_path).values()


VALUE = b"the value of a signature"


@cache
def good_token():
    return Authority().token(VALUE)


TAMPERED_TOKENS = {
    "another seal": lambda: Authority().token(b"another value"),
    "signature": lambda: good_token()[:-1] + bytes([good_token()[-1] ^ 1]),
    "time": lambda: good_token().replace(b"20261123", b"20261122"),
    "cut short": lambda: good_token()[:-9],
    "not for stamps": lambda: Authority(
        certificate=timestamping.certificate(extra=None)
    ).token(VALUE),
    "a stranger's": lambda: Authority(
        certificate=timestamping.certificate(issuer_key=pki.p256_key(-3))
    ).token(VALUE),
}


@pytest.mark.parametrize("tampering", TAMPERED_TOKENS)
def test_a_time_stamp_that_was_tampered_with_convinces_neither_us_nor_openssl(
    tampering, tmp_path
):
    token = TAMPERED_TOKENS[tampering]()

    found = prove_time([token], VALUE, policy(), sealed_at=SENT_AT, now=SENT_AT)

    assert isinstance(found, Reason)
    assert openssl_says(good_token(), VALUE, tmp_path) == OK
    assert openssl_says(token, VALUE, tmp_path) != OK
