"""To whom mail goes instead of to the code that was chosen, and since when that is so.

It names no table of `storage.tables` on purpose: those change, this stays.
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0015"
down_revision: Final = "0014"


def upgrade() -> None:
    """Add the columns; what is under way goes to the code itself, as it did."""
    for table in ("deliveries", "outbox"):
        op.add_column(
            table,
            sa.Column("goes_to", sa.Text(), nullable=False, server_default=""),
        )
    op.add_column("deliveries", sa.Column("closed_on", sa.Date(), nullable=True))
