"""Whatever a stranger writes into properties, reading it ends with a value."""

from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from edoc_connector.bus.message import Delivery, Foreign, Segment
from edoc_connector.bus.properties import Properties, read_message, write_properties
from edoc_connector.bus.returned import Returned
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.stages import Kind
from tests.support.messages import message

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=50)
    | st.binary(max_size=50)
    | st.datetimes()
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)
OURS = write_properties(message(), "H20.14")
NAMES = [field.name for field in fields(Properties)]
HEADERS = list(OURS.headers) if isinstance(OURS.headers, dict) else []


@st.composite
def spoiled_properties(draw: st.DrawFn) -> Properties:
    """Ours, with some of the properties and headers replaced by anything."""
    values: dict[str, Any] = {name: getattr(OURS, name) for name in NAMES}
    for name in draw(st.sets(st.sampled_from(NAMES))):
        values[name] = draw(VALUES)
    if isinstance(values["headers"], dict):
        for name in draw(st.sets(st.sampled_from(HEADERS))):
            values["headers"] = values["headers"] | {name: draw(VALUES)}
    return Properties(**values)


EXCHANGES = st.sampled_from(["edoc.axis", "edoc.from.b", "edoc.back.b", "edoc.back."])


@given(spoiled_properties(), st.binary(max_size=20), EXCHANGES)
def test_reading_never_fails(
    properties: Properties, body: bytes, exchange: str
) -> None:
    received = read_message(
        properties, body, tag=1, redelivered=False, exchange=exchange
    )

    assert isinstance(received, Delivery | Foreign | Returned)
    if isinstance(received, Returned):
        assert exchange == f"edoc.back.{received.account.removeprefix('link.')}"


CODES = st.from_regex(r"[A-Z][0-9]{2}(\.[0-9]{2,3}){0,3}", fullmatch=True).map(
    OrganizationCode
)


@given(
    body=st.binary(min_size=1, max_size=100),
    kind=st.sampled_from(Kind),
    sender=CODES,
    recipient=CODES,
    correlation_id=st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=60),
    business_type=st.integers(0, 3),
    priority=st.integers(0, 4),
    sent_at=st.integers(0, 253_402_300_799).map(
        lambda seconds: datetime.fromtimestamp(seconds, UTC)
    ),
    others=st.integers(0, 1000),
)
def test_everything_we_write_we_read(body: bytes, others: int, **values: Any) -> None:
    packet_bytes = len(body) + 1024 * others
    sent = message(
        body=body,
        packet_bytes=packet_bytes,
        segment=Segment(1, 2 if others else 1),
        **values,
    )

    received = read_message(
        write_properties(sent, "H20.14"), body, tag=1, redelivered=False
    )

    assert received == Delivery("H20.14", sent, 1, redelivered=False)
