"""Over which brokers a packet came.

It names no table of `storage.tables` on purpose: those change, this stays.
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0011"
down_revision: Final = "0010"


def upgrade() -> None:
    """Add the column; of what came before nothing is known."""
    op.add_column(
        "inbox", sa.Column("way", sa.Text(), nullable=False, server_default="[]")
    )
