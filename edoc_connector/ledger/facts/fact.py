"""A fact: something that happened and stays so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from typing import ClassVar

Detail = str | int | tuple[str, ...]
"""What a fact may say: nothing that two programs would write in two ways."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something that happened and stays so; `subject` is the handle to find it by."""

    kind: ClassVar[str]
    handle: ClassVar[str] = "document"

    @property
    def subject(self) -> str:
        """The message id of the packet the fact is about."""
        return str(getattr(self, self.handle))

    @property
    def details(self) -> Mapping[str, Detail]:
        """All the fact says beside its subject."""
        told = _told_by(type(self))  # type: ignore[arg-type]  # classes can be hashed
        return {name: getattr(self, name) for name in told}


@cache
def _told_by(kind: type[Fact]) -> tuple[str, ...]:
    return tuple(it.name for it in fields(kind) if it.name != kind.handle)
