"""All that a connector does to the world outside, announced before it happens.

Whoever listens may kill the process there, make the call fail, or move the clock.
"""

from __future__ import annotations

import io
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from unittest import mock

STATEMENT = re.compile(
    r"\s*(?P<verb>\w+)(?:.*?\b(?:INTO|UPDATE|FROM)\s+(?P<table>\w+))?",
    re.DOTALL | re.IGNORECASE,
)
UPDATED = re.compile(r"\s*UPDATE\s+(?P<table>\w+)", re.IGNORECASE)
HARMLESS = ("SELECT", "BEGIN", "PRAGMA")
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT


class Kind(StrEnum):
    """What an effect touches; each can fail in its own way."""

    SQL = "sql"
    COMMIT = "commit"
    FILE = "file"
    BUS = "bus"


@dataclass(frozen=True, slots=True)
class Effect:
    """One call that can be the last; `place` is whose or which it is."""

    kind: Kind
    name: str
    place: str

    def __str__(self) -> str:
        return f"{self.place}: {self.name}"

    @property
    def is_harmless(self) -> bool:
        """Whether it changes nothing outside, so that to die after it is no news."""
        return self.kind is Kind.SQL and self.name.startswith(HARMLESS)


Listener = Callable[[Effect], None]


@dataclass(slots=True)
class Disk:
    """Which of the files a power cut would take: not synced, or under a new name.

    SQLite syncs its own files at each commit, so they are not among these.
    """

    dirty: set[Path] = field(default_factory=set)
    nameless: set[Path] = field(default_factory=set)

    def created(self, path: Path) -> None:
        self.nameless.add(path)

    def written(self, path: Path) -> None:
        self.dirty.add(path)

    def synced(self, path: Path) -> None:
        self.dirty.discard(path)
        if path.is_dir():
            self.nameless = {it for it in self.nameless if it.parent != path}

    def renamed(self, before: Path, after: Path) -> None:
        if before in self.dirty:
            self.dirty.add(after)
        self.removed(before)
        self.nameless.add(after)

    def removed(self, path: Path) -> None:
        self.dirty.discard(path)
        self.nameless.discard(path)

    def lost(self) -> tuple[tuple[Path, ...], tuple[Path, ...]]:
        """What has no name after a power cut, and what has no bytes."""
        return tuple(sorted(self.nameless)), tuple(sorted(self.dirty))

    def cut(self, before: Path, after: Path) -> None:
        """Take it from a copy of the folder."""
        nameless, dirty = self.lost()
        for path in nameless:
            _remove(after / path.relative_to(before))
        for path in dirty:
            copy = after / path.relative_to(before)
            if copy.is_file():
                copy.write_bytes(b"")


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


