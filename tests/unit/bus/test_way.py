"""What is read of the notes that links leave on a message."""

import pytest

from edoc_connector.axis.names import link_account, link_exchange, link_queue
from edoc_connector.bus.way import MOST_LINKS, way_of


def note(left, reached):
    return {"dest-exchange": link_exchange(left), "src-queue": link_queue(reached)}


def noted(*links):
    """Headers as links write them: each puts its own note before the others."""
    return {"x-shovelled": [note(*link) for link in reversed(links)]}


TAY_NINH = ("tay-ninh", "national")
HA_NOI = ("national", "ha-noi")
ACCOUNT = link_account("national")


def test_the_brokers_are_named_from_the_sender_to_the_receiver():
    headers = noted(TAY_NINH, HA_NOI)

    assert way_of(headers, ACCOUNT) == ("tay-ninh", "national", "ha-noi")


def test_what_used_no_link_has_no_way():
    assert way_of({}, "H26.7") == way_of(None, "H26.7") == ()


@pytest.mark.parametrize("account", ["H26.7", "link.tay-ninh", "link.", "national", ""])
def test_a_way_whose_last_link_did_not_bring_it_is_none(account):
    assert way_of(noted(TAY_NINH, HA_NOI), account) == ()


def test_links_that_do_not_hang_together_are_no_way():
    assert way_of(noted(TAY_NINH, ("national", "hue"), HA_NOI), ACCOUNT) == ()


@pytest.mark.parametrize(
    "notes",
    [
        "tay-ninh",
        [],
        ["tay-ninh"],
        [{}],
        [{"dest-exchange": 7, "src-queue": None}],
        [{"dest-exchange": "edoc.from.national", "src-queue": "another"}],
        [{"dest-exchange": "another", "src-queue": "edoc.link.ha-noi"}],
        [note("national", "b\x1b[31m")],
        [note("national", "ă")],
        [note("national", "b" * 64)],
        [note("national", "national")] * (MOST_LINKS + 1),
    ],
)
def test_what_is_not_of_the_plan_is_no_way_and_no_error(notes):
    assert way_of({"x-shovelled": notes}, ACCOUNT) == ()


def test_as_many_links_as_an_axis_can_have_are_read():
    notes = [note("national", "national")] * MOST_LINKS

    assert len(way_of({"x-shovelled": notes}, ACCOUNT)) == MOST_LINKS + 1
