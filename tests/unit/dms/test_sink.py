"""The receiving half, where a mapping does not fit."""

from dataclasses import replace

import pytest

from edoc_connector.errors import DmsRefused
from tests.support import builders
from tests.support.registers import RECIPIENT, demo_mapping, key, verified

pytest_plugins = ("tests.support.register_fixtures",)


def test_a_status_is_no_document(sqlite_register):
    status = replace(verified(), envelope=builders.envelope(builders.status()))

    with pytest.raises(DmsRefused, match="it is no document"):
        sqlite_register.open().put(status, key=key(), recipient=RECIPIENT)


def test_a_row_that_cannot_be_found_again_is_not_kept(sqlite_register):
    incoming = replace(
        demo_mapping().incoming, find="SELECT id FROM van_ban_den WHERE 1 = 0"
    )
    dms = sqlite_register.open(replace(demo_mapping(), incoming=incoming))

    with pytest.raises(DmsRefused, match=r"incoming\.find"):
        dms.put(verified(), key=key(), recipient=RECIPIENT)

    assert sqlite_register.value("SELECT count(*) FROM van_ban_den") == 0
