from asn1crypto import x509

from edoc_connector.pdf.signer import MOST_LETTERS, named, organization_of


class Certificate:
    def __init__(self, **names):
        self.subject = x509.Name.build(names)


def test_a_name_without_a_common_name_is_told_as_a_whole():
    name = x509.Name.build({"country_name": "VN"})

    assert named(name) == "Country: VN"


def test_unit_organization_and_identifier_are_told_once_each():
    same = Certificate(organization_name="A", organizational_unit_name="A")
    all_of_it = Certificate(
        organization_name="A",
        organizational_unit_name="B",
        organization_identifier="H20",
    )

    assert organization_of(same) == "A"
    assert organization_of(all_of_it) == "B, A (H20)"


def test_the_number_of_an_identity_card_is_not_told():
    signer = Certificate(organization_name="A", user_id="CCCD:012345678901")

    assert "012345678901" not in organization_of(signer)


def test_of_several_units_the_first_is_told():
    subject = x509.Name.build({"common_name": "C"})
    two = x509.RDNSequence(
        [
            x509.RelativeDistinguishedName(
                [
                    x509.NameTypeAndValue(
                        {
                            "type": "organizational_unit_name",
                            "value": x509.DirectoryString(
                                name="utf8_string", value=x509.UTF8String(unit)
                            ),
                        }
                    )
                ]
            )
            for unit in ("first", "second")
        ]
    )
    signer = Certificate(common_name="C")
    signer.subject = x509.Name(name="", value=two)

    assert subject.native == {"common_name": "C"}
    assert organization_of(signer) == "first"


def test_a_name_of_megabytes_is_cut():
    long = Certificate(organization_name="A" * 100_000)

    assert len(organization_of(long)) == MOST_LETTERS
