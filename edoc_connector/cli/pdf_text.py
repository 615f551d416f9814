"""How the signatures inside PDFs are told to people: who, when, of what, and whether.

Every name in them is the word of a stranger, and is shown without what a terminal
would obey.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, Protocol

import click

from edoc_connector.cli.invocation import Invocation
from edoc_connector.cli.output import shown
from edoc_connector.errors import N_
from edoc_connector.model.pdf_signatures import (
    PdfChain,
    PdfChanges,
    PdfCoverage,
    PdfMark,
    PdfOutcome,
    PdfReport,
    PdfRevocation,
    PdfSignature,
    PdfState,
    PdfTime,
)


class NamedReport(Protocol):
    """A report on a file with a name, wherever it comes from."""

    @property
    def name(self) -> str:
        """The name of the file."""
        ...

    @property
    def report(self) -> PdfReport:
        """What was found in it."""
        ...


OUTCOMES: Final[Mapping[PdfOutcome, str]] = {
    PdfOutcome.TRUSTED: N_("intact, by a signer known here"),
    PdfOutcome.INTACT: N_("intact, signer not known here"),
    PdfOutcome.CHANGED: N_("intact, but the file was changed afterwards"),
    PdfOutcome.BROKEN: N_("BROKEN"),
    PdfOutcome.UNREADABLE: N_("cannot be read"),
}

TIMES: Final[Mapping[PdfTime, str]] = {
    PdfTime.PROVEN: N_("{time}, proven by a time stamp"),
    PdfTime.STAMP_UNKNOWN: N_(
        "{time}, by a time stamp of an authority not known here: not proven"
    ),
    PdfTime.STAMP_BROKEN: N_("not proven: its time stamp is broken"),
    PdfTime.CLAIMED: N_("{time}, as the signer says: not proven"),
    PdfTime.NONE: N_("not stated"),
}

COVERAGES: Final[Mapping[PdfCoverage, str]] = {
    PdfCoverage.WHOLE: N_("the whole file"),
    PdfCoverage.REVISION: N_("revision {revision} of {revisions} of the file"),
    PdfCoverage.PART: N_("only a part of the file"),
}

CHANGES: Final[Mapping[PdfChanges, str]] = {
    PdfChanges.NONE: "",
    PdfChanges.MAINTENANCE: N_("later only evidence was added"),
    PdfChanges.SIGNING: N_("later only signatures and form fields were added"),
    PdfChanges.OTHER: N_("later the file was changed"),
}

CHAINS: Final[Mapping[PdfChain, str]] = {
    PdfChain.ANCHORED: N_("leads to {anchor}"),
    PdfChain.UNKNOWN: N_("leads to no authority known here"),
    PdfChain.OUT_OF_DATE: N_("was not valid at that time"),
    PdfChain.REVOKED: N_("was revoked"),
    PdfChain.WEAK: N_("uses an algorithm that is no longer safe"),
    PdfChain.UNFIT: N_("is not fit for signing, or its chain does not hold"),
    PdfChain.NOT_TRIED: "",
}

REVOCATIONS: Final[Mapping[PdfRevocation, str]] = {
    PdfRevocation.GOOD: N_("not revoked, by the evidence in the file"),
    PdfRevocation.REVOKED: "",
    PdfRevocation.UNKNOWN: N_("the file has no evidence of revocation"),
}


def print_pdfs(invocation: Invocation, files: Iterable[NamedReport]) -> None:
    """Print a paragraph per PDF, a few lines per signature."""
    for file in files:
        click.echo()
        click.echo(f"{shown(file.name)}: {_summary(invocation, file.report)}")
        for number, signature in enumerate(file.report.signatures, start=1):
            for line in _lines(invocation, number, signature):
                click.echo(line)


def tell_unchecked(invocation: Invocation, files: Sequence[NamedReport]) -> None:
    """Say, once, where nobody here can look into PDFs: silence would look like none."""
    from edoc_connector.app.inquiry import pdf_problem  # noqa: PLC0415  (few have a PDF)

    problem = pdf_problem()
    if problem and not files:
        invocation.tell(UNCHECKED, problem=invocation.text(problem))


UNCHECKED: Final = N_("signatures inside PDFs are not checked ({problem})")


def _summary(invocation: Invocation, report: PdfReport) -> str:
    problem = invocation.text(report.problem)
    match report.state:
        case PdfState.CHECKED if report.signatures:
            count = len(report.signatures)
            return invocation.text(N_("signatures: {count}"), count=count)
        case PdfState.CHECKED:
            return invocation.text(N_("not signed"))
        case PdfState.UNREADABLE:
            return invocation.text(N_("cannot be read: {problem}"), problem=problem)
        case _:
            return invocation.text(N_("not checked: {problem}"), problem=problem)


def _lines(invocation: Invocation, number: int, it: PdfSignature) -> Iterator[str]:
    yield f"  {number}. {_outcome(invocation, it)}"
    for name, value in _details(invocation, it):
        if value:
            yield f"     {invocation.text(name)}: {value}"


def _outcome(invocation: Invocation, it: PdfSignature) -> str:
    mark = invocation.text(MARKS[it.mark])
    said = invocation.text(OUTCOMES[it.outcome])
    problem = f" ({invocation.text(it.problem)})" if it.problem else ""
    return f"{mark}: {said}{problem}"


MARKS: Final[Mapping[PdfMark, str]] = {
    PdfMark.SIGNATURE: N_("signature"),
    PdfMark.TIMESTAMP: N_("time stamp"),
}


def _details(invocation: Invocation, it: PdfSignature) -> Iterator[tuple[str, str]]:
    yield N_("Field"), shown(it.field)
    yield N_("Signer"), shown(it.signer)
    yield N_("Organisation"), shown(it.organization)
    if it.outcome is not PdfOutcome.UNREADABLE:
        yield N_("Time"), _time(invocation, it)
        yield N_("Covers"), _covers(invocation, it)
        yield N_("Certificate"), _certificate(invocation, it)
    form = (it.sub_filter, it.digest_algorithm, it.signature_algorithm)
    yield N_("Form"), shown(", ".join(filter(None, form)))


def _time(invocation: Invocation, it: PdfSignature) -> str:
    at = it.claimed_at if it.time is PdfTime.CLAIMED else it.stamped_at
    return invocation.text(TIMES[it.time], time=invocation.time(at))


def _covers(invocation: Invocation, it: PdfSignature) -> str:
    covered = invocation.text(
        COVERAGES[it.coverage], revision=it.revision, revisions=it.revisions
    )
    # Of what is broken anyway nobody asks what came later.
    later = "" if it.coverage is PdfCoverage.PART else CHANGES[it.changes]
    return "; ".join(filter(None, (covered, invocation.text(later))))


def _certificate(invocation: Invocation, it: PdfSignature) -> str:
    if it.chain is PdfChain.NOT_TRIED:
        return ""
    chain = invocation.text(CHAINS[it.chain], anchor=shown(it.anchor))
    revocation = ""
    if it.chain is PdfChain.ANCHORED:
        revocation = invocation.text(REVOCATIONS[it.revocation])
    judged = invocation.text(N_("as of {time}"), time=invocation.time(it.judged_at))
    return "; ".join(filter(None, (chain, revocation, judged)))
