"""The identifier of a body (mã định danh): what it is, read from its letters alone."""

from __future__ import annotations


class OrganizationCode(str):
    """Identifier of a body: `H20.14` (QD 20/2020) or `000.00.14.H20` (before).

    It is the text as it was given, whatever that is: making one refuses nothing.
    """

    __slots__ = ()
