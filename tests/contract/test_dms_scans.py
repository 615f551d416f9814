"""Which statements of a mapping read a whole table, as SQLite and PostgreSQL plan."""

import pytest

from edoc_connector.dms import scans

pytest_plugins = ("tests.support.register_fixtures",)

FILES = "tep_dinh_kem_van_ban_di"


@pytest.fixture
def opened(register, monkeypatch):
    """A register whose tables count as large with three rows."""
    monkeypatch.setattr(scans, "MANY_ROWS", 2)
    register.write()
    for number in range(3):
        register.attach(name=f"{number}.pdf")
    dms = register.open()
    yield register, dms
    dms.close()


def slow(dms):
    return {(it.statement, it.table) for it in dms.scans() if it.is_many}


def test_a_statement_that_follows_its_index_is_quick(opened):
    _, dms = opened

    assert ("attachments.select", FILES) not in slow(dms)


def test_without_the_index_the_statement_and_its_table_are_named(opened):
    register, dms = opened
    register.run("DROP INDEX tep_cua_van_ban_di")

    assert ("attachments.select", FILES) in slow(dms)


def test_to_look_twice_is_to_see_the_same_and_changes_nothing(opened):
    register, dms = opened
    before = register.rows("SELECT * FROM van_ban_di")

    assert dms.scans() == dms.scans()
    assert register.rows("SELECT * FROM van_ban_di") == before
