from dataclasses import replace
from pathlib import Path

import pytest

from edoc_connector.errors import SealAbsent
from edoc_connector.model.stages import Content
from edoc_connector.pki.keys import FileKey
from edoc_connector.signature.reconstitute import reconstitute
from edoc_connector.signature.sign import seal, sign
from tests.support.builders import RECIPIENT, document, envelope, status
from tests.support.pki import p256_sealer, p384_sealer, pss_sealer, rsa_sealer
from tests.support.seals import (
    arrived,
    every_field,
    rebuilt,
    received,
    with_content,
    with_seal,
)
from tests.support.second_opinion import signxml_says, xmlsec1_says

SEALED = [
    pytest.param(every_field(), rsa_sealer(), id="document-rsa"),
    pytest.param(every_field(), p256_sealer(), id="document-p256"),
    pytest.param(every_field(), p384_sealer(), id="document-p384"),
    pytest.param(status(), rsa_sealer(RECIPIENT), id="status-rsa"),
    pytest.param(status(), p256_sealer(RECIPIENT), id="status-p256"),
]


@pytest.mark.parametrize(("content", "key"), SEALED)
def test_a_seal_that_nodes_took_apart_is_made_whole_byte_for_byte(
    content: Content, key: FileKey
) -> None:
    sealed = seal(envelope(content), key)

    assert reconstitute(rebuilt(arrived(sealed))) == sealed.seal


def test_the_time_stamps_that_nodes_left_are_kept() -> None:
    sealed = sign(envelope(), rsa_sealer()).sealed(b"one", b"two")
    found = arrived(sealed)
    assert found.seal
    odd = with_seal(found, timestamps=("%%", *found.seal.timestamps))

    assert reconstitute(odd) == sealed.seal


@pytest.mark.parametrize(("content", "key"), SEALED)
def test_xmlsec1_and_signxml_accept_what_was_made_whole(
    content: Content, key: FileKey, tmp_path: Path
) -> None:
    whole = reconstitute(rebuilt(received(content, key=key)))

    assert xmlsec1_says(whole, tmp_path) == "OK"
    assert len(signxml_says(whole, tmp_path)) == 2


def test_signxml_accepts_an_rsa_pss_seal_that_was_made_whole(tmp_path: Path) -> None:
    whole = reconstitute(rebuilt(received(every_field(), key=pss_sealer())))

    assert len(signxml_says(whole, tmp_path)) == 2


def test_xmlsec1_refuses_what_was_made_of_a_changed_document(tmp_path: Path) -> None:
    changed = with_content(rebuilt(received()), subject="khác")

    assert xmlsec1_says(reconstitute(changed), tmp_path) != "OK"


def test_of_nothing_nothing_is_made() -> None:
    with pytest.raises(SealAbsent):
        reconstitute(replace(received(document()), seal=None))
