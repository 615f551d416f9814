"""What an earlier release sealed still verifies, whole and rebuilt by nodes."""

from pathlib import Path

import pytest

from edoc_connector.envelope.read import read
from edoc_connector.pki.certificates import load_anchors
from edoc_connector.signature.policy import Policy
from edoc_connector.signature.verify import verify
from tests.support.builders import SENT_AT
from tests.support.rebuild import EFFECTS, rebuild
from tests.support.seals import MAX_PACKET_BYTES

DATA = Path(__file__).parents[1] / "data"
PACKETS = sorted(DATA.glob("*/sealed-*.edxml"))


@pytest.mark.parametrize("effects", [(), EFFECTS], ids=["as sent", "rebuilt"])
@pytest.mark.parametrize("path", PACKETS, ids=lambda path: path.stem)
def test_a_packet_of_an_earlier_release_still_verifies(path: Path, effects) -> None:
    packet = rebuild(path.read_bytes(), effects)
    policy = Policy(anchors=load_anchors([path.parent / "anchors.pem"]))

    verified = verify(
        read(packet, max_bytes=MAX_PACKET_BYTES),
        policy,
        account=None,
        received_at=SENT_AT,
        now=SENT_AT,
        revocation=None,
    )

    assert verified.sealed_at == SENT_AT


def test_there_is_a_packet_of_each_kind() -> None:
    assert {path.stem for path in PACKETS} >= {
        "sealed-rsa",
        "sealed-p256",
        "sealed-status",
    }
