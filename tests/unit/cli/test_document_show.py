"""What `edoc document show` says beside a step of the way."""

from __future__ import annotations

import pytest

from edoc_connector.cli.document_show import beyond


@pytest.mark.parametrize(
    ("what", "detail", "said"),
    [
        ("trạng thái 03: đã tiếp nhận", "Đã tiếp nhận", ""),
        ("status 03: accepted", "đã tiếp nhận", "đã tiếp nhận"),
        ("sealed", "", ""),
    ],
)
def test_the_words_of_a_receiver_are_said_once(what, detail, said):
    assert beyond(what, detail) == said
