"""Forty organisations in one connector: what is whose, and who waits for whom."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from contextlib import closing, contextmanager

import pytest

from tests.support.broker import need_broker
from tests.support.house import NOBODY, House
from tests.support.postgres import shared_server
from tests.support.stages import wait_for
from tests.support.world import ONE_PDF

pytestmark = [
    pytest.mark.broker,
    pytest.mark.database,
    pytest.mark.slow,
    pytest.mark.timeout(300),
]

MANY = 40
MOST_MEGABYTES = 300
PATIENCE = 120.0

MORE_THAN_MAY_WAIT = 100
"""Messages: more than a house may have in hand."""


@pytest.fixture(scope="module")
def forty(tmp_path_factory):
    """Everybody has written to the next one and to the province, and it to all."""
    need_broker()
    folder = tmp_path_factory.mktemp("forty")
    with House(folder, shared_server(), MANY) as house:
        write_to_each_other(house)
        house.running.start()
        house.other.start()
        wait_for(lambda: is_all_there(house), PATIENCE)
        wait_for(lambda: is_all_confirmed(house), PATIENCE)
        yield house


@pytest.fixture
def three(tmp_path):
    """Three of them, and nothing runs yet."""
    need_broker()
    with House(tmp_path, shared_server(), 3) as house:
        yield house


def write_to_each_other(house):
    for n, code in enumerate(house.codes):
        commune = house.communes[code]
        commune.write(1, house.codes[(n + 1) % len(house.codes)])
        commune.write(2, house.province.code)
        house.province.write(n + 1, code)


def expected_at(house, code):
    """What the one before has written, and the province."""
    place = house.codes.index(code)
    before = place or len(house.codes)
    of_province = 1000 * (1 + len(house.codes)) + place + 1
    return Counter({str(1000 * before + 1): 1, str(of_province): 1})


def is_all_there(house):
    of_province = Counter(str(1000 * (n + 1) + 2) for n in range(len(house.codes)))
    return house.province.arrived() == of_province and all(
        it.arrived() == expected_at(house, it.code) for it in house.communes.values()
    )


def is_all_confirmed(house):
    return house.province.states() == {"Đã đến": len(house.codes)} and all(
        it.states() == {"Đã đến": 2} for it in house.communes.values()
    )


def test_each_document_arrives_once_in_the_right_register(forty):
    assert is_all_there(forty)
    # What is for nobody never arrives.
    assert forty.province.states()["Đã đến"] == MANY


def test_forty_fit_into_the_memory_of_one(forty):
    assert forty.running.megabytes() < MOST_MEGABYTES


STRAY = "41900"
"""What the province writes to nobody, in a test that may have come before."""


def number_of(listed):
    return listed["label"].partition("/")[0]


def test_a_list_has_everybodys_apart(forty):
    listed = [*forty.lines("document", "list")]

    found = {
        code: [it for it in listed if it["organization"] == code]
        for code in forty.codes
    }
    assert sum(map(len, found.values())) == len(listed)
    assert len([it for it in listed if number_of(it) != STRAY]) == 4 * MANY
    for code in (forty.codes[0], forty.codes[1], forty.codes[-1]):
        assert found[code] == [*forty.lines("--for", code, "document", "list")]
        numbers = {number_of(it) for it in found[code]} - {STRAY}
        place = forty.codes.index(code) + 1
        own = {str(1000 * place + 1), str(1000 * place + 2)}
        assert numbers == own | set(expected_at(forty, code))


def test_for_people_each_stands_under_a_heading_of_its_own(forty):
    shown = forty.edoc("document", "list").stdout
    blocks = {
        block.partition("  ")[0]: block.partition("\n")[2].strip()
        for block in shown.split("=== ")[1:]
    }

    assert [*blocks] == [*forty.codes]
    for code in (forty.codes[0], forty.codes[7]):
        alone = forty.edoc("--for", code, "document", "list").stdout
        assert blocks[code] == alone.strip()


def test_an_organisation_is_meant_in_either_writing(forty):
    old = f"000.00.{forty.codes[0].rpartition('.')[2]}.H53"

    found = [*forty.lines("--for", old, "document", "list")]

    assert {it["organization"] for it in found} == {forty.codes[0]}


def test_whoever_has_it_is_found_and_several_are_named(forty):
    first, second = forty.codes[:2]
    sent = {it["legs"][0]["recipient"]: it["id"] for it in sent_by(forty, first)}

    shown = forty.edoc("document", "show", sent["H53"], "--json")
    both = forty.edoc("document", "show", sent[second])
    chosen = forty.edoc("--for", second, "document", "show", sent[second], "--json")

    assert json.loads(shown.stdout)["organization"] == first
    assert both.returncode == 6
    assert f"{first}, {second}" in both.stderr
    assert json.loads(chosen.stdout)["direction"] == "incoming"


def sent_by(house, code):
    for it in house.lines("--for", code, "document", "list"):
        if it["direction"] == "outgoing":
            yield it


@pytest.mark.parametrize(
    "command", [("queue", "show", "1"), ("key", "use", "default"), ("key", "rehearse")]
)
def test_what_nobody_can_guess_is_asked_for(forty, command):
    done = forty.edoc(*command)

    assert done.returncode == 2
    assert f"{MANY}" in done.stderr
    assert "--for" in done.stderr


@pytest.mark.parametrize("command", [("ledger", "verify"), ("key", "list")])
def test_every_ledger_and_every_key_is_looked_at(forty, command):
    found = Counter(it["organization"] for it in forty.lines(*command))

    assert found == dict.fromkeys(forty.codes, 1)


def test_mail_for_nobody_here_is_kept_where_a_person_sees_it(forty):
    forty.province.write(900, NOBODY)

    wait_for(lambda: [*forty.lines("quarantine", "list")], PATIENCE)

    (kept,) = forty.lines("quarantine", "list")
    assert kept["organization"] == forty.codes[0]
    assert kept["reason"]["code"] == "not-for-us"


def test_one_upload_for_all_of_them_is_in_each_register_once(three):
    three.province.write(1, *three.codes, data=ONE_PDF + bytes(200_000))
    three.running.start()
    three.other.start()

    wait_for(lambda: three.province.states() == {"Đã đến": 3}, PATIENCE)

    assert {code: it.arrived().total() for code, it in three.communes.items()} == (
        dict.fromkeys(three.codes, 1)
    )


def test_whose_register_is_away_waits_alone(three):
    lost, other = three.codes[0], three.codes[1]
    register = three.communes[lost].dms
    register.rename(register.with_suffix(".away"))
    three.communes[other].write(1, three.codes[2])
    three.province.write(1, lost)
    three.running.start()
    three.other.start()
    wait_for(lambda: three.communes[other].states() == {"Đã đến": 1}, PATIENCE)
    wait_for(
        lambda: (
            f"step_failed logger=edoc_connector.daemon.loop organization={lost}"
            in three.running.says()
        )
    )

    status = three.edoc("--for", lost, "status")
    register.with_suffix(".away").rename(register)

    wait_for(three.communes[lost].arrived, PATIENCE)
    assert status.returncode == 3
    assert f"organization={other} loop=" not in three.running.says()


def test_whose_key_does_not_serve_gets_its_mail_and_waits_alone(three):
    broken, other = three.codes[0], three.codes[1]
    certificate = three.folder / "organizations" / f"{broken}.certificate.pem"
    certificate.rename(certificate.with_suffix(".away"))
    three.province.write(1, broken)
    three.communes[other].write(1, three.codes[2])
    three.running.start()
    three.other.start()
    wait_for(lambda: three.communes[other].states() == {"Đã đến": 1}, PATIENCE)
    wait_for(lambda: f"organization={broken} message_id" in three.running.says())

    checked = three.edoc("settings", "check")
    certificate.with_suffix(".away").rename(certificate)

    wait_for(three.communes[broken].arrived, PATIENCE)
    assert checked.returncode == 2
    assert f"{broken}.certificate.pem" in checked.stderr
    assert checked.stderr.count("is right") == 2


def test_whose_own_database_cannot_be_written_keeps_nobodys_mail(three):
    lost, other = three.codes[0], three.codes[1]
    three.running.start()
    three.other.start()
    three.province.write(1, *three.codes)
    wait_for(lambda: arrived_in_all(three) == 3, PATIENCE)

    with held(three.state_of(lost)):
        for number in range(2, 2 + MORE_THAN_MAY_WAIT):
            three.province.write(number, lost)
        three.province.write(1 + MORE_THAN_MAY_WAIT + 1, other)
        wait_for(lambda: three.communes[other].arrived().total() == 2, PATIENCE)
        assert three.communes[lost].arrived().total() == 1

    wait_for(
        lambda: three.communes[lost].arrived().total() >= 1 + MORE_THAN_MAY_WAIT,
        PATIENCE,
    )
    assert set(three.communes[lost].arrived().values()) == {1}


@contextmanager
def held(database):
    """Have nobody else write to it meanwhile."""
    with closing(sqlite3.connect(database, timeout=60)) as holding:
        holding.execute("BEGIN IMMEDIATE")
        yield
        holding.rollback()


def test_nothing_is_lost_or_doubled_when_the_process_is_killed(three):
    for number in range(1, 31):
        for n, code in enumerate(three.codes):
            three.communes[code].write(number, three.codes[(n + 1) % 3])
    three.running.start()
    for part in (1, 15, 40):
        wait_for(lambda: arrived_in_all(three) >= part, PATIENCE)  # noqa: B023
        three.running.kill()
        three.running.start()

    wait_for(lambda: arrived_in_all(three) >= 90, PATIENCE)
    wait_for(
        lambda: all(it.states() == {"Đã đến": 30} for it in three.communes.values()),
        PATIENCE,
    )
    for n, code in enumerate(three.codes):
        before = (n - 1) % 3 + 1
        wanted = Counter(str(1000 * before + number) for number in range(1, 31))
        assert three.communes[code].arrived() == wanted
    assert three.running.stop() == 0


def arrived_in_all(house):
    return sum(it.arrived().total() for it in house.communes.values())


def test_a_round_without_a_service_serves_everybody(three):
    for n, code in enumerate(three.codes):
        three.communes[code].write(1, three.codes[(n + 1) % 3])

    done = three.edoc("run", "--once")

    assert done.returncode == 0, done.stderr
    assert all(it.states() == {"Đã đến": 1} for it in three.communes.values())
