"""What is read of the notes that links leave on a message."""

import pytest

from edoc_connector.axis.names import link_exchange, link_queue
from edoc_connector.bus.way import MOST_LINKS, way_of


def note(left, reached):
    return {"dest-exchange": link_exchange(left), "src-queue": link_queue(reached)}


def noted(*links):
    """Headers as links write them: each puts its own note before the others."""
    return {"x-shovelled": [note(*link) for link in reversed(links)]}


def test_the_brokers_are_named_from_the_sender_to_the_receiver():
    headers = noted(("tay-ninh", "national"), ("national", "ha-noi"))

    assert way_of(headers) == ("tay-ninh", "national", "ha-noi")


def test_what_used_no_link_has_no_way():
    assert way_of({}) == way_of(None) == ()


@pytest.mark.parametrize(
    "notes",
    [
        "tay-ninh",
        [],
        ["tay-ninh"],
        [{}],
        [{"dest-exchange": 7, "src-queue": None}],
        [{"dest-exchange": "edoc.from.a", "src-queue": "another"}],
        [note("a", "b\x1b[31m")],
        [note("a", "ă")],
        [note("a", "b" * 64)],
        [note("a", "b")] * (MOST_LINKS + 1),
    ],
)
def test_what_is_not_of_the_plan_is_no_way_and_no_error(notes):
    assert way_of({"x-shovelled": notes}) == ()
