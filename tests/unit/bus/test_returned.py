"""What comes back over links is told from everything else, and read as strictly."""

from dataclasses import replace
from typing import Any

import pytest

from edoc_connector.axis.names import back_exchange, link_account, return_queue
from edoc_connector.bus.message import Delivery, Foreign
from edoc_connector.bus.properties import read_message, write_properties
from edoc_connector.bus.returned import COMES_BACK, Returned, sender_key, turned_at
from edoc_connector.bus.way import MOST_LINKS
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.stages import Kind
from tests.support.messages import message

LINK = link_account("national")
BACK = back_exchange("national")


def read(
    sent: Any = None, *, exchange: str = BACK, account: str = LINK, **headers: Any
) -> Delivery | Foreign | Returned:
    """What our own message is read as when it comes by this exchange."""
    sent = sent or message()
    properties = write_properties(sent, account)
    assert isinstance(properties.headers, dict)
    changed = replace(properties, headers=properties.headers | headers)
    return read_message(
        changed, sent.body, tag=3, redelivered=False, exchange=exchange, key="edoc.H20"
    )


def note(left: str, reached: str) -> dict[str, str]:
    return {"dest-exchange": back_exchange(left), "src-queue": return_queue(reached)}


def test_what_a_link_brings_back_is_told_with_the_key_under_which_it_found_nobody():
    sent = message()

    bare = replace(sent, body=b"")
    assert read(sent) == Returned(LINK, bare, "edoc.H20", "national", 3)


@pytest.mark.parametrize("exchange", ["edoc.axis", "edoc.from.national", ""])
def test_what_comes_by_another_exchange_comes_to_us(exchange):
    assert isinstance(read(exchange=exchange), Delivery)


@pytest.mark.parametrize("kind", Kind)
def test_only_what_its_sender_waits_for_leads_back(kind):
    properties = write_properties(message(kind=kind), "H20.14")

    assert isinstance(properties.headers, dict)
    leads_back = properties.headers.get("CC") == ["sender.H20.14"]
    assert leads_back is (kind in COMES_BACK)


def test_an_old_code_leads_back_as_it_is_routed():
    assert sender_key(OrganizationCode("000.00.14.H20")) == "sender.H20.14"


def test_an_upload_for_several_leads_to_them_alone():
    sent = message(others=(OrganizationCode("G22"),))

    properties = write_properties(sent, "H20.14", ("edoc.H20", "edoc.G22"))

    assert isinstance(properties.headers, dict)
    assert properties.headers["CC"] == ["edoc.G22"]


@pytest.mark.parametrize("account", ["H26.7", "link.ha-noi", "link.", "national", ""])
def test_only_the_link_that_may_write_there_brings_anything_back(account):
    assert isinstance(read(account=account), Foreign)


@pytest.mark.parametrize(
    "copies",
    [
        ["sender.H20.14", "edoc.H26.99"],
        ["edoc.H26.99", "sender.H20.14"],
        ["sender.H20.14", "sender.H20.14"],
        ["sender.H20"],
        "sender.H20.14",
        [5],
        [],
        None,
    ],
)
def test_what_leads_elsewhere_as_well_proves_nothing(copies):
    """By a second key a message ends where its recipient never was."""
    found = read(CC=copies)

    assert isinstance(found, Foreign)
    assert "CC leads to others" in found.problem


def test_what_is_for_several_has_not_come_back_by_itself():
    assert isinstance(read(**{"edoc-recipients": ["H20", "G22"]}), Foreign)


def test_what_died_on_its_way_back_and_was_put_there_again_is_welcome():
    assert isinstance(read(**{"x-death": [{"queue": return_queue("x")}]}), Returned)


def test_what_died_with_somebody_else_is_not():
    assert isinstance(read(**{"x-death": [{"queue": "edoc.inbox.H26"}]}), Foreign)


def test_the_broker_that_has_sent_it_back_is_named():
    there = [{"dest-exchange": "edoc.from.x", "src-queue": "edoc.link.y"}]
    notes = [note("national", "tay-ninh"), note("ha-noi", "national"), *there]

    assert turned_at({"x-shovelled": notes}, LINK) == "ha-noi"


@pytest.mark.parametrize(
    "notes",
    [
        "tay-ninh",
        [],
        [5],
        [{}],
        [{"dest-exchange": 7, "src-queue": None}],
        [note("hue", "tay-ninh"), note("ha-noi", "hue")],
        [note("national", "tay-ninh"), note("ha-noi", "hue")],
        [note("national", "tay-ninh"), note("b\x1b[31m", "national")],
        [note("national", "tay-ninh"), note("ă", "national")],
    ],
)
def test_where_that_is_not_said_the_link_itself_is_named(notes):
    assert turned_at({"x-shovelled": notes}, LINK) == "national"


def test_no_more_notes_are_read_than_an_axis_can_have():
    notes = [note("national", "national")] * MOST_LINKS + [note("x", "national")]

    assert turned_at({"x-shovelled": notes}, LINK) == "national"
