"""How a connector starts, and how its commands answer, on a long life's state folder.

    .venv/bin/python -m bench.state                 # makes the folder: some minutes
    .venv/bin/python -m bench.state --keep FOLDER   # and keeps it there for next time
    .venv/bin/python -m bench.state --share 0.01    # in small

Each figure is a whole process, Python's own start included, and is given also as a
ratio to a floor of the same run: a Python that opens SQLite and asks one thing.
"""

from __future__ import annotations

import argparse
import sqlite3
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from bench.state_folder import PARTNERS, Size, make_state, smaller
from edoc_connector.demo.scene import Scene
from edoc_connector.demo.site import DemoSite
from edoc_connector.demo.stage import Stage
from edoc_connector.model.document import Organization
from edoc_connector.model.organization_code import OrganizationCode

RUNS: Final = 5
SENDER: Final = OrganizationCode("H20")
BARE: Final = [sys.executable, "-c", "pass"]
FLOOR: Final = (
    "import sqlite3; c = sqlite3.connect({place!r});"
    " c.execute('SELECT count(*) FROM ledger_head').fetchall()"
)
LOOK_SECONDS: Final = 0.02
MOST_SECONDS: Final = 60.0

COMMANDS: Final = (
    ("document list", "0.5"),
    ("document list --state delivered", "0.5"),
    ("document list --state sent", "0.5"),
    ("document list --state delivered --until {early}", "0.5"),
    ("document list --organization 000.00.33.H20", "0.5"),
    ("document list --since {late}", "0.5"),
    ("document list --failed", "0.5"),
    ("document list --late", "0.5"),
    ("document list --incoming --state quarantined", "0.5"),
    ("document show {label}", ""),
    ("why {label}", ""),
    ("queue list", ""),
    ("quarantine list", ""),
    ("status", "1"),
)


def main() -> None:
    """Make the folder, measure, print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--keep", type=Path, default=None)
    parser.add_argument("--share", type=float, default=1.0)
    chosen = parser.parse_args()
    with TemporaryDirectory() as temporary:
        folder = chosen.keep or Path(temporary)
        with stage_in(folder, smaller(Size(), chosen.share)) as stage:
            print("| | seconds | times the floor | bar |")
            print("| --- | ---: | ---: | ---: |")
            for name, seconds, ratio, bar in rows(stage):
                print(f"| {name} | {seconds:.2f} | {ratio:.1f} | {bar} |")


def stage_in(folder: Path, size: Size) -> Stage:
    """Put up a broker and two sites, one of which has had a long life."""
    organizations = (
        Organization(code=SENDER, name="Ủy ban nhân dân tỉnh"),
        Organization(code=PARTNERS[0], name="Sở Nội vụ"),
    )
    stage = Stage(folder / "stage", Scene(organizations, ()))
    if not stage.folder.exists():
        stage.create(datetime.now(UTC))
    state = stage.sites[0].folder / "state"
    if not state.exists():
        began = time.perf_counter()
        state.mkdir(mode=0o700)
        make_state(state, size, sender=SENDER, now=datetime.now(UTC))
        seconds = time.perf_counter() - began
        print(f"made in {seconds:.0f} s", file=sys.stderr)
    stage.start_broker()
    return stage


def rows(stage: Stage) -> Iterator[tuple[str, float, float, str]]:
    """Yield what is measured: the floors, a start, and every command."""
    site = stage.sites[0]
    place = str(site.folder / "state" / "edoc.sqlite")
    floor = median([sys.executable, "-c", FLOOR.format(place=place)])
    bare = median(BARE)
    yield "floor: Python opens SQLite", floor, 1.0, ""
    yield "bare Python", bare, bare / floor, ""
    started = start_to_confirm(site)
    yield "start to the first document confirmed", started, started / floor, "5"
    names = {"label": label(place), "early": early(place), "late": late(place)}
    for template, bar in COMMANDS:
        words = template.format(**names).split()
        seconds = median(
            [
                *(sys.executable, "-m", "edoc_connector"),
                *("--settings", str(site.settings), *words),
            ]
        )
        yield f"`edoc {template}`", seconds, seconds / floor, bar


def median(command: list[str]) -> float:
    """Return how long a command takes; whether it fails is for others to see."""
    return statistics.median(seconds(command) for _ in range(RUNS))


def seconds(command: list[str]) -> float:
    """Return how long one run takes."""
    began = time.perf_counter()
    subprocess.run(command, check=False, capture_output=True)
    return time.perf_counter() - began


def start_to_confirm(site: DemoSite) -> float:
    """Release an urgent document, start the connector, wait for the broker's confirm.

    Hundreds of normal packets wait already, and the urgent one overtakes them.
    """
    row = release(site)
    began = time.perf_counter()
    site.start()
    try:
        while not is_sent(site, row):
            if time.perf_counter() - began > MOST_SECONDS:
                raise SystemExit(f"not sent in {MOST_SECONDS} s; see {site.log}")
            time.sleep(LOOK_SECONDS)
        return time.perf_counter() - began
    finally:
        site.stop()


def release(site: DemoSite) -> int:
    """Write an urgent document into the register, as a clerk does."""
    with closing(sqlite3.connect(site.dms)) as register, register:
        row = register.execute(
            "INSERT INTO van_ban_di (so, ky_hieu, ngay_ban_hanh, trich_yeu,"
            " loai_van_ban, do_khan, trang_thai_lien_thong)"
            " VALUES (?, 'UBND-HT', ?, 'V/v bão', 'Công văn', 'Hỏa tốc', 'Chờ gửi')",
            (str(int(time.time()) % 1_000_000), f"{datetime.now(UTC):%Y-%m-%d}"),
        ).lastrowid
        register.execute(
            "INSERT INTO noi_nhan_van_ban_di (van_ban_id, ma_dinh_danh) VALUES (?, ?)",
            (row, PARTNERS[0]),
        )
        register.execute(
            "INSERT INTO tep_dinh_kem_van_ban_di (van_ban_id, thu_tu, ten_tep,"
            " noi_dung) VALUES (?, 1, 'cong-van.pdf', ?)",
            (row, b"%PDF-1.7 " + bytes(100_000)),
        )
    return int(row or 0)


SENT: Final = """
SELECT 1 FROM documents d JOIN deliveries r ON r.document = d.key
WHERE d.row_id = ? AND d.sender = ? AND d.taken_at > ? AND r.state = 'sent'
"""


def is_sent(site: DemoSite, row: int) -> bool:
    """Whether the broker has confirmed it, as the connector's own database says."""
    place = site.folder / "state" / "edoc.sqlite"
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    with closing(sqlite3.connect(place, timeout=10)) as own:
        return own.execute(SENT, (str(row), SENDER, today)).fetchone() is not None


def label(place: str) -> str:
    """Return the label of a document in the middle of its life."""
    return one(place, "SELECT label FROM documents ORDER BY id LIMIT 1 OFFSET 500")


def early(place: str) -> str:
    """Return a day long ago."""
    return one(
        place, "SELECT date(taken_at) FROM documents ORDER BY id LIMIT 1 OFFSET 900"
    )


def late(place: str) -> str:
    """Return a day of this week."""
    return one(place, "SELECT date(max(taken_at), '-3 days') FROM documents")


def one(place: str, query: str) -> str:
    """Return the one thing a query finds."""
    with closing(sqlite3.connect(place)) as own:
        return str(own.execute(query).fetchone()[0])


if __name__ == "__main__":
    main()
