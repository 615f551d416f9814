"""Whatever is written within the table of fields fits both profiles."""

from hypothesis import given

from edoc_connector.cli.schemas import Profile
from tests.support.builders import packet_of
from tests.support.conforming import packets
from tests.support.profiles import said
from tests.support.strategies import envelopes


@given(packets())
def test_what_is_written_within_the_table_of_fields_fits_both_profiles(packet):
    for profile in Profile:
        assert said(packet, profile) == []


@given(envelopes())
def test_whatever_can_be_written_fits_the_reading_profile(drawn):
    envelope, files = drawn

    assert said(packet_of(envelope, files=files), Profile.READING) == []
