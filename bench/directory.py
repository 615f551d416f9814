"""How long a national directory takes to import, and a body to be found.

    .venv/bin/python -m bench.directory

The list is as large as the national one: 125 000 bodies under 63 provinces, with names,
old codes and parents.  The floor of an import is a bare `executemany` of the same rows
into a table of the same columns without any index, in the same run and on the same
database; that of a look-up is one SELECT by primary key.

Each import is a process of its own, so that its memory is that of nothing else.
"""

from __future__ import annotations

import csv
import json
import random
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import sqlalchemy as sa

from edoc_connector.directory.read import read_list
from edoc_connector.errors import BodyUnknown
from edoc_connector.flows.directory.importing import Scope, import_list
from edoc_connector.flows.directory.lookup import lookup
from edoc_connector.storage import Storage, Work
from edoc_connector.storage.directory import Asked
from edoc_connector.storage.tables import bodies

BODIES = 125_000
PROVINCES = 63
DEPARTMENTS = 45
LOOKUPS = 300
LOT = 1000
ON = date(2026, 11, 23)
KINDS = (
    *("Ủy ban nhân dân xã", "Sở Nội vụ", "Phòng Giáo dục và Đào tạo huyện"),
    *("Trường Trung học cơ sở", "Trạm Y tế xã", "Chi cục Thuế khu vực"),
    *("Ban Quản lý dự án đầu tư xây dựng", "Văn phòng Đăng ký đất đai"),
    *("Trung tâm Y tế", "Hội đồng nhân dân phường"),
)
SYLLABLES = (
    "An Bình Châu Đức Giang Hòa Khánh Long Mỹ Ninh Phú Quang Sơn Tân Thạnh Thuận Vĩnh"
    " Xuân Yên Đông Tây Nam Bắc Trung Lộc Phước Hưng Thới Điền Hậu Cầu Bến Trảng Hiệp"
)
QUESTIONS = ("code", "other code", "name", "words apart", "words of thousands")


def main() -> None:
    """Measure on both databases, and print."""
    if len(sys.argv) > 1:
        print(json.dumps(measured(*sys.argv[1:])))
        return
    from tests.support.postgres import shared_server  # noqa: PLC0415

    with TemporaryDirectory() as folder:
        path = Path(folder) / "bodies.csv"
        write_list(path)
        server = shared_server()
        database = server.create_database()
        found = {
            "SQLite": child(f"sqlite:///{folder}/edoc.db", path),
            "PostgreSQL": child(server.url(database), path, server.password),
        }
    print_table(found)


