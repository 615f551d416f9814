"""Sealed answers we gave; who asks again gets the original."""

from __future__ import annotations

from dataclasses import asdict

import sqlalchemy as sa

from edoc_connector.errors import LostRace
from edoc_connector.storage.records import Answer
from edoc_connector.storage.rows import Rows
from edoc_connector.storage.tables import answers


class Answers:
    """What we answered, one per message id."""

    def __init__(self, connection: sa.Connection) -> None:
        self._rows = Rows(connection, answers, Answer)

    def add(self, answer: Answer) -> None:
        """Remember an answer.  Raises `LostRace` if its message id is known."""
        if self._rows.add(asdict(answer)) is None:
            raise LostRace(key=answer.message_id)

    def of(self, inbox_id: int) -> tuple[Answer, ...]:
        """Return our answers to this inbox entry, in the order they were given."""
        return self._rows.by(inbox_id=inbox_id)
