"""The only way from a file to an axis that can be planned."""

from __future__ import annotations

from pathlib import Path

from edoc_connector.axis.description import Axis
from edoc_connector.axis.mistakes import mistakes
from edoc_connector.errors import SettingsRefused
from edoc_connector.toml import read_toml


def read_axis(path: Path) -> Axis:
    """Read a description: a tree of brokers in which every code leads to one mailbox.

    Raises `SettingsInvalid` with the one problem, or `SettingsRefused` with all.
    """
    axis = read_toml(path, Axis)
    found = [*mistakes(axis, path)]
    if len(found) == 1:
        raise found[0]
    if found:
        raise SettingsRefused(path, found)
    return axis
