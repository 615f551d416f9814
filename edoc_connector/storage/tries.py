"""What was begun and not ended, so that whatever kills its process is found out.

Who begins a thing counts it before, and forgets it in the transaction that ends it.  A
count that is still there after a start says how many processes have died of it, or
failed at it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import cache
from typing import Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from edoc_connector.storage.keys_given import is_one_of
from edoc_connector.storage.tables import tries


class TriedStep(StrEnum):
    """At which step."""

    TAKE = "take"
    SEAL = "seal"


class Tries:
    """One row per thing that is in hand, or was in the hand of who died."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def of(self, step: TriedStep, subjects: Sequence[str]) -> Mapping[str, int]:
        """Return how often each of these was begun in vain; others are left out."""
        found = self._connection.execute(OF, {"at": step, "those": list(subjects)})
        return {row.subject: row.attempts for row in found}

    def begin(self, step: TriedStep, subjects: Sequence[str]) -> None:
        """Count one more attempt at each of these."""
        if not subjects:
            return
        statement = _begin(self._connection.dialect.name)
        values = [{"step": step, "subject": it, "attempts": 1} for it in subjects]
        self._connection.execute(statement, values)

    def let_go(self, step: TriedStep, subjects: Sequence[str]) -> None:
        """Take back one attempt at each of these: nobody died."""
        mine = (tries.c.step == step, tries.c.subject.in_(subjects))
        self._connection.execute(
            sa.update(tries).where(*mine).values(attempts=tries.c.attempts - 1)
        )
        self._connection.execute(sa.delete(tries).where(*mine, tries.c.attempts <= 0))

    def end(self, step: TriedStep, *subjects: str) -> None:
        """Forget what was ended."""
        self._connection.execute(END, {"at": step, "those": list(subjects)})


# Made once: to put a statement together costs more than to run it.
THOSE: Final = (
    tries.c.step == sa.bindparam("at"),
    is_one_of(tries.c.subject, "those"),
)
OF: Final = sa.select(tries.c.subject, tries.c.attempts).where(*THOSE)
END: Final = sa.delete(tries).where(*THOSE)


@cache
def _begin(dialect: str) -> sa.Insert:
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    return insert(tries).on_conflict_do_update(
        index_elements=[tries.c.step, tries.c.subject],
        set_={"attempts": tries.c.attempts + 1},
    )
