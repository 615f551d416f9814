"""What people read, in Vietnamese or in English, by the standard library's gettext.

English is the language of the source and the key of the catalogue; a message that has
no translation is said in English rather than not at all.  Words of the standard, such
as names of fields, are in the tables of the model, in both languages.
"""

from __future__ import annotations

import gettext
import os
import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from edoc_connector.clock import VIETNAM
from edoc_connector.errors import FILLED, N_, EdocError, Reason, kind_of

if TYPE_CHECKING:
    from edoc_connector.model.tables import Term

FOLDER: Final = Path(__file__).parent / "locale"
DOMAIN: Final = "edoc"
VARIABLES: Final = ("EDOC_LANG", "LC_ALL", "LC_MESSAGES", "LANG")
FIELD: Final = re.compile(
    r'(?P<path>[\w/\[\]]+)(?: "(?P<name>.*)"(?: (?P<part>[\w-]+))?)?'
)
"""A field of the standard: `Subject`, `To[2]/OrganId`, `Attachment "a.pdf" size`."""
NUMBER: Final = re.compile(r"\[(\d+)\]")
UNKNOWN: Final = N_("the reason has the code {code}, which this release does not know")

SYSTEM: Final = (
    N_("Connection refused"),
    N_("Connection reset by peer"),
    N_("File exists"),
    N_("Is a directory"),
    N_("Name or service not known"),
    N_("Network is unreachable"),
    N_("No route to host"),
    N_("No space left on device"),
    N_("No such file or directory"),
    N_("Not a directory"),
    N_("Permission denied"),
    N_("Read-only file system"),
    N_("Temporary failure in name resolution"),
)
"""What the system says most often in the details of an error."""


MOVES: Final[Mapping[str, Mapping[str, str]]] = {
    "event": {
        "seal": N_("to seal it"),
        "park": N_("to set it aside"),
        "release": N_("to release it"),
        "withdraw": N_("to stop it here"),
        "confirm": N_("to call it sent"),
        "return": N_("to call its receiver unknown"),
        "arrive": N_("to call it arrived"),
        "refuse": N_("to refuse it"),
        "expire": N_("to wait no longer"),
        "deliver": N_("to put it into the document software"),
        "record": N_("to write it down"),
        "quarantine": N_("to quarantine it"),
        "reject": N_("to reject it"),
        "agree": N_("to agree to it"),
        "stop": N_("to stop it here"),
    },
    "state": {
        "taken": N_("taken over"),
        "sealed": N_("sealed, waiting for the axis"),
        "sent": N_("sent, no receipt yet"),
        "delivered": N_("arrived at the receiver"),
        "refused": N_("refused"),
        "unroutable": N_("unknown receiver"),
        "parked": N_("set aside"),
        "expired": N_("no receipt by the last deadline"),
        "withdrawn": N_("stopped here, never left"),
        "accepted": N_("received, being checked"),
        "recorded": N_("a status, written down"),
        "quarantined": N_("quarantined"),
        "rejected": N_("rejected by a person here"),
        "asked": N_("asked, no answer yet"),
        "agreed": N_("agreed"),
        "stopped": N_("stopped here before it left"),
        "moot": N_("nothing to change there"),
    },
}
"""What people call the moves and the states of the model, where an error names them."""

TIMES: Final = frozenset(
    {"at", "due", "now", "revoked_at", "said", "sealed_at", "since", "today", "until"}
)
"""Details that are moments or days, stored as ISO 8601 has them."""


class Language(StrEnum):
    """The languages there are."""

    VIETNAMESE = "vi"
    ENGLISH = "en"


CLOCK_AND_DAY: Final = {
    Language.VIETNAMESE: "%H:%M:%S %d/%m/%Y",
    Language.ENGLISH: "%Y-%m-%d %H:%M:%S",
}
DAY: Final = {Language.VIETNAMESE: "%d/%m/%Y", Language.ENGLISH: "%Y-%m-%d"}


def language_of(environment: Mapping[str, str], chosen: str = "") -> Language:
    """Return the language chosen, else what the environment asks for first."""
    wishes = [chosen, *(environment.get(name, "") for name in VARIABLES)]
    wish = next((wish for wish in wishes if wish), "")
    return Language.VIETNAMESE if wish.startswith("vi") else Language.ENGLISH


def speak(language: Language) -> None:
    """Make libraries that use gettext themselves speak it too, in this process."""
    os.environ["LANGUAGE"] = language
    gettext.bindtextdomain(DOMAIN, FOLDER)
    gettext.textdomain(DOMAIN)


def translate(template: str, language: Language | str, **details: object) -> str:
    """Say a template in a language, with its details filled in.

    A detail that is itself a message of the catalogue is translated too, so that an
    error may carry `problem=N_("the file is empty")`; the detail `field` is called by
    its name, and `TIMES` are told in the time of Vietnam.
    """
    said = {
        name: _detail(name, value, Language(language))
        for name, value in details.items()
    }
    return _known(Language(language), template).format_map(_Gaps(said))


