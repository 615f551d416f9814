"""A packet that nodes parsed and rebuilt is still what its sender sealed."""

from itertools import combinations
from pathlib import Path

import pytest

from edoc_connector.envelope.read import read
from edoc_connector.errors import ContentChanged
from edoc_connector.pki.keys import FileKey
from edoc_connector.signature.reconstitute import reconstitute
from tests.support.builders import RECIPIENT, status
from tests.support.pki import p256_sealer, p384_sealer, pss_sealer, rsa_sealer
from tests.support.rebuild import EFFECTS, drop_objects, rebuild
from tests.support.seals import (
    MAX_PACKET_BYTES,
    every_field,
    opened,
    sealed_packet,
)
from tests.support.second_opinion import signxml_says, xmlsec1_says

EVERY_COMBINATION = [
    effects
    for count in range(len(EFFECTS) + 1)
    for effects in combinations(EFFECTS, count)
]


@pytest.mark.parametrize(
    "key",
    [rsa_sealer(), pss_sealer(), p256_sealer(), p384_sealer()],
    ids=["rsa", "pss", "p256", "p384"],
)
def test_a_document_survives_every_combination_of_what_nodes_do(key: FileKey) -> None:
    packet = sealed_packet(every_field(), key=key)
    as_sent = opened(packet)

    for effects in EVERY_COMBINATION:
        arrived = opened(rebuild(packet, effects))

        assert arrived.statement_digest == as_sent.statement_digest, effects
        assert arrived.sealed_at == as_sent.sealed_at


def test_a_status_survives_every_combination_of_what_nodes_do() -> None:
    packet = sealed_packet(status(), key=rsa_sealer(RECIPIENT))

    for effects in EVERY_COMBINATION:
        assert opened(rebuild(packet, effects)).envelope.content == status(), effects


@pytest.mark.parametrize("key", [rsa_sealer(), p256_sealer()], ids=["rsa", "p256"])
def test_after_all_of_it_the_signature_is_made_whole_for_other_tools(
    key: FileKey, tmp_path: Path
) -> None:
    packet = rebuild(sealed_packet(every_field(), key=key), EFFECTS)
    assert xmlsec1_says(packet, tmp_path) != "OK"

    whole = reconstitute(read(packet, max_bytes=MAX_PACKET_BYTES))

    assert xmlsec1_says(whole, tmp_path) == "OK"
    assert signxml_says(whole, tmp_path)


def test_a_change_of_meaning_during_a_rebuild_is_refused_with_the_field_named() -> None:
    def falsify(root):
        next(root.iter("{*}Subject")).text = "khác"

    effects = [*(one for one in EFFECTS if one is not drop_objects), falsify]

    with pytest.raises(ContentChanged) as refused:
        opened(rebuild(sealed_packet(every_field()), effects))

    assert refused.value.details["field"] == "Subject"
    assert refused.value.details["found"] == "khác"
