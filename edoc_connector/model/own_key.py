"""What is known of a key of our own: what it is good for, and why it came into use."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

DEFAULT_KEY: Final = "default"
"""The name of the key that stands in `[seal]` itself."""


class KeyState(StrEnum):
    """What a key is good for now; only a ready one seals."""

    READY = "ready"
    NOT_YET_VALID = "not-yet-valid"
    EXPIRED = "expired"
    REVOKED = "revoked"
    UNUSABLE = "unusable"


class Cause(StrEnum):
    """Why a certificate came into use."""

    STARTED = "started"
    """The first one of a new connector."""
    RENEWED = "renewed"
    """Another certificate stands under the same name."""
    CHOSEN = "chosen"
    """A person said so."""
    TOOK_OVER = "took-over"
    """The one before had ended, and this was the only one that served."""
