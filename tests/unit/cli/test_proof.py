"""What people read of a seal, and of a packet that has none."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from edoc_connector.cli.invocation import Invocation
from edoc_connector.cli.proof import proof_fields, proof_of
from edoc_connector.language import Language
from edoc_connector.signature.choices import Unsealed
from edoc_connector.signature.verify import verify
from tests.support import pki
from tests.support.builders import SENDER, SENT_AT
from tests.support.seals import received

LATER = SENT_AT + timedelta(hours=1)


def read(arrived, language: Language) -> dict[str, object]:
    verified = verify(
        arrived,
        pki.policy(unsealed={SENDER: Unsealed.ACCEPT_ABSENT}),
        account=None,
        received_at=LATER,
        now=LATER,
        revocation=pki.revocation(),
    )
    return dict(proof_fields(Invocation(language), proof_of(verified)))


def test_who_sealed_a_packet_is_named() -> None:
    assert str(read(received(), Language.ENGLISH)["Sealed by"]).startswith(SENDER)


def test_nobody_is_said_to_have_sealed_what_has_no_seal() -> None:
    found = read(replace(received(), seal=None), Language.ENGLISH)

    assert "Sealed by" not in found
    assert str(found["Sender"]).endswith("(not sealed)")


def test_that_there_is_no_seal_is_said_in_vietnamese() -> None:
    found = read(replace(received(), seal=None), Language.VIETNAMESE)

    assert "không có" in str(found["Seal"])
    assert "trong gói tin: không có" in str(found["Because"])
