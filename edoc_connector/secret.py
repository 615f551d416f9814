"""Passwords are named by reference, read when needed and never shown.

A reference is `file:PATH` or `env:NAME`.  What is guaranteed: a secret is not in the
settings, not in a `repr`, not in an error.  What is not: it stands in this process's
memory after it was read, and an environment variable can be read by root.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final, Self

from edoc_connector.errors import (
    N_,
    PasswordInSettings,
    SecretExposed,
    SecretUnreadable,
)
from edoc_connector.toml import Place

OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True, slots=True, repr=False)
class Secret:
    """A text that shows itself to nobody who does not ask for it by name."""

    value: str

    def __repr__(self) -> str:
        return "***"

    __str__ = __repr__


class Keeper(StrEnum):
    """Who keeps a secret for us."""

    FILE = "file"
    ENVIRONMENT = "env"


@dataclass(frozen=True, slots=True)
class SecretReference:
    """Where a secret is: an absolute path, or the name of an environment variable.

    `setting` is who names it, for the person who must put it right.
    """

    keeper: Keeper
    name: str
    setting: str = field(default="password", compare=False)

    @classmethod
    def from_toml(cls, value: object, place: Place) -> Self:
        """Read `file:PATH` or `env:NAME`; anything else is taken for a password."""
        keeper, found, name = str(value).partition(":")
        match keeper if found and name else "":
            case Keeper.FILE:
                path = place.file.parent.absolute() / name
                return cls(Keeper.FILE, str(path), place.key)
            case Keeper.ENVIRONMENT:
                return cls(Keeper.ENVIRONMENT, name, place.key)
            case _:
                raise PasswordInSettings(
                    where=place.file, name=place.key, setting=place.key
                )

    def __str__(self) -> str:
        return f"{self.keeper}:{self.name}"

    def read(self) -> Secret:
        """Return the secret as it is now, or raise `SecretUnreadable`."""
        if self.keeper is Keeper.ENVIRONMENT:
            text = os.environ.get(self.name)
            problem = N_("there is no such environment variable")
        else:
            text = self._of_file()
            problem = N_("the file is empty")
        if not text:
            raise self._unreadable(problem)
        return Secret(text)

    def _of_file(self) -> str:
        path = Path(self.name)
        try:
            with path.open(encoding="utf-8") as file:
                if os.fstat(file.fileno()).st_mode & OTHERS:
                    raise SecretExposed(setting=self.setting, path=path)
                return file.read().rstrip("\r\n")
        except OSError as error:
            raise self._unreadable(error.strerror) from error
        except UnicodeDecodeError:
            # The cause would quote bytes of the secret, so it is left out.
            raise self._unreadable(N_("it is not UTF-8 text")) from None

    def _unreadable(self, problem: str | None) -> SecretUnreadable:
        return SecretUnreadable(setting=self.setting, reference=self, problem=problem)


def value_of(reference: SecretReference | None) -> str | None:
    """Return the secret itself, where one is named."""
    return reference.read().value if reference else None