def say(reason: Reason | EdocError, language: Language | str) -> str:
    """Say why something stands where it stands, and what to do; all causes in turn."""
    said = reason.reason if isinstance(reason, EdocError) else reason
    causes = (
        f"({number}) {say(cause, language)}"
        for number, cause in enumerate(said.causes, start=1)
    )
    return ": ".join(filter(None, (say_in_short(said, language), "; ".join(causes))))


def say_to_others(reason: Reason, language: Language | str) -> str:
    """Say it in what is sent: the words of a person here stand alone, as they wrote."""
    kind = kind_of(reason.code)
    if kind is None or not kind.told:
        return say(reason, language)
    return translate(kind.told, language, **reason.details)


def say_in_short(reason: Reason, language: Language | str) -> str:
    """Say the same, of several causes only how many; unknown codes are said as such."""
    kind = kind_of(reason.code)
    if kind is None:
        return translate(UNKNOWN, language, code=reason.code)
    templates = filter(None, (kind.template, kind.remedy))
    details = _explained(_dated(kind.days, reason.details, language), language)
    return "; ".join(translate(it, language, **details) for it in templates)


def _dated(
    days: Iterable[str], details: Mapping[str, str], language: Language | str
) -> Mapping[str, str]:
    """Write the details that are days as the language writes them."""
    told = {
        name: _time(details[name], Language(language))
        for name in days
        if name in details
    }
    return {**details, **told}


def _explained(
    details: Mapping[str, str], language: Language | str
) -> Mapping[str, str]:
    """Say the messages among the details of a reason, with their gaps filled."""
    said = dict(details)
    for message, filled in FILLED.items():
        if message in said:
            said[filled] = translate(said[message], language, **said)
    return said


def name_of(field: str, language: Language | str) -> str:
    """Return what people call a field: `To[2]/OrganId` is `Mã định danh nơi nhận (2)`.

    What no table knows is a message of the catalogue, or stays as it is written.
    """
    found = FIELD.fullmatch(field)
    if found is None:
        return _known(Language(language), field)
    said = _name(found, Language(language))
    if said is None:
        return field
    number = "".join(f" ({number})" for number in NUMBER.findall(found["path"]))
    name = f' "{found["name"]}"' if found["name"] is not None else ""
    return f"{said}{number}{name}"


def moment_in(language: Language, at: datetime) -> str:
    """Write a moment as people read it: in the time of Vietnam, to the second."""
    return f"{at.astimezone(VIETNAM):{CLOCK_AND_DAY[language]}}"


def day_in(language: Language, day: date) -> str:
    """Write a day as people read it; of a moment the day it is in Vietnam."""
    if isinstance(day, datetime):
        day = day.astimezone(VIETNAM).date()
    return f"{day:{DAY[language]}}"


def word_of(term: Term, language: Language | str) -> str:
    """Return a term of the standard in a language."""
    is_vietnamese = Language(language) is Language.VIETNAMESE
    return term.vietnamese if is_vietnamese else term.english


class _Gaps(dict[str, str]):
    """A stored reason may lack a detail that a later release asks for."""

    def __missing__(self, name: str) -> str:
        return "…"


def _detail(name: str, value: object, language: Language) -> str:
    if isinstance(value, datetime):
        return moment_in(language, value)
    if isinstance(value, date):
        return day_in(language, value)
    text = str(value)
    text = MOVES.get(name, {}).get(text, text)
    if name == "field":
        return name_of(text, language)
    return _time(text, language) if name in TIMES else _known(language, text)


def _time(text: str, language: Language) -> str:
    """Say a stored time as people read it; what is none stays as it is."""
    try:
        if len(text) == len("2026-11-23"):
            return day_in(language, date.fromisoformat(text))
        at = datetime.fromisoformat(text)
        return moment_in(language, at) if at.tzinfo else text  # told for people already
    except (ValueError, OverflowError):  # "no expiry" lies beyond the calendar here
        return text


def _name(found: re.Match[str], language: Language) -> str | None:
    """Return the name without numbers, or None where there is no other."""
    from edoc_connector.model.fields import field_at  # noqa: PLC0415  (--help: none)

    path = NUMBER.sub("", found["path"])
    field = field_at(path)
    if field is not None and not found["part"]:
        return word_of(field.label, language)
    name = " ".join(filter(None, (path, found["part"])))
    said = _known(language, name)
    return None if said == name else said


def _known(language: Language, message: str) -> str:
    # The empty message is the catalogue's own header.
    return _catalogue(language).gettext(message) if message else ""


@cache
def _catalogue(language: Language) -> gettext.NullTranslations:
    return gettext.translation(DOMAIN, FOLDER, [language], fallback=True)
