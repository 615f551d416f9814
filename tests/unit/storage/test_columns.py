"""What stands in a column and is no value of it."""

import pytest
from sqlalchemy.dialects import sqlite

from edoc_connector.model.delivery import DeliveryState
from edoc_connector.storage.columns import Choice

SAID = Choice(DeliveryState).result_processor(sqlite.dialect(), None)


@pytest.mark.parametrize("state", [*DeliveryState, None])
def test_a_word_is_read_as_the_member_it_names(state):
    assert SAID(state and state.value) is state


def test_a_word_that_nobody_knows_is_named():
    with pytest.raises(ValueError, match="'vanished' is not a valid DeliveryState"):
        SAID("vanished")
