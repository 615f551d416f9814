from hashlib import sha256
from typing import Any

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID

from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.signature.binding import Binding
from edoc_connector.signature.certificate import Certificate, read_certificate
from edoc_connector.signature.choices import SubjectField
from tests.support.pki import certificate, der

CODE = OrganizationCode("H20.14")


def belonging(*attributes: tuple[x509.ObjectIdentifier, str]) -> Certificate:
    subject = x509.Name([x509.NameAttribute(oid, text) for oid, text in attributes])
    return read_certificate(der(certificate(subject=subject)))


def rule(*fields: SubjectField, **changes: Any) -> Binding:
    return Binding(fields=fields, **changes)


def test_by_default_the_organization_identifier_says_whose_it_is() -> None:
    named = belonging((NameOID.ORGANIZATION_IDENTIFIER, CODE))

    assert Binding().owners(named) == (CODE,)
    assert Binding().belongs_to(named, CODE)


@pytest.mark.parametrize(
    ("field", "oid"),
    [
        (SubjectField.SERIAL_NUMBER, NameOID.SERIAL_NUMBER),
        (SubjectField.USER_ID, NameOID.USER_ID),
        (SubjectField.COMMON_NAME, NameOID.COMMON_NAME),
        (SubjectField.ORGANIZATION_NAME, NameOID.ORGANIZATION_NAME),
        (SubjectField.UNIT_NAME, NameOID.ORGANIZATIONAL_UNIT_NAME),
        (SubjectField.TITLE, NameOID.TITLE),
    ],
)
def test_the_operator_names_the_field_that_says_it(field, oid) -> None:
    named = belonging((oid, CODE))

    assert rule(field).belongs_to(named, CODE)
    assert not Binding().belongs_to(named, CODE)


def test_a_prefix_may_stand_before_the_identifier() -> None:
    named = belonging((NameOID.USER_ID, "MST:020100107370"))

    known = rule(SubjectField.USER_ID, prefixes=("CMND:", "MST:"))

    assert known.owners(named) == ("020100107370",)
    assert rule(SubjectField.USER_ID).owners(named) == ("MST:020100107370",)


@pytest.mark.parametrize("text", ["H20.14\u200b", "Ｈ20.14", "Н20.14", "H2\u00ad0.14"])
def test_a_code_of_letters_that_codes_do_not_have_is_nobodys(text: str) -> None:
    named = belonging((NameOID.ORGANIZATION_IDENTIFIER, text))

    assert Binding().owners(named) == ()
    assert not Binding().belongs_to(named, CODE)


def test_a_prefix_may_have_any_letters() -> None:
    named = belonging((NameOID.USER_ID, "Mã: H20.14"))

    assert rule(SubjectField.USER_ID, prefixes=("Mã:",)).owners(named) == (CODE,)


def test_the_old_and_the_new_code_of_a_body_are_one() -> None:
    named = belonging((NameOID.ORGANIZATION_IDENTIFIER, CODE))

    assert Binding().belongs_to(named, OrganizationCode("000.00.14.H20"))


def test_a_body_below_is_another_body() -> None:
    named = belonging((NameOID.ORGANIZATION_IDENTIFIER, CODE))

    assert not Binding().belongs_to(named, OrganizationCode("H20.14.1"))
    assert not Binding().belongs_to(named, OrganizationCode("H20"))


def test_of_two_values_in_one_field_none_is_chosen() -> None:
    named = belonging(
        (NameOID.ORGANIZATION_IDENTIFIER, CODE),
        (NameOID.ORGANIZATION_IDENTIFIER, "G22"),
    )

    assert Binding().owners(named) == ()


def test_a_certificate_that_says_nothing_belongs_to_nobody() -> None:
    nameless = belonging((NameOID.COMMON_NAME, "somebody"))

    assert not Binding().belongs_to(nameless, OrganizationCode(""))


def test_a_listed_certificate_belongs_to_whom_the_list_says() -> None:
    issued = certificate(
        subject=x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_IDENTIFIER, "G22")])
    )
    listed = Binding(certificates={sha256(der(issued)).hexdigest(): (CODE,)})
    named = read_certificate(der(issued))

    assert listed.belongs_to(named, CODE)
    assert not listed.belongs_to(named, OrganizationCode("G22"))


@pytest.mark.parametrize(
    "hidden", ["H20.1\x004", "H20\x7f.14", "H20.\x0814", "H20\x1b.14", "H20.14\x1f"]
)
def test_a_code_with_controls_in_it_is_nobodys(hidden) -> None:
    named = belonging(
        (NameOID.COMMON_NAME, "x"), (NameOID.ORGANIZATION_IDENTIFIER, hidden)
    )

    assert Binding().owners(named) == ()
    assert not Binding().belongs_to(named, CODE)
