"""A list of bodies as CSV: UTF-8, a row of headings first, read line by line.

Nothing of a file is held but the row in hand, however long its lines claim to be.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator, Sequence
from typing import BinaryIO, Final

from edoc_connector.directory.raw import MOST_FIELD, Raw, by_column, column_of
from edoc_connector.errors import N_, ListUnfit, why

MOST_LINE: Final = 64 * 1024
"""Bytes of one line; the longest row of the national list has 500."""

FOREIGN: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
SEPARATORS: Final = (",", ";", "\t")


def read_csv(file: BinaryIO, path: str) -> Iterator[Raw]:
    """Yield the rows.  Raises `ListUnfit` for a file that is no such list."""
    lines = _lines(file, path)
    first = next(lines, "")
    rows = csv.reader(_again(first, lines), delimiter=_separator(first), strict=True)
    try:
        headings = next(rows, [])
        columns = [column_of(heading) for heading in headings]
        if "code" not in columns or "name" not in columns:
            raise ListUnfit(path=path, **why(N_("no column is called code and name")))
        before = rows.line_num
        for row in rows:
            if any(row):
                yield _raw(before + 1, columns, row)
            before = rows.line_num
    except csv.Error as error:
        problem = why(N_("line {line}: {said}"), line=rows.line_num, said=error)
        raise ListUnfit(path=path, **problem) from error


def _raw(line: int, columns: Sequence[str | None], row: Sequence[str]) -> Raw:
    if len(row) != len(columns):
        return Raw(line, {}, f"{len(row)}/{len(columns)}")
    if max(map(len, row)) > MOST_FIELD:
        return Raw(line, {}, f"> {MOST_FIELD}")
    return Raw(line, by_column(zip(columns, row, strict=True)))


def _lines(file: BinaryIO, path: str) -> Iterator[str]:
    """Yield the lines as text, none of them longer than a line may be."""
    number = 0
    while line := file.readline(MOST_LINE + 1):
        number += 1
        if number == 1:
            if line.startswith(FOREIGN):
                raise ListUnfit(path=path, **why(N_("it is UTF-16; save it as UTF-8")))
            line = line.removeprefix(codecs.BOM_UTF8)
        if len(line) > MOST_LINE:
            problem = why(N_("line {line} is too long"), line=number)
            raise ListUnfit(path=path, **problem)
        yield _text(line, path, number)


def _text(line: bytes, path: str, number: int) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError as error:
        problem = why(
            N_("line {line} is not written in UTF-8; save it as UTF-8"), line=number
        )
        raise ListUnfit(path=path, **problem) from error


def _again(first: str, lines: Iterator[str]) -> Iterator[str]:
    yield first
    yield from lines


def _separator(headings: str) -> str:
    """Return what stands most often in the headings: Excel here writes semicolons."""
    return max(SEPARATORS, key=headings.count)
