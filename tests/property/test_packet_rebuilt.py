"""A packet that another library rebuilt says what it said, and what was done to it."""

from itertools import combinations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edoc_connector.model.deviations import Departure
from edoc_connector.model.document import Document
from tests.support import builders, golden, strategies
from tests.support.dialects import received
from tests.support.rebuild import (
    DEPARTURES,
    EFFECTS,
    add_links,
    lose_content_ids,
    lose_links,
    rebuild,
)
from tests.support.seals import every_field, sealed_packet

SLOW = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
PACKET = sealed_packet(every_field())
ALL = tuple(DEPARTURES)
PAIRS = [effects for count in (0, 1, 2) for effects in combinations(ALL, count)]
OF_THE_AXIS = [
    effects
    for count in range(len(EFFECTS) + 1)
    for effects in combinations(EFFECTS, count)
]


def content_of(envelope):
    """What it says, and the bytes of its files."""
    content = envelope.envelope.content
    attachments = content.attachments if isinstance(content, Document) else ()
    files = [b"".join(envelope.contents.chunks(each)) for each in attachments]
    return content, files


def reported(envelope):
    return {deviation.kind for deviation in envelope.deviations}


def expected(effects):
    """The names by which these effects are reported, when all of them have happened."""
    names = frozenset().union(*(DEPARTURES[effect] for effect in effects))
    undone = {Departure.EXTRA_ATTRIBUTES} if lose_links in effects else set()
    return names - undone


def ids(effects):
    return "+".join(effect.__name__ for effect in effects) or "none"


@pytest.mark.parametrize("effects", PAIRS, ids=ids)
def test_whatever_two_things_a_node_does_are_undone_and_called_by_their_names(effects):
    rebuilt = received(rebuild(PACKET, effects))

    assert content_of(rebuilt) == content_of(received(PACKET))
    assert reported(rebuilt) == expected(effects)


def test_every_combination_of_what_the_axis_does_is_undone_and_called_by_its_names():
    said = content_of(received(PACKET))

    for effects in OF_THE_AXIS:
        rebuilt = received(rebuild(PACKET, effects))

        assert content_of(rebuilt) == said, ids(effects)
        assert reported(rebuilt) == expected(effects), ids(effects)


def test_all_of_it_at_once_is_undone_and_called_by_its_names():
    rebuilt = received(rebuild(PACKET, ALL))

    assert content_of(rebuilt) == content_of(received(PACKET))
    assert reported(rebuilt) == expected(ALL)


def test_links_that_a_node_lost_were_never_read():
    linked = rebuild(PACKET, [add_links])

    lost = received(rebuild(linked, [lose_links]))

    assert content_of(lost) == content_of(received(linked))
    assert reported(received(linked)) - reported(lost) == {Departure.EXTRA_ATTRIBUTES}


@given(strategies.envelopes(), st.sets(st.sampled_from(ALL)))
@SLOW
def test_whatever_the_document_and_whatever_is_done_to_it_it_is_the_same(drawn, done):
    envelope, files = drawn
    packet = builders.packet_of(envelope, files=files, seal=golden.SEAL)
    effects = tuple(effect for effect in ALL if effect in done)

    sent, rebuilt = received(packet), received(rebuild(packet, effects))

    assert content_of(rebuilt) == content_of(sent)
    may_be = expected(effects)
    if lose_content_ids in done:  # files of one name are told apart by their place
        may_be |= {Departure.JOINED_BY_POSITION}
    assert reported(rebuilt) <= reported(sent) | may_be


@given(strategies.envelopes(), st.permutations(EFFECTS))
@SLOW
def test_the_order_in_which_nodes_do_it_does_not_matter(drawn, effects):
    envelope, files = drawn
    packet = builders.packet_of(envelope, files=files, seal=golden.SEAL)

    for node in (effects[:4], effects[4:]):
        packet = rebuild(packet, node)

    rebuilt = received(packet)
    assert rebuilt.envelope.content == envelope.content
