from edoc_connector.signature.policy import Policy
from tests.support.pki import policy


def test_an_account_speaks_for_the_code_it_is_named_after() -> None:
    assert policy().speaks_for("H20") == ("H20",)


def test_a_listed_account_speaks_for_those_listed_only() -> None:
    listed = policy(accounts={"node": ("H20", "H20.14")})

    assert listed.speaks_for("node") == ("H20", "H20.14")


def test_without_anchors_there_are_no_defaults() -> None:
    assert Policy(anchors=()).anchors == ()
