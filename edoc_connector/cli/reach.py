"""For which organisation a command speaks, where one connector serves several.

Lists go through all of them, each under its own heading and from its own database.
What is about one thing goes to whoever has it; what several have, or is called by a
number that counts in each of them, wants `--for`.  Where there is only one organisation
none of this happens.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import click

from edoc_connector.cli.failures import INTERRUPTED, PIPE_CLOSED, exit_code_of
from edoc_connector.cli.invocation import Invocation, shown
from edoc_connector.errors import (
    N_,
    EdocError,
    ExitCode,
    HeldBySeveral,
    NotFound,
    OfficeUnnamed,
    StorageNew,
)

if TYPE_CHECKING:
    from edoc_connector.organizations import Office
    from edoc_connector.storage import Work

EACH: Final = frozenset(
    {
        "status",
        "doctor",
        "document list",
        "queue list",
        "quarantine list",
        "reconciliation list",
        "reconciliation show",
        "key list",
        "ledger verify",
        "settings show",
    }
)
"""Commands that show everybody's, one after the other."""

Has = Callable[["Work", str], bool]


@dataclass(frozen=True, slots=True)
class ByName:
    """A command about one thing: the argument that names it, and who has such a one."""

    argument: str
    has: Has


def _story(work: Work, text: str) -> bool:
    return _told(work, text, None)


def _sent(work: Work, text: str) -> bool:
    return _told(work, text, "outgoing")


def _received(work: Work, text: str) -> bool:
    return _told(work, text, "incoming")


def _told(work: Work, text: str, way: str | None) -> bool:
    from edoc_connector.errors import Ambiguous, DocumentUnknown  # noqa: PLC0415
    from edoc_connector.flows.inspecting.story import Direction  # noqa: PLC0415
    from edoc_connector.flows.inspecting.telling import tell_story  # noqa: PLC0415

    try:
        tell_story(work, text, Direction(way) if way else None)
    except DocumentUnknown:
        return False
    except Ambiguous:
        return True
    return True


def _waiting(work: Work, text: str) -> bool:
    return bool(work.outbox.find_waiting(text))


def _set_aside(work: Work, text: str) -> bool:
    return bool(work.inbox.find_set_aside(text))


def _never(work: Work, text: str) -> bool:
    """Say no: a case has nothing but a number."""
    del work, text
    return False


ONE: Final[Mapping[str, ByName]] = {
    "why": ByName("id", _story),
    "document show": ByName("id", _story),
    "document packet": ByName("id", _story),
    "document evidence": ByName("id", _story),
    "document resend": ByName("ids", _sent),
    "document recall": ByName("id", _sent),
    "document update": ByName("id", _sent),
    "document replace": ByName("id", _sent),
    "document statement": ByName("id", _sent),
    "document agree": ByName("id", _received),
    "document refuse": ByName("id", _received),
    "queue show": ByName("id_", _waiting),
    "queue park": ByName("ids", _waiting),
    "queue release": ByName("ids", _waiting),
    "quarantine show": ByName("id", _set_aside),
    "quarantine release": ByName("id", _set_aside),
    "quarantine reject": ByName("id", _set_aside),
    "reconciliation close": ByName("case", _never),
}
"""Commands about one thing.  All others either need no settings or want `--for`."""


def spoken(ctx: click.Context, work: Callable[[], Any]) -> Any:  # noqa: ANN401  (click)
    """Do the work of a command for whom it is meant, and return what it returns."""
    name = ctx.command_path.partition(" ")[2]
    invocation = ctx.find_object(Invocation)
    if invocation is None or name not in {*EACH, *ONE} or not invocation.serves_many:
        return work()
    if invocation.whose:
        return work()
    if name in EACH:
        as_json = bool(ctx.params.get("as_json"))
        return for_each(invocation, work, as_json=as_json)
    office = _holder(invocation, ONE[name], ctx.params)
    invocation.tell(N_("{code} {name}:"), code=office.code, name=office.name)
    with invocation.speaking_for(office):
        return work()


def for_each(
    invocation: Invocation, work: Callable[[], object], *, as_json: bool
) -> int:
    """Do it for each organisation in turn; return the exit code that weighs most.

    What fails for one of them is said, and the others are done.
    """
    codes: list[int] = [ExitCode.OK]
    for office in invocation.offices.all:
        with invocation.speaking_for(office):
            if not as_json:
                _head(office, is_first=len(codes) == 1)
            codes.append(exit_code_of(work, invocation))
        if codes[-1] in {INTERRUPTED, PIPE_CLOSED}:
            return codes[-1]
    return max(codes, key=WEIGHTS.index)


WEIGHTS: Final = (
    ExitCode.OK,
    ExitCode.INDETERMINATE,
    ExitCode.ATTENTION,
    ExitCode.NOT_AS_EXPECTED,
    ExitCode.NOT_FOUND,
    ExitCode.BUSY,
    ExitCode.UNAVAILABLE,
    ExitCode.SETTINGS,
    ExitCode.FAILED,
    ExitCode.NOT_VERIFIED,
    ExitCode.NOT_WHOLE,
)
"""Exit codes, the one that weighs most last."""


def _head(office: Office, *, is_first: bool) -> None:
    if not is_first:
        click.echo()
    click.echo(f"=== {shown(office.code)}  {shown(office.name)}")


def _holder(invocation: Invocation, one: ByName, given: Mapping[str, Any]) -> Office:
    """Return the organisation that has what was named."""
    value = given[one.argument]
    texts = [str(it) for it in value] if isinstance(value, tuple) else [str(value)]
    if not texts or any(text.isdigit() for text in texts):
        raise OfficeUnnamed(count=len(invocation.offices.all))
    offices = invocation.offices.all
    has = [(it, _has(invocation, it, texts, one.has)) for it in offices]
    whole = [office for office, found in has if all(found)]
    if len(whole) == 1:
        return whole[0]
    some = [office for office, found in has if any(found)]
    what = ", ".join(texts)
    if not some:
        raise NotFound(what=what)
    raise HeldBySeveral(what=what, organizations=", ".join(it.code for it in some))


def _has(
    invocation: Invocation, office: Office, texts: Sequence[str], has: Has
) -> Sequence[bool]:
    """Say of each name whether it has such a one; who cannot be asked, has none."""
    from edoc_connector.own_storage import look_at_storage  # noqa: PLC0415

    try:
        with look_at_storage(office.settings) as storage, storage.reading() as work:
            return [has(work, text) for text in texts]
    except StorageNew:
        pass
    except EdocError as error:
        problem = invocation.reason(error)
        text = N_("{code} could not be asked: {problem}")
        invocation.tell(text, code=office.code, problem=problem)
    return [False]
