"""What is true of all deviations together."""

import pytest

from edoc_connector.envelope.deviations.gather import MOST
from edoc_connector.model.deviations import MEANINGS, Departure, Deviation
from tests.support import golden
from tests.support.departures import deviations_in, with_change


def test_every_kind_has_a_meaning():
    assert set(MEANINGS) == set(Departure)


@pytest.mark.parametrize("name", ["usual", "every-field", "status", "status-bare"])
def test_what_we_write_deviates_from_nothing(name):
    packet = (golden.FOLDER / f"{name}.edxml").read_bytes()

    assert deviations_in(packet) == ()


def test_there_is_an_end_to_what_is_reported():
    strangers = "".join(f"<x{number}/>" for number in range(3 * MOST))
    packet = with_change("<edXML:Subject>", f"{strangers}<edXML:Subject>")

    found = deviations_in(packet)

    assert len(found) == MOST + 1
    assert found[-1] == Deviation(Departure.MORE, "edXML")


def test_the_same_departure_at_one_place_is_told_once():
    packet = with_change("<edXML:Subject>", "<x/><x/><x/><edXML:Subject>")

    assert deviations_in(packet) == (
        Deviation(Departure.UNKNOWN_ELEMENT, "MessageHeader/x"),
    )


def test_a_long_value_is_told_shortened():
    packet = with_change(">2026/12/15<", f">{'x' * 500}<")

    (deviation,) = deviations_in(packet)

    assert len(deviation.found) < 70
