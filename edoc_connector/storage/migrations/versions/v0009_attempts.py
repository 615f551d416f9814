"""How often a packet was judged again in vain; which key of ours leads to no anchor.

It names no table of `storage.tables` on purpose: those change, this stays.
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0009"
down_revision: Final = "0008"


def upgrade() -> None:
    """Add the columns; nothing is known of what was before."""
    op.add_column(
        "rechecks",
        sa.Column("attempts", sa.BigInteger(), nullable=False, server_default="0"),
    )
    op.add_column(
        "watched",
        sa.Column("untrusted_at", sa.DateTime(timezone=True), nullable=True),
    )