class Effects:
    """Where effects are announced; `before` listens, if anybody does."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.before: Listener | None = None
        self.disk = Disk()

    def announce(self, kind: Kind, name: str, place: str) -> None:
        if self.before is not None:
            self.before(Effect(kind, name, place))

    # --- databases ------------------------------------------------------------

    def watch_database(self, engine, place: str) -> None:
        """Announce each statement and commit where the driver is called.

        What the listener raises there is translated as if the driver had raised it.
        """
        dialect = engine.dialect
        for name in ("do_execute", "do_execute_no_params"):
            setattr(dialect, name, self._statement(getattr(dialect, name), place))
        dialect.do_executemany = self._statements(dialect.do_executemany, place)
        dialect.do_commit = self._commit(dialect.do_commit, place)

    def _statement(self, call, place):
        def announced(cursor, statement, *arguments, **named):
            self.announce(Kind.SQL, _told(statement), place)
            return call(cursor, statement, *arguments, **named)

        return announced

    def _statements(self, call, place):
        def announced(cursor, statement, rows, *arguments, **named):
            self.announce(Kind.SQL, f"{_told(statement)} {len(rows)} rows", place)
            return call(cursor, statement, rows, *arguments, **named)

        return announced

    def _commit(self, call, place):
        def announced(connection):
            self.announce(Kind.COMMIT, "COMMIT", place)
            return call(connection)

        return announced

    # --- files ----------------------------------------------------------------

    @contextmanager
    def watched_files(self) -> Iterator[None]:
        """Announce what is done to files in the folder, while the block lasts."""
        with (
            mock.patch.object(os, "open", self._open(os.open)),
            mock.patch.object(os, "fsync", self._fsync(os.fsync)),
            mock.patch.object(os, "mkdir", self._one("mkdir", os.mkdir)),
            mock.patch.object(os, "unlink", self._one("unlink", os.unlink)),
            mock.patch.object(os, "rename", self._rename(os.rename)),
            mock.patch.object(os, "replace", self._rename(os.replace)),
            mock.patch.object(io, "FileIO", self._file_io()),
            mock.patch.object(os, "fdopen", self._fdopen(os.fdopen)),
        ):
            yield

    def _is_ours(self, path: Path) -> bool:
        return path.is_relative_to(self.folder)

    def _file(self, name: str, path: Path) -> None:
        self.announce(Kind.FILE, name, _place(path.relative_to(self.folder)))

    def _open(self, call):
        def announced(path, flags, *arguments, **named):
            target = _path(path)
            if not (flags & WRITES and self._is_ours(target)):
                return call(path, flags, *arguments, **named)
            self._file("open", target)
            was_there = target.exists()
            number = call(path, flags, *arguments, **named)
            if not was_there:
                self.disk.created(target)
            return number

        return announced

    def _fsync(self, call):
        def announced(number):
            target = _path_of(number)
            if not self._is_ours(target):
                call(number)
                return
            self._file("fsync", target)
            call(number)
            self.disk.synced(target)

        return announced

    def _one(self, name, call):
        def announced(path, *arguments, **named):
            target = _path(path)
            if not self._is_ours(target):
                call(path, *arguments, **named)
                return
            self._file(name, target)
            call(path, *arguments, **named)
            note = self.disk.created if name == "mkdir" else self.disk.removed
            note(target)

        return announced

    def _rename(self, call):
        def announced(before, after, **named):
            source, target = _path(before), _path(after)
            if not self._is_ours(target):
                call(before, after, **named)
                return
            self._file("rename", target)
            call(before, after, **named)
            self.disk.renamed(source, target)

        return announced

    def _file_io(self):
        effects = self

        class FileIO(io.FileIO):
            def write(self, data):
                target = _path_of(self.fileno())
                if effects._is_ours(target):
                    effects._file("write", target)
                    effects.disk.written(target)
                return super().write(data)

        return FileIO

    def _fdopen(self, call):
        def announced(number, mode="r", *arguments, **named):
            if mode == "wb" and self._is_ours(_path_of(number)):
                return io.BufferedWriter(io.FileIO(number, mode))
            return call(number, mode, *arguments, **named)

        return announced


def _told(statement: str) -> str:
    found = UPDATED.match(statement) or STATEMENT.match(statement)
    if found is None:
        return statement
    parts = found.groupdict()
    return " ".join(filter(None, (parts.get("verb", "UPDATE").upper(), parts["table"])))


def _place(path: Path) -> str:
    """Whose it is and which part of the store, without the names of contents."""
    return "/".join(
        part for part in path.parts[:3] if not re.fullmatch(r"\w\w|\w{32,}", part)
    )


def _path(path) -> Path:
    return Path(os.fsdecode(path)).absolute()


def _path_of(number: int) -> Path:
    return Path(f"/proc/self/fd/{number}").readlink()


class Announced:
    """Another object whose named methods are announced, and what follows them."""

    def __init__(self, inner, effects: Effects, place: str, **names: str):
        self.inner, self._effects, self._place = inner, effects, place
        self._names = names

    def __getattr__(self, name):
        value = getattr(self.inner, name)
        if name not in self._names:
            return value

        def announced(*arguments, **options):
            self._effects.announce(Kind.BUS, name, self._place)
            result = value(*arguments, **options)
            if after := self._names[name]:
                self._effects.announce(Kind.BUS, after, self._place)
            return result

        return announced
