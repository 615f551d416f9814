"""Which addresses only this computer or its own link can mean."""

import pytest

from edoc_connector.pki.http import is_local


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.9.9.9",
        "::1",
        "::ffff:127.0.0.1",
        "0.0.0.0",  # noqa: S104  (not bound to)
        "::",
        "169.254.169.254",
        "::ffff:169.254.169.254",
        "fe80::1",
        "fe80::1%eth0",
    ],
)
def test_this_computer_and_its_link_are_local(address) -> None:
    assert is_local(address)


@pytest.mark.parametrize("address", ["192.0.2.1", "10.0.0.1", "2001:db8::1"])
def test_others_are_not_not_even_in_the_same_house(address) -> None:
    assert not is_local(address)
