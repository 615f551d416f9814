"""How the register of the document software is read and written."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from edoc_connector.checks import DatabaseUrl, Limits, ProfileName
from edoc_connector.model.change import ChangeMode
from edoc_connector.secret import SecretReference
from edoc_connector.settings.values import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class DmsSettings:
    """The document database of the organisation, and how it is read."""

    url: Annotated[str, DatabaseUrl("dms.password")]
    """Its SQLAlchemy URL, without a password."""
    profile: Annotated[Text, ProfileName()]
    """The mapping: the name of a shipped one, or the path of a TOML file."""
    password: SecretReference | None = None
    """The password of the database, by reference; empty: it needs none."""
    files: Path | None = None
    """The folder from which relative paths of files in the database start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeSettings:
    """What is done when the sender of a received document wants it changed."""

    recall: ChangeMode = ChangeMode.APPLY
    """A recall (thu hồi, lấy lại): apply it at once, or ask a clerk first."""
    update: ChangeMode = ChangeMode.APPLY
    """An update (cập nhật): apply it at once, or ask a clerk first."""
    replace: ChangeMode = ChangeMode.APPLY
    """A replacement (thay thế): mark the old one at once, or ask a clerk first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PollSettings:
    """How the connector asks the DMS for work."""

    every_seconds: Annotated[float, Limits(0.1, 86_400)] = 30.0
    """The rest between two questions when there was nothing to do."""
    batch: Annotated[int, Limits(1, 10_000)] = 50
    """The most documents taken at a time."""
