"""`edoc why`: the story of one document, in a few plain sentences."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final

import click

from edoc_connector.cli.document_id import ID
from edoc_connector.cli.group import Command
from edoc_connector.cli.invocation import Invocation, pass_invocation, shown
from edoc_connector.cli.output import print_json
from edoc_connector.cli.standing_text import AS_JSON
from edoc_connector.errors import N_
from edoc_connector.flows.inspecting.sentence import Sentence
from edoc_connector.flows.inspecting.telling import tell_story
from edoc_connector.flows.inspecting.why import Explanation, Part, explain
from edoc_connector.flows.inspecting.wording import happening
from edoc_connector.own_storage import look_at_storage


@click.command(
    cls=Command,
    help=N_(
        "Say why a document stands where it stands: what happened, what happens next"
        " and when, who must act, and what to type. ID is an id or its beginning, a"
        " number and notation, a document id or a row number."
    ),
)
@ID
@AS_JSON
@pass_invocation
def command(invocation: Invocation, *, id: str, as_json: bool) -> None:  # noqa: A002
    """Tell it."""
    with look_at_storage(invocation.settings) as storage, storage.reading() as work:
        found = explain(tell_story(work, id))
    if as_json:
        print_json([_plain(invocation, found)])
    else:
        _print(invocation, found)


def _print(invocation: Invocation, found: Explanation) -> None:
    for sentence in found.sentences:
        click.echo(said(invocation, sentence))
    for part in found.parts:
        click.echo()
        name = f"{shown(part.organization)}  {shown(part.name)}".strip()
        if name:
            click.echo(name)
        for sentence in part.sentences:
            click.echo(f"  {said(invocation, sentence)}")


def said(invocation: Invocation, sentence: Sentence) -> str:
    """Return a sentence in the language of this call, with its full stop.

    Not after a command: people copy it to the end of the line.
    """
    details: dict[str, object] = {
        name: value if isinstance(value, datetime) else shown(value)
        for name, value in sentence.details.items()
    }
    if sentence.reason is not None:
        details["reason"] = invocation.reason(sentence.reason)
    if sentence.status is not None:
        details["status"] = happening(f"status:{sentence.status}", invocation.language)
    text = invocation.text(sentence.template, **details)
    is_command = COMMAND.search(text) is not None
    return f"{text[:1].upper()}{text[1:]}{'' if is_command else '.'}"


COMMAND: Final = re.compile(r": edoc [^:;]*$")


def _plain(invocation: Invocation, found: Explanation) -> Mapping[str, object]:
    return {
        "id": found.id,
        "label": found.label,
        "direction": found.direction,
        "sentences": [said(invocation, each) for each in found.sentences],
        "parts": [_plain_part(invocation, part) for part in found.parts],
    }


def _plain_part(invocation: Invocation, part: Part) -> Mapping[str, object]:
    return {
        "organization": part.organization,
        "name": part.name,
        "situation": part.situation,
        "must_act": part.must_act,
        "next_at": part.next_at,
        "sentences": [said(invocation, each) for each in part.sentences],
    }
