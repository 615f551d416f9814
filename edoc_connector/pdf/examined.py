"""What the worker hands back: what it found, and the certificates that rests on.

Lists of revoked certificates have megabytes and stay out of the worker; so paths come
out of it, and never go further than to who judges them.
"""

from __future__ import annotations

from dataclasses import dataclass

from edoc_connector.model.pdf_signatures import PdfReport, PdfSignature, PdfState


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A signature; the paths of its signer and of its time stamp, leaf first, DER.

    A path is empty where none leads to an anchor.
    """

    signature: PdfSignature
    signer: tuple[bytes, ...] = ()
    stamp: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """All that was found in one file."""

    state: PdfState
    found: tuple[Found, ...] = ()
    problem: str = ""

    @property
    def report(self) -> PdfReport:
        """The same for people."""
        signatures = tuple(it.signature for it in self.found)
        return PdfReport(state=self.state, signatures=signatures, problem=self.problem)


def not_examined(problem: str) -> Examined:
    """Return what is known of a file that nobody could look at."""
    return Examined(state=PdfState.NOT_CHECKED, problem=problem)
