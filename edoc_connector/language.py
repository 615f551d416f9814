"""What people read, in Vietnamese or in English, by the standard library's gettext.

English is the language of the source and the key of the catalogue; a message that has
no translation is said in English rather than not at all.
"""

from __future__ import annotations

import gettext
import os
import re
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Final

from edoc_connector.errors import N_, EdocError, Reason, template_of

FOLDER: Final = Path(__file__).parent / "locale"
DOMAIN: Final = "edoc"
VARIABLES: Final = ("EDOC_LANG", "LC_ALL", "LC_MESSAGES", "LANG")
FIELD: Final = re.compile(r'(?P<path>[\w/\[\]]+)(?: "(?P<file>.*)" (?P<part>[\w-]+))?')
"""A field of the standard: `Subject`, `To[2]/OrganId`, `Attachment "a.pdf" size`."""
NUMBER: Final = re.compile(r"\[(\d+)\]")
UNKNOWN: Final = N_("the reason has the code {code}, which this release does not know")

SYSTEM: Final = (
    N_("Connection refused"),
    N_("File exists"),
    N_("Is a directory"),
    N_("No space left on device"),
    N_("No such file or directory"),
    N_("Not a directory"),
    N_("Permission denied"),
    N_("Read-only file system"),
)
"""What the system says most often in the details of an error."""


class Language(StrEnum):
    """The languages there are."""

    VIETNAMESE = "vi"
    ENGLISH = "en"


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
    error may carry `problem=N_("the file is empty")`; of `To[2]/OrganId`, a field that
    is there several times, the name is translated and the number kept.
    """
    catalogue = _catalogue(Language(language))
    said = {name: _detail(catalogue, str(value)) for name, value in details.items()}
    return _known(catalogue, template).format_map(_Gaps(said))


def say(reason: Reason | EdocError, language: Language | str) -> str:
    """Say why something stands where it stands; an unknown code is said as such."""
    if isinstance(reason, EdocError):
        return translate(reason.template, language, **reason.details)
    template = template_of(reason.code)
    if template is None:
        return translate(UNKNOWN, language, code=reason.code)
    return translate(template, language, **reason.details)


class _Gaps(dict[str, str]):
    """A stored reason may lack a detail that a later release asks for."""

    def __missing__(self, name: str) -> str:
        return "…"


def _detail(catalogue: gettext.NullTranslations, text: str) -> str:
    field = FIELD.fullmatch(text)
    if field is None:
        return _known(catalogue, text)
    name = " ".join(filter(None, (NUMBER.sub("", field["path"]), field["part"])))
    said = _known(catalogue, name)
    if said == name:
        return text
    number = "".join(f" ({number})" for number in NUMBER.findall(field["path"]))
    file = f' "{field["file"]}"' if field["part"] else ""
    return f"{said}{number}{file}"


def _known(catalogue: gettext.NullTranslations, message: str) -> str:
    # The empty message is the catalogue's own header.
    return catalogue.gettext(message) if message else ""


@cache
def _catalogue(language: Language) -> gettext.NullTranslations:
    return gettext.translation(DOMAIN, FOLDER, [language], fallback=True)
