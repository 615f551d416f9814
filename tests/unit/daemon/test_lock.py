"""One connector per state folder."""

from __future__ import annotations

import pytest

from edoc_connector.daemon.lock import only_one, running
from edoc_connector.errors import AlreadyRunning


def test_a_second_connector_on_the_same_folder_is_refused(tmp_path):
    with (
        only_one(tmp_path, ["take", "relay"]),
        pytest.raises(AlreadyRunning),
        only_one(tmp_path, ["relay"]),
    ):
        pass


def test_other_loops_of_the_same_folder_may_run_elsewhere(tmp_path):
    with only_one(tmp_path, ["take"]), only_one(tmp_path, ["relay"]):
        pass


def test_the_lock_is_free_again_afterwards(tmp_path):
    with only_one(tmp_path, ["take"]):
        pass
    with only_one(tmp_path, ["take"]):
        pass


def test_a_refused_connector_leaves_no_lock_behind(tmp_path):
    with only_one(tmp_path, ["relay"]):
        with pytest.raises(AlreadyRunning), only_one(tmp_path, ["take", "relay"]):
            pass
        with only_one(tmp_path, ["take"]):
            pass


def test_who_only_asks_learns_which_loops_run(tmp_path):
    assert running(tmp_path, ["take", "relay"]) == ()
    with only_one(tmp_path, ["take"]):
        assert running(tmp_path, ["take", "relay"]) == ("take",)
    assert running(tmp_path, ["take", "relay"]) == ()
