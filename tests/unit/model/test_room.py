import pytest

from edoc_connector.model.room import Room


@pytest.mark.parametrize(
    ("free", "gigabytes", "percent"),
    [
        (0, "0.00", "0"),
        (9_999_999, "0.00", "0"),
        (999_999_999, "0.99", "0"),
        (1_000_000_000, "1.0", "1"),
        (12_390_000_000, "12.3", "12"),
        (100_000_000_000, "100.0", "100"),
    ],
)
def test_no_more_is_told_than_is_free(free, gigabytes, percent):
    room = Room(free=free, total=100_000_000_000)

    assert (room.gigabytes, room.percent) == (gigabytes, percent)


def test_a_disk_without_any_room_has_none_free():
    assert Room(free=0, total=0).percent == "0"
