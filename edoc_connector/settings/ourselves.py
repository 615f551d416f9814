"""Who we are, where we keep our own state, and what we write into the log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Annotated

from edoc_connector.checks import DatabaseUrl
from edoc_connector.logs import Format, Level
from edoc_connector.secret import SecretReference
from edoc_connector.settings.values import Code, Text


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganizationSettings:
    """The body this connector speaks for: what its documents say in From."""

    code: Code
    """Its identifier (mã định danh), such as H20.14."""
    name: Text
    """Its official name, as it stands on its documents."""
    in_charge: str = ""
    """The identifier of the body above it (OrganizationInCharge); may be empty."""
    address: str = ""
    """Its postal address."""
    email: str = ""
    """Its official e-mail address."""
    telephone: str = ""
    """Its telephone number."""
    fax: str = ""
    """Its fax number."""
    website: str = ""
    """Its web site."""
    aliases: tuple[Code, ...] = ()
    """Other codes of it, beside the old and new writing of its own."""
    takes_over: Mapping[Code, date] = field(default_factory=dict)
    """Code of a closed body -> the day from which its mail comes here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StateSettings:
    """Where the connector keeps its own state, without which it forgets."""

    folder: Path
    """The folder of contents, lock and (by default) database; nobody else's."""
    database: Annotated[str, DatabaseUrl("state.database_password")] = ""
    """The URL of its own database; empty: edoc.sqlite in the folder."""
    database_password: SecretReference | None = None
    """The password of that database, by reference; PostgreSQL only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogSettings:
    """What is written to standard error while the connector runs."""

    level: Level = Level.INFO
    """The least that is written: debug, info, warning or error."""
    format: Format = Format.TEXT
    """text for people, json for programs; one line per event."""
