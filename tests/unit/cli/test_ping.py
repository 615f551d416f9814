"""How the clock of who answered a ping is told."""

from __future__ import annotations

import pytest

from edoc_connector.cli.ping import AHEAD, BEHIND, compared


@pytest.mark.parametrize(
    ("ahead", "said"), [(0.1, AHEAD), (0.0, AHEAD), (-0.1, BEHIND)]
)
def test_a_clock_that_is_behind_is_not_called_ahead(ahead, said):
    assert compared(ahead) == said