def child(*arguments: object) -> Mapping[str, float]:
    """Measure in a process of its own."""
    command = [sys.executable, "-m", "bench.directory", *map(str, arguments)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: Mapping[str, float] = json.loads(done.stdout)
    return found


def measured(url: str, path: str, password: str | None = None) -> dict[str, float]:
    """Import the list twice and ask it; return seconds, and megabytes at the peak."""
    storage = Storage(url, password, Path(path).parent / "content")
    storage.migrate()
    found = {
        "import": seconds(lambda: import_(storage, path)),
        "import again": seconds(lambda: import_(storage, path)),
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    found["floor: executemany"] = floor(storage)
    found |= look_ups(storage, path)
    storage.close()
    return found


def import_(storage: Storage, path: str) -> None:
    """Read the file and lay it over the directory, as the command does."""
    listed = read_list(Path(path))
    scope = Scope(on=ON, is_full=True)
    now = datetime.now(UTC)
    with storage.work() as work:
        import_list(work, listed, scope, now=now, may_close=0)


def floor(storage: Storage) -> float:
    """Write the same rows with nothing else: no reading, no comparing, no index."""
    plain = sa.Table("plain", sa.MetaData(), *(bare(it) for it in bodies.columns))
    with storage.reading() as work:
        rows = [
            dict(it) for it in work.connection.execute(sa.select(bodies)).mappings()
        ]

    def write() -> None:
        with storage.work() as work:
            plain.create(work.connection)
            for start in range(0, len(rows), LOT):
                lot = rows[start : start + LOT]
                work.connection.execute(sa.insert(plain), lot)

    return seconds(write)


def bare(column: sa.Column[object]) -> sa.Column[object]:
    """Return the same column with no key and no index."""
    return sa.Column(column.name, column.type)


def look_ups(storage: Storage, path: str) -> dict[str, float]:
    """Ask for bodies in every way; return the median and the slowest of each."""
    with Path(path).open(encoding="utf-8", newline="") as file:
        rows = random.Random(7).sample(list(csv.DictReader(file)), LOOKUPS)  # noqa: S311  (no secret)
    found: dict[str, float] = {}
    with storage.reading() as work:
        key = sa.select(bodies.c.name)
        jobs = [
            lambda n=n: work.connection.scalar(key.where(bodies.c.id == n))
            for n in range(1, LOOKUPS + 1)
        ]
        found["floor: by primary key"] = statistics.median(map(seconds, jobs))
        for question in QUESTIONS:
            texts = [asked(question, row) for row in rows]
            each = [seconds(lambda text=text: look_up(work, text)) for text in texts]
            found[question] = statistics.median(each)
            found[f"{question}, slowest of 100"] = sorted(each)[-LOOKUPS // 100]
    return found


def look_up(work: Work, text: str) -> None:
    """Ask for it; words that thousands have may be found nowhere beside each other."""
    with suppress(BodyUnknown):
        lookup(work, text, Asked(ON), 20)


def asked(question: str, row: Mapping[str, str]) -> str:
    """Return what is typed to find a body in one of the ways."""
    words = row["name"].split()
    match question:
        case "code":
            return row["code"]
        case "other code":
            return row["old_code"]
        case "name":
            return row["name"]
        case "words apart":
            return f"{words[-1]} {words[-2]} {words[0]}"
        case _:
            return " ".join(words[:2])


def seconds(job: Callable[[], object]) -> float:
    """Return how long it takes by the clock on the wall."""
    began = time.perf_counter()
    job()
    return time.perf_counter() - began


def write_list(path: Path) -> None:
    """Write a list as large as the national one."""
    chance = random.Random(20261123)  # noqa: S311  (the same)
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["code", "name", "old_code"])
        for number in range(1, PROVINCES + 1):
            code = f"H{number:02}"
            out.writerow([code, f"Ủy ban nhân dân tỉnh {place(chance)}", ""])
        for number in range(BODIES - PROVINCES):
            province = number % PROVINCES + 1
            department = number // PROVINCES % DEPARTMENTS + 1
            office = number // PROVINCES // DEPARTMENTS
            code = f"H{province:02}.{department:02}" + (f".{office}" if office else "")
            old = f"{office:03}.{department:02}.00.H{province:02}"
            out.writerow([code, f"{chance.choice(KINDS)} {place(chance)}", old])


def place(chance: random.Random) -> str:
    """Return a name of three syllables."""
    return " ".join(chance.choices(SYLLABLES.split(), k=3))


def print_table(found: Mapping[str, Mapping[str, float]]) -> None:
    """Print each figure beside its floor."""
    print(f"{BODIES} bodies" + "".join(f"{name:>26}" for name in found))
    for job in ("floor: executemany", "import", "import again"):
        print_line(job, found, "floor: executemany", "s", 1)
    print(
        f"{'memory, MB':<32}"
        + "".join(f"{it['megabytes']:>16.0f}" for it in found.values())
    )
    names = ["floor: by primary key"]
    names += [it for each in QUESTIONS for it in (each, f"{each}, slowest of 100")]
    for job in names:
        print_line(job, found, "floor: by primary key", "ms", 1000)


def print_line(
    job: str,
    found: Mapping[str, Mapping[str, float]],
    floor: str,
    unit: str,
    times: int,
) -> None:
    """Print one job on each database: how long, and how many times its floor."""
    cells = (
        f"{it[job] * times:>12.2f} {unit} ({it[job] / it[floor]:>4.1f} x)"
        for it in found.values()
    )
    print(f"{job:<32}" + "".join(f"{cell:>26}" for cell in cells))


if __name__ == "__main__":
    main()
