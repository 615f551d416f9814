"""`edoc ping` as a person runs it, between connectors that run and that do not."""

import json

import pytest

from edoc_connector.demo import dms
from edoc_connector.demo.scene import scene
from tests.support.stages import edoc

pytestmark = [pytest.mark.broker, pytest.mark.timeout(240)]


@pytest.fixture
def two(stage):
    """Two of the organisations; no connector of them runs yet."""
    return stage.sites[0], stage.sites[1]


def ping(site, code, *arguments):
    done = edoc("--settings", site.settings, "ping", code, "--json", *arguments)
    assert "Traceback" not in done.stderr
    return done.returncode, json.loads(done.stdout)


def test_a_ping_is_answered_whether_or_not_the_own_service_runs(two):
    here, there = two
    there.start()

    alone, found = ping(here, there.account)
    here.start()
    beside, again = ping(here, there.account)

    assert (alone, found["outcome"]) == (0, "proven"), found
    assert (beside, again["outcome"]) == (0, "proven"), again
    assert again["answered"]["by"] == there.account
    # Both clocks are this computer's.
    assert abs(again["answered"]["clock_ahead_seconds"]) <= again["answered"]["seconds"]


def test_what_a_person_reads_names_the_way_and_the_seal(two):
    here, there = two
    there.start()

    done = edoc("--settings", here.settings, "ping", there.account)

    assert done.returncode == 0, done.stderr
    assert f"{there.account} answered in " in done.stdout
    assert "its seal was verified" in done.stdout


def test_mail_that_comes_while_a_command_listens_is_kept_for_the_service(stage, two):
    here, there = two
    whole = scene()
    for site in stage.sites:
        dms.fill(site.dms, whole, site.organization)
        if site.account == "H20.28.05":  # it writes to us
            once(site)

    alone, found = ping(here, there.account, "--timeout", "5")
    once(here)

    assert (alone, found["outcome"]) == (3, "no-answer")
    listed = edoc("--settings", here.settings, "document", "list", "--json")
    assert '"direction":"incoming"' in listed.stdout


def once(site):
    done = edoc("--settings", site.settings, "run", "--once")
    assert done.returncode == 0, done.stderr


def test_who_does_not_run_does_not_answer_and_what_is_not_known_is_said(two):
    here, there = two

    code, found = ping(here, there.account, "--timeout", "1")

    assert (code, found["outcome"]) == (3, "no-answer")
    assert found["answered"] is None


def test_a_code_that_our_broker_does_not_know_comes_back_at_once(two):
    code, found = ping(two[0], "H99.9")

    assert (code, found["outcome"]) == (6, "no-mailbox")
    assert found["reason"]["code"] == "unroutable"


def test_a_broker_that_is_away_is_said_to_be_away(stage, two):
    stage.broker.stop()

    code, found = ping(two[0], two[1].account, "--timeout", "1")

    assert (code, found["outcome"]) == (3, "not-sent")
    assert found["reason"]["code"] == "bus-unavailable"
