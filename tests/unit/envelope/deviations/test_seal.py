"""Departures of what stands where a seal stands."""

import pytest

from edoc_connector.model.deviations import Departure
from tests.support import builders
from tests.support.departures import kinds_in

PLACEHOLDER = (
    "<Signature><SignatureValue>GbVb8n9+qFxz466Ag0sbpVdLPs2R0+9JBekp12UyarAZjoG0W"
    "</SignatureValue></Signature>"
)
ERRORS = (
    "<edXML:ErrorList><edXML:Error><edXML:Code>1</edXML:Code></edXML:Error>"
    "</edXML:ErrorList>"
)
DS = 'xmlns:ds="http://www.w3.org/2000/09/xmldsig#"'


@pytest.mark.parametrize(
    ("seal", "kinds"),
    [
        (f"<ds:Signature {DS}><ds:x>1</ds:x></ds:Signature>", []),
        ("<Signature/>", [Departure.SIGNATURE_EMPTY]),
        ("<DigitalSignature> </DigitalSignature>", [Departure.SIGNATURE_EMPTY]),
        (
            PLACEHOLDER,
            [Departure.SIGNATURE_PLACEHOLDER, Departure.SIGNATURE_NAMESPACE],
        ),
        (
            "<Signature><KeyInfo><Token>t</Token></KeyInfo></Signature>",
            [Departure.SIGNATURE_TOKEN, Departure.SIGNATURE_NAMESPACE],
        ),
        (
            f"<ds:Signature {DS}>1</ds:Signature>{ERRORS}",
            [Departure.ORDER, Departure.SIGNATURE_PLACE],
        ),
    ],
)
def test_what_stands_where_a_seal_stands_is_named(seal, kinds):
    assert kinds_in(builders.packet(seal=seal.encode())) == kinds
