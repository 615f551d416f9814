"""Looks at whom a document is from and for: codes that serve, bodies that are open."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from edoc_connector.envelope.check_fields import Leaves, step_at
from edoc_connector.envelope.problems import Problem
from edoc_connector.envelope.quoting import brief
from edoc_connector.envelope.values import date_text
from edoc_connector.errors import (
    N_,
    CodeUnfit,
    RecipientClosed,
    RecipientIsNode,
    RecipientIsSender,
    RecipientMissing,
    RecipientOfClosed,
)
from edoc_connector.model import organization_code
from edoc_connector.model.closure import Closure, ClosureOf
from edoc_connector.model.document import Document, Organization
from edoc_connector.model.organization_code import Form, OrganizationCode
from edoc_connector.model.remembered import remembered

IDENTIFIER: Final = re.compile(r"[A-Za-z0-9]+(\.[A-Za-z0-9]+)*(-[0-9]{3})?")
"""What every code we send to looks like, known form or not: it becomes a routing key,
where `#` and `*` mean everybody."""

UNFIT: Final = (
    organization_code.Problem.NULL,
    organization_code.Problem.INVISIBLE,
    organization_code.Problem.SPACE,
    organization_code.Problem.FULL_WIDTH,
)
"""What slips into a code when people paste it; shape alone refuses nobody."""

UNKNOWN: Final = N_("not known")


def code_problems(leaves: Leaves) -> Iterator[Problem]:
    """Yield every identifier of a document that has something in it."""
    for path, text in leaves.items():
        if path.endswith("/OrganId"):
            for problem in _unfit(text):
                more = {"problem": organization_code.MEANINGS[problem]}
                yield Problem(CodeUnfit, path, brief(text), more=more)


def recipient_problems(
    document: Document, closure_of: ClosureOf, today: date
) -> Iterator[Problem]:
    """Yield what keeps a document from each of its recipients."""
    recipients = _recipients(document)
    if not recipients:
        yield Problem(RecipientMissing, "To")
    for path, code in recipients.items():
        if code.form is Form.NODE:
            yield Problem(RecipientIsNode, path, brief(code))
        elif code and code.is_same_body(document.sender.code):
            yield Problem(RecipientIsSender, path, brief(code))
        closure = closure_of(code, today)
        heir = closure.successor if closure and closure.is_followed(code) else None
        # What goes to a successor is to reach one, and not to come back to us.
        is_sender = heir is not None and heir.is_same_body(document.sender.code)
        goes_on = heir is not None and closure_of(heir, today) is None
        if closure is not None and (is_sender or not goes_on):
            yield _closed(path, code, closure)


def _recipients(document: Document) -> Mapping[str, OrganizationCode]:
    """Return the codes by their paths; who has neither code nor name is not written."""
    stated = [it for it in document.recipients if it != NOBODY]
    return {
        f"{step_at('To', number)}/OrganId": it.code
        for number, it in enumerate(stated, start=1)
    }


NOBODY: Final = Organization(code=OrganizationCode(""))


# A body is written to again and again.
@remembered(1024)
def _unfit(text: str) -> Sequence[organization_code.Problem]:
    """Return what makes an identifier of no use as an address."""
    found = [it for it in OrganizationCode(text).problems if it in UNFIT]
    if not found and not IDENTIFIER.fullmatch(text):
        return (organization_code.Problem.UNKNOWN_FORM,)
    return tuple(found)


def _closed(path: str, code: OrganizationCode, closure: Closure) -> Problem:
    is_itself = code.is_same_body(closure.code)
    more = {
        "closed": closure.code,
        "since": date_text(closure.since),
        "successor": _called(closure) or UNKNOWN,
    }
    error = RecipientClosed if is_itself else RecipientOfClosed
    return Problem(error, path, brief(code), more=more)


def _called(closure: Closure) -> str:
    code = closure.successor or ""
    return f"{code} ({closure.name})" if closure.name else code
