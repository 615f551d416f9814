"""`edoc demo --axis` as a person runs it: four levels, three brokers, and every way."""

from __future__ import annotations

import re
import shlex
import signal
import subprocess
from pathlib import Path

import pytest

from tests.support.stages import EDOC, Played, edoc, need_broker, processes_in, wait_for

pytestmark = [pytest.mark.broker, pytest.mark.timeout(300)]

COMMUNE, FAR_DEPARTMENT, CENTRE = "H20.28.05", "H26.14", "G22"
ACROSS = "88/UBND-VP"
"""Of the commune to the department of the other province, and to the centre."""

THERE = ["dong-thap", "quoc-gia", "ha-noi"]
TIME = r"\d\d:\d\d:\d\d\.\d"


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    need_broker()
    folder = tmp_path_factory.mktemp("axis") / "kept"
    demo = edoc("demo", "--axis", "--dir", folder, "--keep", "--json", timeout=240)
    return Played(folder, demo)


def test_it_ends_exactly_as_expected(played):
    totals = played.totals

    assert played.done.returncode == 0, played.done.stderr
    assert totals["taken"] == 16
    assert totals["sent"] == totals["delivered"] == totals["confirmed"] == 15
    assert totals["lost"] == totals["duplicated"] == totals["altered"] == 0


def test_it_draws_the_brokers_and_who_signs_in_where(played):
    drawn = played.done.stderr

    assert (
        "quoc-gia (central)\n"
        "├─ G22  Văn phòng Chính phủ\n"
        "├─ dong-thap (province)\n"
        "│  ├─ H20  Ủy ban nhân dân tỉnh Đồng Tháp\n"
        "│  └─ H20.28.05  Ủy ban nhân dân xã Mỹ Trà\n"
        "└─ ha-noi (province)\n"
        "   └─ H26.14  Sở Khoa học và Công nghệ thành phố Hà Nội\n"
    ) in drawn


@pytest.mark.parametrize(
    "way",
    [
        f"document +{TIME} +H20.28.05 · dong-thap ↑ quoc-gia ↓ ha-noi · H26.14 ",
        f"06 done +{TIME} +H26.14 · ha-noi ↑ quoc-gia ↓ dong-thap · H20.28.05 ",
        f"document +{TIME} +H20.28.05 · dong-thap ↑ quoc-gia · G22 ",
        f"document +{TIME} +G22 · quoc-gia ↓ ha-noi · H26.14 ",
        f"document +{TIME} +H20.28.05 · dong-thap · H20 ",
    ],
)
def test_it_draws_ways_up_across_down_and_within_a_province(played, way):
    assert re.search(way, played.done.stderr)


def test_nothing_took_another_way_and_nothing_arrived_before_it_was_ready(played):
    rows = re.findall(
        rf"({TIME})  \S+ · .* · \S+ +({TIME})$", played.done.stderr, re.MULTILINE
    )

    assert f"{len(rows)} messages, each by the way that the codes name" in (
        played.done.stderr
    )
    assert all(ready <= arrived for ready, arrived in rows)


def test_show_names_the_brokers_at_both_ends(played):
    (sent,) = played.json_at(COMMUNE, "document", "show", ACROSS)
    (received,) = played.json_at(FAR_DEPARTMENT, "document", "show", ACROSS)

    legs = {leg["recipient"]: leg for leg in sent["legs"]}
    told = [it for it in legs[FAR_DEPARTMENT]["timeline"] if "status" in it["kind"]]
    assert [it["kind"][-2:] for it in told] == ["01", "03", "04", "05", "06"]
    assert {tuple(it["way"]) for it in told} == {tuple(reversed(THERE))}
    ways = {it["kind"]: it["way"] for it in received["timeline"]}
    assert ways["envelope:accepted"] == THERE


def test_show_names_them_in_words(played):
    told = played.at(COMMUNE, "--lang", "vi", "document", "show", ACROSS)

    assert "trạng thái 06: hoàn thành" in told.stdout
    assert "qua ha-noi → quoc-gia → dong-thap" in told.stdout


def test_no_password_is_in_any_settings_or_definitions(played):
    for path in played.folder.glob("*/edoc.toml"):
        assert "axis.password" not in path.read_text()
    for path in played.folder.glob("broker/*/definitions.json"):
        assert re.findall(r'"password_hash": "(.+)"', path.read_text()) == []


def test_no_connector_complained_of_anything_unexpected(played):
    logs = list(played.folder.glob("*/connector.log"))

    assert len(logs) == 4
    assert not [it for it in logs if " ERROR " in it.read_text()]


def test_it_leaves_no_process_behind(played):
    assert processes_in(played.folder) == []


def test_a_kept_one_runs_again_and_a_recall_goes_over_the_links(played):
    resume = shlex.join([*EDOC, "demo", "--resume", str(played.folder)])
    assert f"  {resume}\n" in played.done.stderr

    again = subprocess.Popen(shlex.split(resume), stderr=subprocess.PIPE, text=True)
    told = [next(again.stderr) for _ in range(10)]
    check = run(next(line for line in told if " axis check " in line))
    reason = ("--reason", "ghi sai ngày", "--yes")
    recalled = played.at(
        FAR_DEPARTMENT, "document", "recall", "3303/SKHCN-CNS", *reason
    )
    wait_for(lambda: change_of(played) == "agreed")
    again.send_signal(signal.SIGINT)
    again.communicate(timeout=60)

    assert any(" document recall 3303/SKHCN-CNS" in line for line in told)
    assert recalled.returncode == 0, recalled.stderr
    assert check.returncode == 0, check.stdout + check.stderr
    assert again.returncode == 0
    assert processes_in(played.folder) == []


def run(line: str) -> subprocess.CompletedProcess[str]:
    """Run a command as it was printed."""
    command = shlex.split(line)
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_kept_one_has_the_description_of_its_axis(played):
    said = played.done.stderr.splitlines()
    drawn = run(next(line for line in said if " axis draw " in line))

    assert drawn.returncode == 0, drawn.stderr
    assert "│  ├─ H20 · H20" in drawn.stdout


def change_of(played: Played) -> str:
    """What became of the recall, as its sender knows it."""
    show = ("document", "show", "3303/SKHCN-CNS")
    (story,) = played.json_at(FAR_DEPARTMENT, *show)
    return story["changes"][0]["state"]


def test_an_interrupted_one_takes_everything_down(tmp_path: Path):
    need_broker()
    folder = tmp_path / "stopped"
    demo = subprocess.Popen(
        [*EDOC, "demo", "--axis", "--dir", folder],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    wait_for(lambda: sum("beam" in line for line in processes_in(folder)) == 3)

    demo.send_signal(signal.SIGINT)
    _, said = demo.communicate(timeout=60)

    assert demo.returncode == 130
    *_, ending, interrupted = filter(None, said.decode().splitlines())
    assert ending.startswith("ending the brokers and connectors")
    assert interrupted == "interrupted"
    assert processes_in(folder) == []
    assert not folder.exists()
