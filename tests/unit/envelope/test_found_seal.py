import pytest

from edoc_connector.errors import EnvelopeMalformed
from edoc_connector.model.stages import FoundReference, FoundSeal
from tests.support import builders
from tests.support.dialects import received

DS = "http://www.w3.org/2000/09/xmldsig#"
FULL = f"""<ds:Signature xmlns:ds="{DS}" Id="seal"><ds:SignedInfo>
<ds:CanonicalizationMethod Algorithm="urn:c14n"/>
<ds:SignatureMethod Algorithm="urn:rsa"/>
<ds:Reference URI="#statement"><ds:Transforms><ds:Transform Algorithm="urn:exc"/>
<ds:Transform Algorithm="urn:two"/></ds:Transforms>
<ds:DigestMethod Algorithm="urn:sha"/>
<ds:DigestValue>AB\n CD</ds:DigestValue></ds:Reference>
<ds:Reference URI="#signed-properties" Type="t"/></ds:SignedInfo>
<ds:SignatureValue>EF GH\n</ds:SignatureValue><ds:KeyInfo><ds:X509Data>
<ds:X509Certificate>IJ\nKL</ds:X509Certificate><ds:X509Certificate>MN</ds:X509Certificate>
</ds:X509Data></ds:KeyInfo>
<ds:Object Id="statement"><Statement xmlns="urn:s"><From><OrganId>H20</OrganId></From>
<To><OrganId>G22</OrganId></To><To><OrganId> H30 </OrganId></To><Subject/></Statement>
</ds:Object><ds:Object><x:QualifyingProperties xmlns:x="urn:x"><x:SignedProperties>
<x:SigningCertificateV2><x:Cert><x:CertDigest><ds:DigestMethod/><ds:DigestValue>QR ST
</ds:DigestValue></x:CertDigest></x:Cert></x:SigningCertificateV2></x:SignedProperties>
<x:UnsignedProperties><x:UnsignedSignatureProperties><x:SignatureTimeStamp>
<x:EncapsulatedTimeStamp>UV\n WX</x:EncapsulatedTimeStamp></x:SignatureTimeStamp>
</x:UnsignedSignatureProperties></x:UnsignedProperties></x:QualifyingProperties></ds:Object></ds:Signature>"""
FOUND = FoundSeal(
    canonicalization_method="urn:c14n",
    signature_method="urn:rsa",
    references=(
        FoundReference("#statement", ("urn:exc", "urn:two"), "urn:sha", "ABCD"),
        FoundReference("#signed-properties", (), "", ""),
    ),
    signature_value="EFGH",
    certificates=("IJKL", "MN"),
    statement=(
        ("From/OrganId", "H20"),
        ("To/OrganId", "G22"),
        ("To[2]/OrganId", "H30"),
        ("Subject", ""),
    ),
    certificate_digest="QRST",
    timestamps=("UVWX",),
)
NOTHING = FoundSeal(
    canonicalization_method="",
    signature_method="",
    references=(),
    signature_value="",
    certificates=(),
)


def seal_in(seal):
    return received(builders.packet(seal=seal.encode())).seal


def test_everything_of_a_seal_is_found():
    assert seal_in(FULL) == FOUND


def test_a_seal_without_its_namespace_is_found():
    bare = FULL.replace("ds:", "").replace(f' xmlns:ds="{DS}"', "")

    assert seal_in(bare) == FOUND


def test_a_seal_that_lost_its_objects_is_found():
    bare = FULL.split("<ds:Object", maxsplit=1)[0] + "</ds:Signature>"

    found = seal_in(bare)

    assert (found.statement, found.certificate_digest) == ((), "")
    assert found.signature_value == FOUND.signature_value


def test_a_seal_of_another_kind_is_told_as_text():
    found = seal_in("<Signature><KeyInfo><Token>t</Token></KeyInfo></Signature>")

    assert found == NOTHING


def test_a_seal_inside_a_digital_signature_is_found():
    assert seal_in(f"<DigitalSignature>{FULL}</DigitalSignature>") == FOUND


@pytest.mark.parametrize(
    "seal", ["", "<Signature/>", "<edXML:DigitalSignature> \n</edXML:DigitalSignature>"]
)
def test_nothing_is_no_seal(seal):
    assert seal_in(seal) is None


def test_an_empty_signature_beside_the_seal_does_no_harm():
    assert seal_in(f"<DigitalSignature/>{FULL}") == FOUND


def test_a_seal_that_strayed_to_the_end_of_the_packet_is_found():
    packet = builders.packet().replace(b"</edXML>\n", FULL.encode() + b"</edXML>")

    assert received(packet).seal == FOUND


def test_two_signatures_are_refused():
    with pytest.raises(EnvelopeMalformed, match="two signatures"):
        seal_in(FULL + FULL)


@pytest.mark.parametrize("name", ["SignedInfo", "SignatureValue", "KeyInfo"])
def test_a_signature_that_says_a_thing_twice_is_refused(name):
    seal = f"<Signature><a>x</a><{name}/><{name}/></Signature>"

    with pytest.raises(EnvelopeMalformed, match=f"{name} stands there twice"):
        seal_in(seal)


def test_two_statements_are_as_good_as_none():
    twice = FULL.replace("<Statement", '<Statement xmlns="urn:s"/><Statement', 1)

    assert seal_in(twice).statement == ()


def test_of_many_time_stamps_four_are_read_and_none_refuses_the_packet():
    stamps = "<SignatureTimeStamp><EncapsulatedTimeStamp>A<b/></EncapsulatedTimeStamp>"
    many = FULL.replace("<x:SignatureTimeStamp>", f"{stamps}</SignatureTimeStamp>" * 9)
    whole = many.replace("<x:EncapsulatedTimeStamp>", "<x:Other>").replace(
        "</x:EncapsulatedTimeStamp></x:SignatureTimeStamp>", "</x:Other>"
    )

    assert seal_in(whole).timestamps == ("A", "A", "A", "A")


def test_a_time_stamp_of_any_length_takes_bounded_memory():
    long = FULL.replace("UV\n WX", "A" * 200_000)

    assert len(seal_in(long).timestamps[0]) == 100_000
