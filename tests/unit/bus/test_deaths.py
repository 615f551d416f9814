"""A message that died in the queue of another node is none of its sender's."""

import pytest

from edoc_connector.bus.deaths import HEADER, require_no_detour
from edoc_connector.errors import MessageForeign

OURS = ("edoc.inbox.H20", "edoc.express.H20")


def deaths(*queues: object) -> dict[str, object]:
    return {HEADER: [{"queue": it, "reason": "expired", "count": 1} for it in queues]}


@pytest.mark.parametrize(
    "headers",
    [
        None,
        {},
        deaths(),
        deaths("edoc.inbox.H20"),
        deaths("edoc.express.H20", "edoc.link.national", "edoc.lost"),
        deaths("edoc.return.national"),
    ],
)
def test_what_died_nowhere_or_with_us_or_on_the_way_is_welcome(headers: object) -> None:
    require_no_detour(headers, OURS)


@pytest.mark.parametrize(
    "queues",
    [
        ("edoc.inbox.H26",),
        ("edoc.inbox.H20.14",),
        ("edoc.inbox.H20", "edoc.inbox.H26"),
        ("edoc.dead.H20",),
        ("edoc.lost.H26",),
        ("",),
    ],
)
def test_what_died_in_the_mailbox_of_another_is_not(queues: tuple[str, ...]) -> None:
    with pytest.raises(MessageForeign, match=r"^.*x-death says that it died in"):
        require_no_detour(deaths(*queues), OURS)


def test_the_queue_is_named() -> None:
    with pytest.raises(MessageForeign, match=r"died in edoc\.inbox\.H26 and"):
        require_no_detour(deaths("edoc.inbox.H26"), OURS)


def test_a_name_that_no_plan_gives_is_not_repeated() -> None:
    with pytest.raises(MessageForeign, match="died in another queue"):
        require_no_detour(deaths("\x1b[31m"), OURS)


@pytest.mark.parametrize(
    "value",
    ["edoc.inbox.H20", 5, {}, [5], [None], [{}], [{"queue": b"\xff"}], {"q": 1}],
)
def test_a_note_of_another_form_is_none_of_the_broker(value: object) -> None:
    with pytest.raises(MessageForeign, match="x-death has another form"):
        require_no_detour({HEADER: value}, OURS)
