"""The settings file: found, read, and filled in with what follows from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from edoc_connector.errors import SettingsNotFound
from edoc_connector.settings.site import Settings
from edoc_connector.toml import Place, parsed_text, read_table, read_toml

PLACES: Final = (Path("edoc.toml"), Path("/etc/edoc/edoc.toml"))


def find(environment: Mapping[str, str], named: Path | None = None) -> Path:
    """Return the file to read: the one named, else EDOC_SETTINGS, else `PLACES`."""
    if named is not None:
        return named
    if environment.get("EDOC_SETTINGS"):
        return Path(environment["EDOC_SETTINGS"])
    for place in PLACES:
        if place.is_file():
            return place
    raise SettingsNotFound(where=", ".join(str(place) for place in PLACES))


def load(path: Path) -> Settings:
    """Read the file, and fill in what follows from something else in it.

    Raises `SettingsInvalid`: one problem, or `SettingsRefused` with all of them.
    """
    return completed(read_toml(path, Settings))


def load_text(text: str, path: Path) -> Settings:
    """Read what a file of this text would say.  Raises `SettingsInvalid`."""
    return completed(read_table(parsed_text(text, path), Settings, Place(path)))


def completed(settings: Settings, *, account: str = "") -> Settings:
    """Fill in what follows from something else.

    Queues are called by the organisation, or by the `account` that several of them
    share.
    """
    node = account or settings.organization.code
    queue = settings.axis.queue or f"edoc.inbox.{node}"
    express = settings.axis.express_queue or f"edoc.express.{node}"
    folder = settings.state.folder
    database = settings.state.database or f"sqlite:///{folder / 'edoc.sqlite'}"
    return replace(
        settings,
        axis=replace(settings.axis, queue=queue, express_queue=express),
        state=replace(settings.state, database=database),
    )
