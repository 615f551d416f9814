from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.signature.choices import Unsealed
from edoc_connector.signature.policy import Policy
from tests.support.pki import policy

BODY = OrganizationCode("H20.14")


def test_an_account_speaks_for_the_code_it_is_named_after() -> None:
    assert policy().speaks_for("H20") == ("H20",)


def test_a_listed_account_speaks_for_those_listed_only() -> None:
    listed = policy(accounts={"node": ("H20", "H20.14")})

    assert listed.speaks_for("node") == ("H20", "H20.14")


def test_without_anchors_there_are_no_defaults() -> None:
    assert Policy(anchors=()).anchors == ()


def test_an_account_vouches_for_its_own_body_under_its_old_code_too() -> None:
    assert policy().vouches("H20.14", OrganizationCode("000.00.14.H20"))
    assert not policy().vouches("H20", BODY)


def test_a_link_vouches_for_nobody() -> None:
    assert not policy(links=frozenset({"H20.14"})).vouches("H20.14", BODY)


def test_a_seal_is_required_of_who_is_not_listed() -> None:
    assert policy().accepts_unsealed(BODY) is Unsealed.REQUIRE


def test_an_exemption_holds_for_the_old_code_too() -> None:
    listed = policy(unsealed={BODY: Unsealed.ACCEPT_ABSENT})
    old = OrganizationCode("000.00.14.H20")

    assert listed.accepts_unsealed(old) is Unsealed.ACCEPT_ABSENT
    assert listed.accepts_unsealed(OrganizationCode("H20")) is Unsealed.REQUIRE
