"""Recognises the levels of state secrecy by the words that stamp them on a document.

Guarantee: a level that stands on its own is found, whatever its case, Unicode form or
spacing: `TỐI MẬT` and `tuyệt mật` anywhere; `MẬT` in brackets, between dashes, before a
colon, at the end of a file's name, in capitals among small letters.  Words that only
contain the syllable pass: bảo mật, bí mật nhà nước, mật độ, mật khẩu, mật ong.

Residual risk: a secret that says nowhere that it is one.  Without accents only what
stands alone is found: `mat` is six words of Vietnamese, and `toi mat` begins `tới Mặt
trận`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Final

from edoc_connector.model.invisible import without_invisible
from edoc_connector.model.remembered import remembered

WORD: Final = re.compile(r"[^\W_]+")

LEVEL: Final = "mật"
BARE: Final = "mat"
SLIPS: Final = frozenset({LEVEL, "mât", BARE})
"""Spellings of the level; `mắt`, `mặt` and `mất` are other words."""
SLIP: Final = re.compile("|".join(sorted(SLIPS)))

GRADES: Final = frozenset({"tối", "tuyệt", "tuyêt", "tuyet"})
BARE_GRADE: Final = "toi"
FRONT: Final = "tran"
"""`tới Mặt trận` without its accents."""

JOINED: Final = re.compile(r"(tối|tuyệt|tuyêt|tuyet)(mật|mât|mat)|toimat")
HARMLESS: Final = re.compile(
    # The title of public decisions that say what is secret, and are not.
    r"\bdanh mục bí mật nhà nước (?:có )?độ (?:(?:tuyệt |tối )?mật|,|và|hoặc|\s)+"
    # Surgery of liver, gall and pancreas.
    r"|\bgan\s?[-,]\s?mật\b|\bmật\s?[-,]\s?tụy\b"
    # A person of this name.
    r"|\b(?:ông|bà|đồng chí)"
    r"(?: (?!tài|liệu|văn bản|công văn|tối|tuyệt)\w+){1,3}? mật\b",
    re.IGNORECASE,
)
"""What is taken out before a text is looked at."""
STAMPS: Final = frozenset({"a", "b", "c"})
"""What the stamps of the three levels show."""

HOLDER: Final = re.compile(
    "((đóng )?dấu|tài liệu|văn bản|công văn|hồ sơ|bản|loại|cấp|mức) "
)
"""What a phrase may begin with that only states a level: `Tài liệu mật`."""

FORM: Final = re.compile(r"\bđộ mật\W+(?:là )?(?:mật|[abc])\b")
"""A form that was filled in: `Độ mật: Mật`, `độ mật C`; not `Độ mật: Thường`."""

DOUBLE: Final = re.compile(
    r"\bmật\W+(?:hỏa tốc|thượng khẩn|khẩn)\b|\b(?:hỏa tốc|thượng khẩn)\W+mật\b"
)
"""Two stamps beside each other: `Mật, hỏa tốc`."""

BEFORE: Final = frozenset(
    WORD.findall("bí bảo thân cơ độ ong túi sỏi đường dịch ống lấy hút nuôi trăng")
)
AFTER: Final = frozenset(
    WORD.findall(
        "độ khẩu mã ong thư vụ mía thiết hoa đàm lệnh danh ước chỉ báo tông ngọt nghị"
        " cáo thám gấu phục dụ ngữ chú nhân sơn"
    )
)
"""Syllables with which it is another word: bí mật, mật độ, phường Mật Sơn."""

BREAK: Final = re.compile(r"\s[-_]+\s|[^\w\s,;_-]+")
"""Where a phrase ends: at marks, but not at commas, nor at a hyphen inside a word."""

SPACED: Final = re.compile(r"\b\w(?: \w){2,}\b")
"""Letters set apart, as on a stamp: `M Ậ T`."""


def secrecy_words(text: str) -> str:
    """Return the words by which a text says that it is secret, or nothing."""
    plain = _plain(text)
    if not SLIP.search(plain.casefold()):  # as most texts: nothing below finds anything
        return ""
    has_small = plain != plain.upper()
    phrases = BREAK.split(HARMLESS.sub("", plain))
    stated = (_stated(phrase, has_small=has_small) for phrase in phrases)
    return next(chain(*stated, _filled_in(plain)), "")


# Names of types and of levels are few, and stand in every row.
@remembered(256)
def secrecy_level(text: str) -> str:
    """Return the level in a field that states one: there each such word is a level."""
    plain = _plain(text)
    words = _words(plain)
    if plain.casefold() in STAMPS:
        return plain
    folded = [word.casefold() for word in words]
    levels = (
        word
        for place, word in enumerate(words)
        if _is_level(folded, place) and folded[:place][-1:] != ["bảo"]
    )
    return secrecy_words(text) or next(levels, "")


def _plain(text: str) -> str:
    composed = unicodedata.normalize("NFKC", without_invisible(text))
    spaced = " ".join(composed.split())
    return SPACED.sub(lambda found: found[0].replace(" ", ""), spaced)


def _words(text: str) -> list[str]:
    return WORD.findall(text)


def _is_level(folded: Sequence[str], place: int) -> bool:
    after = folded[place + 1] if place + 1 < len(folded) else ""
    return folded[place] in SLIPS and after != FRONT


def _stated(phrase: str, *, has_small: bool) -> Iterator[str]:
    words = _words(phrase)
    yield from _grades(words)
    yield from _alone(words)
    yield from _at_the_edge(phrase)
    if has_small:
        yield from (word for word in _levels(words) if word == LEVEL.upper())


def _grades(words: Sequence[str]) -> Iterator[str]:
    """Yield `TỐI MẬT` and `tuyệt mật`, wherever they stand."""
    folded = [word.casefold() for word in words]
    yield from (word for word in words if JOINED.fullmatch(word.casefold()))
    for place in range(1, len(words)):
        if folded[place] in SLIPS and _is_grade(folded, place):
            yield f"{words[place - 1]} {words[place]}"


def _is_grade(folded: Sequence[str], place: int) -> bool:
    if folded[place - 1] in GRADES:
        return True
    is_at_an_edge = place in {1, len(folded) - 1}
    is_bare = folded[place - 1 : place + 1] == [BARE_GRADE, BARE]
    return is_bare and is_at_an_edge and FRONT not in folded[place + 1 : place + 2]


def _alone(words: Sequence[str]) -> Iterator[str]:
    """Yield a phrase that is nothing but a level: `(MẬT)`, `Tài liệu mật - …`."""
    phrase = " ".join(words)
    folded = [word.casefold() for word in words]
    held = HOLDER.match(phrase.casefold())
    place = held[0].count(" ") if held else 0
    after = folded[place + 1 : place + 2]
    if held and folded[place : place + 1] == [LEVEL] and not AFTER.intersection(after):
        yield " ".join(words[: place + 1])
    if (
        HOLDER.sub("", phrase.casefold(), count=1) == LEVEL
        or phrase.casefold() in SLIPS
    ):
        yield phrase


def _at_the_edge(phrase: str) -> Iterator[str]:
    """Yield the level that a name begins or ends with: `15_BC_Mật`."""
    for name in phrase.split():
        words = _words(name)
        edges = {*words[:1], *words[-1:]} if len(words) > 1 else set()
        yield from (word for word in _levels(words) if word in edges)


def _levels(words: Sequence[str]) -> Iterator[str]:
    """Yield the level where it is no part of another word."""
    folded = [word.casefold() for word in words]
    for place, word in enumerate(words):
        if folded[place] == LEVEL and not _is_part(folded, place):
            yield word


def _is_part(folded: Sequence[str], place: int) -> bool:
    """Whether it is a part of another word: bí mật, mật độ, Nguyễn Văn Mật."""
    before = folded[place - 1] if place else ""
    after = folded[place + 1] if place + 1 < len(folded) else ""
    return before in BEFORE or after in AFTER


def _filled_in(plain: str) -> Iterator[str]:
    for form in (FORM, DOUBLE):
        yield from (found[0] for found in form.finditer(plain.casefold()))
