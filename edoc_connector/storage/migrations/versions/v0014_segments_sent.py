"""How much of a packet in several segments the broker has taken, and how it was cut.

It names no table of `storage.tables` on purpose: those change, this stays.
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0014"
down_revision: Final = "0013"


def upgrade() -> None:
    """Add the columns; what was under way begins anew."""
    for name in ("segment_bytes", "segments_sent"):
        op.add_column(
            "outbox",
            sa.Column(name, sa.BigInteger(), nullable=False, server_default="0"),
        )
    sent_at = sa.Column("segment_sent_at", sa.DateTime(timezone=True), nullable=True)
    op.add_column("outbox", sent_at)
