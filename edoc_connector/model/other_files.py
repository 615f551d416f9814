"""How files travel that are neither PDF nor Word nor ZIP: the choice of a site."""

from __future__ import annotations

from enum import StrEnum


class OtherFiles(StrEnum):
    """What becomes of a file whose kind the axis's own library does not carry raw."""

    ZIP = "zip"
    """It travels as that library sends it: in a ZIP that holds nothing else."""
    RAW = "raw"
    """It travels as it is."""
