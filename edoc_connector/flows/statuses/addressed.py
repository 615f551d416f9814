"""Under which code we answer: the one that was written to, as far as a seal goes.

Who wrote `000.14.00.H53` reads it again, for many compare codes letter by letter.  No
certificate of ours is that of a body that we have taken over, so there we answer as
ourselves, and name the other code in words that are sealed.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from edoc_connector.errors import N_
from edoc_connector.flows.directory.routes import addressed_as
from edoc_connector.flows.site import Site
from edoc_connector.language import translate
from edoc_connector.model.document import Document, Organization
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.storage import Storage

FOR_ANOTHER: Final = N_("{text} (written to {addressed}; {own} takes its mail)")


def addressed_in(site: Site, storage: Storage, document: Document) -> OrganizationCode:
    """Return the code by which a document means us."""
    codes = [it.code for it in document.recipients]
    return addressed_as(site, storage, codes) or site.organization.code


def answering_as(site: Site, addressed: OrganizationCode) -> Organization:
    """Return us, under the writing of our code that was written to."""
    own = site.organization
    return replace(own, code=addressed) if own.code.is_same_body(addressed) else own


def said_for(site: Site, addressed: OrganizationCode, text: str) -> str:
    """Return what we say, naming the other code where one was written to."""
    own = site.organization.code
    if own.is_same_body(addressed):
        return text
    gaps = {"text": text, "addressed": addressed, "own": own}
    return translate(FOR_ANOTHER, site.language, **gaps)
