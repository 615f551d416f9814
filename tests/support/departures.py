"""What a packet departs in, and packets made from ours by changing one thing."""

from __future__ import annotations

from edoc_connector.model.deviations import Departure, Deviation
from tests.support import builders
from tests.support.dialects import changed, received


def deviations_in(packet: bytes) -> tuple[Deviation, ...]:
    """How a packet departs from the form we write."""
    return received(packet).deviations


def kinds_in(packet: bytes) -> list[Departure]:
    """The same by their kinds."""
    return [deviation.kind for deviation in deviations_in(packet)]


def with_change(old: str, new: str) -> bytes:
    """Our usual packet with one thing changed."""
    return changed(builders.packet(), old, new)
