"""`edoc verify`: is this packet what its sender sealed.  Needs no broker and no DMS."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import click

from edoc_connector.app.inquiry import inspector_for, inspector_of, revocation_of
from edoc_connector.cli.authorities import authorities_of
from edoc_connector.cli.evidence_folder import (
    Folder,
    check_packet,
    failure_of,
    finding_of,
    read_folder,
    with_stamps,
    write_folder,
)
from edoc_connector.cli.files import MOST_BYTES, map_argument, write_argument
from edoc_connector.cli.group import Command
from edoc_connector.cli.invocation import Invocation, pass_invocation
from edoc_connector.cli.moments import Moment
from edoc_connector.cli.output import print_fields, print_json
from edoc_connector.cli.pdf_check import checked_pdfs
from edoc_connector.cli.pdf_text import print_pdfs
from edoc_connector.cli.proof import proof_fields, proof_of
from edoc_connector.clock import system_clock
from edoc_connector.envelope.read import read
from edoc_connector.envelope.skeleton import Buffer
from edoc_connector.errors import (
    N_,
    CertificateRevoked,
    ExitCode,
    NobodyTrusted,
    SealInvalid,
    SettingsNotFound,
)
from edoc_connector.model.verdict import Indication
from edoc_connector.parts import policy_of
from edoc_connector.pdf.port import PdfInspector
from edoc_connector.pki.certificates import load_anchors
from edoc_connector.settings import RevocationSettings
from edoc_connector.signature.policy import Policy
from edoc_connector.signature.ports import Revocation
from edoc_connector.signature.reconstitute import reconstitute
from edoc_connector.signature.verify import verify


@click.command(
    cls=Command,
    help=N_(
        "Check the seal of a packet in a file: who sealed it, when, and that nothing"
        " was changed since. Trusts the authorities of the settings, or those named."
    ),
)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--anchor",
    "anchors",
    multiple=True,
    metavar=N_("FILE"),
    type=click.Path(dir_okay=False, path_type=Path),
    help=N_(
        "Trust the authorities of this file (PEM), root and issuing, and not those of"
        " the settings. Which are the right ones you must know yourself."
    ),
)
@click.option(
    "--reconstitute",
    "output",
    metavar=N_("FILE"),
    type=click.Path(dir_okay=False, path_type=Path),
    help=N_("Write the seal as a stand-alone signature that xmlsec1 verifies."),
)
@click.option(
    "--at",
    metavar=N_("DAY"),
    type=Moment(),
    help=N_(
        "Judge as if it were this day (01/01/2031 or 2031-01-01), also with a time of"
        " day."
    ),
)
@click.option(
    "--evidence",
    "folder",
    metavar=N_("FOLDER"),
    type=click.Path(file_okay=False, path_type=Path),
    help=N_("Ask nobody: judge by the evidence that was kept in this folder."),
)
@click.option(
    "--keep",
    metavar=N_("FOLDER"),
    type=click.Path(file_okay=False, path_type=Path),
    help=N_("Write the verdict and its evidence there, for --evidence."),
)
@click.option("--json", "as_json", is_flag=True, help=N_("One JSON object."))
@pass_invocation
def command(  # noqa: PLR0913  (what people may say)
    invocation: Invocation,
    *,
    file: Path,
    anchors: tuple[Path, ...],
    output: Path | None,
    at: datetime | None,
    folder: Path | None,
    keep: Path | None,
    as_json: bool,
) -> None:
    """Print what the seal proves, or raise what is wrong with it."""
    body, now = map_argument(file), at or system_clock()
    kept = _kept(folder, body)
    received = read(body, max_bytes=MOST_BYTES)
    if kept is not None:
        received = with_stamps(received, kept.evidence)
    received_at, policy = _received_at(kept) or now, _policy(invocation, anchors)
    with _failure_told(keep, body, received_at, as_json=as_json):
        verified = verify(
            received,
            policy,
            account=None,
            received_at=received_at,
            now=now,
            revocation=_revocation(invocation, kept, has_settings=not anchors),
        )
    if output is not None:
        write_argument(output, [reconstitute(received)])
    if keep is not None:
        finding = finding_of(body, verified, received_at=received_at)
        issuers = authorities_of(received.seal, policy, verified.verdict.proven_at)
        write_folder(keep, finding, verified.verdict.evidence, issuers)
    pdfs = checked_pdfs(verified, _inspector(invocation, anchors))
    proof = replace(proof_of(verified), pdfs=pdfs)
    if as_json:
        print_json([proof])
    else:
        print_fields(invocation, proof_fields(invocation, proof))
        print_pdfs(invocation, proof.pdfs)
    _conclude(invocation, proof.indication, as_json=as_json)


def _kept(folder: Path | None, body: Buffer) -> Folder | None:
    if folder is None:
        return None
    kept = read_folder(folder)
    check_packet(folder, kept, body)
    return kept


@contextmanager
def _failure_told(
    keep: Path | None, body: Buffer, received_at: datetime, *, as_json: bool
) -> Iterator[None]:
    """Write down also why a seal did not hold, and by what evidence."""
    try:
        yield
    except SealInvalid as error:
        finding = failure_of(body, error, received_at=received_at)
        if as_json:
            print_json([finding])
        if keep is not None:
            proofs = error.evidence if isinstance(error, CertificateRevoked) else ()
            write_folder(keep, finding, proofs)
        raise


def _received_at(kept: Folder | None) -> datetime | None:
    return kept.finding.received_at if kept and kept.finding else None


def _revocation(
    invocation: Invocation, kept: Folder | None, *, has_settings: bool
) -> Revocation | None:
    if kept is not None:
        return kept
    chosen = (
        invocation.settings.trust.revocation if has_settings else RevocationSettings()
    )
    return revocation_of(chosen)


def _conclude(invocation: Invocation, indication: Indication, *, as_json: bool) -> None:
    if indication is not Indication.PASSED:
        raise click.exceptions.Exit(ExitCode.INDETERMINATE)
    if not as_json:
        invocation.tell(N_("the seal is valid"))


def _policy(invocation: Invocation, anchors: tuple[Path, ...]) -> Policy:
    if anchors:
        return Policy(anchors=load_anchors(anchors))
    try:
        return policy_of(invocation.settings)
    except SettingsNotFound as error:
        raise NobodyTrusted(**error.details) from error


def _inspector(invocation: Invocation, anchors: tuple[Path, ...]) -> PdfInspector:
    if anchors:
        return inspector_for(load_anchors(anchors))
    return inspector_of(invocation.settings)
