"""The XSDs that are shipped with the program."""

from __future__ import annotations

from enum import StrEnum
from importlib.resources import files


class Profile(StrEnum):
    """What a packet can be held against."""

    WRITING = "edxml-writing.xsd"
    """What we write, and nothing else."""
    READING = "edxml-reading.xsd"
    """Every dialect that was met in the field."""


def read_schema(profile: Profile) -> bytes:
    """Return the XSD of a profile."""
    return (files("edoc_connector.schemas") / profile.value).read_bytes()
