"""What is written in company is written in one commit, or each alone."""

from __future__ import annotations

import pytest

from edoc_connector.errors import LostRace, StorageUnavailable
from edoc_connector.flows.together import together
from tests.support.world import open_storage


@pytest.fixture
def desk(tmp_path):
    storage = open_storage(tmp_path)
    storage.migrate()
    yield Desk(storage)
    storage.close()


class Desk:
    """Writes keys into use, notes who was alone, and fails where it is told to."""

    def __init__(self, storage):
        self.storage, self.alone, self.commits = storage, [], []
        self.failing, self.failing_alone = {}, {}

    def write(self, work, name):
        work.tries.begin("take", [name])
        if name in self.failing:
            raise self.failing[name]

    def have_its_turn(self, name):
        self.alone.append(name)
        if name in self.failing_alone:
            raise self.failing_alone[name]

    def put(self, *names):
        return together(self.storage, names, self.write, alone=self.have_its_turn)

    def written(self, *names):
        with self.storage.reading() as work:
            return sorted(work.tries.of("take", names))


def test_what_is_written_in_company_is_written_once(desk):
    assert desk.put("a", "b") == ("a", "b")
    assert (desk.written("a", "b"), desk.alone) == (["a", "b"], [])


def test_one_thing_needs_no_company(desk):
    assert desk.put("a") == ()
    assert (desk.written("a"), desk.alone) == ([], ["a"])


@pytest.mark.parametrize(
    ("error", "said"),
    [(ZeroDivisionError(), ["not_written_together"]), (LostRace(key="b"), [])],
)
def test_a_defect_that_shows_in_company_alone_is_heard_of(desk, caplog, error, said):
    desk.failing = {"b": error}

    desk.put("a", "b")

    assert [record.message for record in caplog.records] == said


@pytest.mark.parametrize("error", [ZeroDivisionError(), LostRace(key="b")])
def test_where_one_cannot_be_written_each_has_its_turn_alone(desk, error):
    desk.failing = {"b": error}

    assert desk.put("a", "b", "c") == ()
    assert (desk.written("a", "b", "c"), desk.alone) == ([], ["a", "b", "c"])


def test_what_is_no_fault_of_any_is_raised(desk):
    desk.failing = {"b": StorageUnavailable(problem="full")}

    with pytest.raises(StorageUnavailable):
        desk.put("a", "b")
    assert (desk.written("a", "b"), desk.alone) == ([], [])


@pytest.mark.parametrize("error", [ZeroDivisionError(), LostRace(key="b")])
def test_one_that_fails_alone_too_is_raised_when_all_have_had_their_turn(desk, error):
    desk.failing = desk.failing_alone = {"b": error}

    with pytest.raises(type(error)):
        desk.put("a", "b", "c")
    assert desk.alone == ["a", "b", "c"]


def test_what_is_no_fault_of_any_waits_for_nobodys_turn(desk):
    desk.failing = {"b": ZeroDivisionError()}
    desk.failing_alone = {"a": StorageUnavailable(problem="full")}

    with pytest.raises(StorageUnavailable):
        desk.put("a", "b")
    assert desk.alone == ["a"]
